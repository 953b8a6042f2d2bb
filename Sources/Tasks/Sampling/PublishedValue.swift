/// A value in the form in which TaskSet publishes configurations: JSON with the order of its members kept.
///
/// Whole numbers and numbers are different cases, as they are in the published files (2 is not 2.0).
package enum PublishedValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([PublishedValue])
  case object([Member])

  /// A member of an object.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: PublishedValue

    package init(_ name: String, _ value: PublishedValue) {
      self.name = name
      self.value = value
    }
  }

  /// The value of the member of that name, if this is an object that has it.
  package subscript(name: String) -> PublishedValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension PublishedValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  package init(dictionaryLiteral elements: (String, any Publishable)...) {
    self = .object(elements.map { Member($0.0, $0.1.published) })
  }

  package init(arrayLiteral elements: any Publishable...) { self = .array(elements.map(\.published)) }
}

extension PublishedValue: CustomStringConvertible {
  /// The text on one line as the published files have it: a blank after each comma and colon, and the shortest digits
  /// that read back as the same number.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): String(describing: value)
    case .text(let value): "\"\(value)\""
    case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object(let members): "{\(members.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", "))}"
    }
  }
}

/// What has a published form.
package protocol Publishable {
  var published: PublishedValue { get }
}

extension PublishedValue: Publishable {
  package var published: PublishedValue { self }
}

extension Bool: Publishable {
  package var published: PublishedValue { .bool(self) }
}

extension Int: Publishable {
  package var published: PublishedValue { .integer(self) }
}

extension Double: Publishable {
  package var published: PublishedValue { .number(self) }
}

extension String: Publishable {
  package var published: PublishedValue { .text(self) }
}

extension Array: Publishable where Element: Publishable {
  package var published: PublishedValue { .array(map(\.published)) }
}

extension Optional: Publishable where Wrapped: Publishable {
  package var published: PublishedValue { self?.published ?? .null }
}

/// Choices are published by their names.
extension RawRepresentable where RawValue == String {
  package var published: PublishedValue { .text(rawValue) }
}
