import RunSchema
import RunStore
import Yams

/// One mapping of a recipe while it is read: gives typed values, and notes each field with the value it came to.
///
/// Reading is the one description of a recipe: what was not asked for is unknown, and what was noted is the resolved
/// recipe, defaults included.
final class Fields {
  private let node: Node?
  private let path: [String]
  private let source: RecipeSource
  private var known: [String] = []
  private(set) var resolved: [JSONValue.Member] = []

  init(_ node: Node?, path: [String] = [], source: RecipeSource) throws(RecipeError) {
    self.node = node
    self.path = path
    self.source = source
    guard let node, node.mapping == nil, node.null == nil else { return }
    throw failure(at: node, "expected fields (name: value), found \(describe(node))")
  }

  // MARK: Values

  func integer(_ key: String, default standard: Int? = nil, in range: ClosedRange<Int>) throws(RecipeError) -> Int {
    let value = try read(key, standard, expecting: "a whole number") { $0.int }
    guard range.contains(value) else {
      let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
      throw failure(key, "\(value) is out of range: \(range.lowerBound) \(upper)")
    }
    note(key, .integer(value))
    return value
  }

  func number(_ key: String, default standard: Float? = nil, in range: Bounds = .any) throws(RecipeError) -> Float {
    let value = try read(key, standard, expecting: "a number") { node in
      node.scalar.flatMap { $0.style == .plain ? Float($0.string) : nil }
    }
    guard value.isFinite, range.contains(Double(value)) else {
      throw failure(key, "\(value) is out of range: \(range)")
    }
    note(key, .float(value))
    return value
  }

  func double(_ key: String, default standard: Double? = nil, in range: Bounds = .any) throws(RecipeError) -> Double {
    let value = try read(key, standard, expecting: "a number") { node in
      node.scalar.flatMap { $0.style == .plain ? Double($0.string) : nil }
    }
    guard value.isFinite, range.contains(value) else { throw failure(key, "\(value) is out of range: \(range)") }
    note(key, .number(value))
    return value
  }

  func flag(_ key: String, default standard: Bool) throws(RecipeError) -> Bool {
    let value = try read(key, standard, expecting: "true or false") { $0.bool }
    note(key, .bool(value))
    return value
  }

  func text(_ key: String, default standard: String? = nil) throws(RecipeError) -> String {
    let value = try read(key, standard, expecting: "a text") { $0.scalar?.string }
    note(key, .text(value))
    return value
  }

  /// One of the names of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default standard: Choice? = nil
  ) throws(RecipeError) -> Choice where Choice.RawValue == String {
    let name = try read(key, standard?.rawValue, expecting: "a name") { $0.scalar?.string }
    let names = Choice.allCases.map(\.rawValue)
    guard let choice = Choice(rawValue: name) else {
      throw failure(key, "\(name) is not one of \(names.joined(separator: ", "))\(suggestion(for: name, among: names))")
    }
    note(key, .text(name))
    return choice
  }

  /// A list of names, or one alone.
  func names(_ key: String, default standard: [String], among known: [String]) throws(RecipeError) -> [String] {
    let values = try read(key, standard, expecting: "a name or a list of names") { node -> [String]? in
      if let scalar = node.scalar { return scalar.string.isEmpty ? nil : [scalar.string] }
      guard let items = node.sequence, !items.isEmpty else { return nil }
      let names = items.compactMap { $0.scalar?.string }
      return names.count == items.count ? names : nil
    }
    if let wrong = values.first(where: { !known.contains($0) }) {
      throw failure(key, "\(wrong.shown) is none that there is\(suggestion(for: wrong, among: known))")
    }
    note(key, .array(values.map { .text($0) }))
    return values
  }

  func integers(
    _ key: String, default standard: [Int], in range: ClosedRange<Int>
  ) throws(RecipeError) -> [Int] {
    let values = try read(key, standard, expecting: "a list of whole numbers") { node -> [Int]? in
      guard let items = node.sequence else { return nil }
      let integers = items.compactMap { $0.int }
      return integers.count == items.count ? integers : nil
    }
    if let wrong = values.first(where: { !range.contains($0) }) {
      throw failure(key, "\(wrong) is out of range: \(range.lowerBound) to \(range.upperBound)")
    }
    note(key, .array(values.map { .integer($0) }))
    return values
  }

  func texts(_ key: String, default standard: [String]) throws(RecipeError) -> [String] {
    let values = try read(key, standard, expecting: "a list of names") { node -> [String]? in
      guard let items = node.sequence else { return nil }
      let texts = items.compactMap { $0.scalar?.string }
      return texts.count == items.count ? texts : nil
    }
    note(key, .array(values.map { .text($0) }))
    return values
  }

  /// The name of a data set; whether there is one is for those who draw tasks to say.
  func dataSet(_ key: String, default standard: String) throws(RecipeError) -> String {
    let name = try text(key, default: standard)
    guard Store.isDataName(name) else {
      throw failure(key, "\(name) can be no data set's name: 1 to 64 of a-z 0-9 _ . -, a letter or digit first")
    }
    return name
  }

  /// The name of a data set in the place of one that comes with the program. Read where it stands only: a recipe without it
  /// resolves to what it always did.
  func otherDataSet(_ key: String, than bundled: BundledData) throws(RecipeError) -> String {
    has(key) ? try dataSet(key, default: bundled.rawValue) : bundled.rawValue
  }

  // MARK: Structure

  /// A field that holds fields of its own. Where it is missing, all of them have their defaults.
  func section<Value>(_ key: String, _ body: (Fields) throws(RecipeError) -> Value) throws(RecipeError) -> Value {
    known.append(key)
    let inner = try Fields(child(key), path: path + [key], source: source)
    let value = try body(inner)
    try inner.finish()
    note(key, .object(inner.resolved))
    return value
  }

  /// A field that holds a list of things with fields. Where it is missing, it is `standard`.
  func list<Value>(
    _ key: String, default standard: [Node], _ body: (Fields) throws(RecipeError) -> Value
  ) throws(RecipeError) -> [Value] {
    known.append(key)
    var items = standard
    if let node = child(key) {
      guard let sequence = node.sequence else { throw failure(key, "expected a list, found \(describe(node))") }
      items = Array(sequence)
    }
    guard !items.isEmpty else { throw failure(key, "expected at least one entry") }
    var values: [Value] = []
    var notes: [JSONValue] = []
    for (index, item) in items.enumerated() {
      let inner = try Fields(item, path: path + [key, String(index)], source: source)
      values.append(try body(inner))
      try inner.finish()
      notes.append(.object(inner.resolved))
    }
    note(key, .array(notes))
    return values
  }

  func has(_ key: String) -> Bool { child(key) != nil }

  /// Refuses fields that nobody asked for.
  func finish() throws(RecipeError) {
    guard let mapping = node?.mapping else { return }
    for key in mapping.keys {
      let name = key.scalar?.string ?? ""
      guard !known.contains(name) else { continue }
      throw failure(
        at: key, field: path + [name],
        "no such field\(suggestion(for: name, among: known)); known here: \(known.joined(separator: ", "))")
    }
  }

  /// The error of a field that does not go with others.
  func failure(_ key: String, _ problem: String) -> RecipeError {
    failure(at: child(key) ?? node, field: path + [key], problem)
  }

  // MARK: Helpers

  private func child(_ key: String) -> Node? { node?.mapping?[key] }

  private func note(_ key: String, _ value: JSONValue) { resolved.append(.init(key, value)) }

  private func read<Value>(
    _ key: String, _ standard: Value?, expecting kind: String, _ convert: (Node) -> Value?
  ) throws(RecipeError) -> Value {
    known.append(key)
    guard let node = child(key) else {
      guard let standard else { throw failure(at: self.node, field: path + [key], "missing: expected \(kind)") }
      return standard
    }
    guard let value = convert(node) else { throw failure(key, "expected \(kind), found \(describe(node))") }
    return value
  }

  private func failure(at node: Node?, field: [String]? = nil, _ problem: String) -> RecipeError {
    let field = (field ?? path).joined(separator: ".")
    let isSet = source.overridden.contains { field == $0 || field.hasPrefix($0 + ".") }
    return RecipeError(
      code: .malformed, source: isSet ? "--set" : source.name, line: isSet ? nil : node?.mark?.line, field: field,
      problem: problem)
  }

  private func describe(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string)\""
    case .mapping: "fields"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}

/// A range of numbers that says itself in words.
enum Bounds: CustomStringConvertible {
  case any
  case above(Double)
  case atLeast(Double)
  case within(Double, Double)
  /// From the first, below the second.
  case from(Double, below: Double)

  func contains(_ value: Double) -> Bool {
    switch self {
    case .any: true
    case .above(let low): value > low
    case .atLeast(let low): value >= low
    case .within(let low, let high): value >= low && value <= high
    case .from(let low, let high): value >= low && value < high
    }
  }

  var description: String {
    switch self {
    case .any: "a finite number"
    case .above(let low): "above \(low)"
    case .atLeast(let low): "\(low) or more"
    case .within(let low, let high): "\(low) to \(high)"
    case .from(let low, let high): "\(low) or more, below \(high)"
    }
  }
}
