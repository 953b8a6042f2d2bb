// Attributes of a file that is read.

import CHDF5

/// An attribute of a group or dataset, with its values.
public struct Attribute: Equatable, Sendable {
  /// The values. Whole numbers and fractions are widened to 64 bits, which changes none.
  public enum Values: Equatable, Sendable {
    case integers([Int64])
    case unsigned([UInt64])
    case numbers([Double])
    case texts([String])
    case booleans([Bool])
  }

  /// Its name.
  public let name: String
  /// The type as stored.
  public let elementType: ElementType
  /// The extents; empty for a single value.
  public let shape: [Int]
  /// All of them, in row-major order.
  public let values: Values
}

/// A group or dataset of a file opened for reading: what may have attributes.
public protocol AttributeSource: Sendable {
  /// Where the object is.
  var place: Place { get }
}

extension Group: AttributeSource {}
extension Dataset: AttributeSource {}

extension AttributeSource {
  /// The names of the attributes, in the order of their bytes.
  public func attributeNames() throws(HDF5Error) -> [String] { try place.attributeNames() }

  /// Whether there is an attribute of this name.
  public func hasAttribute(_ name: String) throws(HDF5Error) -> Bool { try place.attributeNames().contains(name) }

  /// The attribute of this name. Throws `notFound`; `wrongType` for a type that this module does not read.
  public func attribute(_ name: String) throws(HDF5Error) -> Attribute { try place.attribute(name) }

  /// The single number of an attribute stored as exactly this type.
  public func attribute<E: Element>(_ name: String, _ type: E.Type) throws(HDF5Error) -> E {
    try place.scalar(name, type)
  }

  /// The single text of an attribute.
  public func textAttribute(_ name: String) throws(HDF5Error) -> String { try place.text(ofAttribute: name) }
}

extension Place {
  private static let operation = "read attribute"

  func attributeNames() throws(HDF5Error) -> [String] {
    Library.enter()
    defer { Library.leave() }
    let operation = "list attributes of"
    let object = try open(operation)
    let collected = CollectedNames()
    let status = H5Aiterate2(
      object.id, H5_INDEX_NAME, H5_ITER_INC, nil,
      { _, name, _, context in
        guard let name, let context else { return -1 }
        Unmanaged<CollectedNames>.fromOpaque(context).takeUnretainedValue().names.append(String(cString: name))
        return 0
      }, Unmanaged.passUnretained(collected).toOpaque())
    try check(status, operation, code: .notReadable)
    return collected.names
  }

  func attribute(_ name: String) throws(HDF5Error) -> Attribute {
    Library.enter()
    defer { Library.leave() }
    let operation = Self.operation
    let object = try open(operation)
    let exists = H5Aexists(object.id, name)
    try check(exists, operation, code: .notReadable, attribute: name)
    guard exists > 0 else { throw error(.notFound, operation, attribute: name, found: "no such attribute") }
    let attribute = try own(
      H5Aopen(object.id, name, chdf5_default()), H5Aclose, operation, code: .notReadable, attribute: name)
    let type = try own(H5Aget_type(attribute.id), H5Tclose, operation, attribute: name)
    let space = try own(H5Aget_space(attribute.id), H5Sclose, operation, attribute: name)
    let shape = try shape(of: space, operation)
    let elementType = ElementType(type)
    let reading = AttributeReading(
      place: self, name: name, attribute: attribute.id, count: shape.reduce(1, *), operation: operation)
    let values: Attribute.Values
    switch elementType {
    case .text(let bytes): values = .texts(try reading.texts(type, width: bytes))
    case .variableText: values = .texts(try reading.variableTexts(space))
    case .boolean: values = .booleans(try reading.booleans(type))
    default:
      guard let numbers = try elementType.visit(reading) else {
        throw error(
          .wrongType, operation, attribute: name, expected: "numbers, text or booleans", found: "\(elementType)")
      }
      values = numbers
    }
    return Attribute(name: name, elementType: elementType, shape: shape, values: values)
  }

  func scalar<E: Element>(_ name: String, _ type: E.Type) throws(HDF5Error) -> E {
    let attribute = try attribute(name)
    guard attribute.elementType == E.elementType else {
      throw error(
        .wrongType, Self.operation, attribute: name, expected: "\(E.elementType)", found: "\(attribute.elementType)")
    }
    let value: E? =
      switch attribute.values {
      case .integers(let values) where values.count == 1: E.converted(from: values[0])
      case .unsigned(let values) where values.count == 1: E.converted(from: values[0])
      case .numbers(let values) where values.count == 1: E.converted(from: values[0])
      default: nil
      }
    if let value { return value }
    throw error(
      .wrongShape, Self.operation, attribute: name, expected: "one element", found: "shape \(attribute.shape)")
  }

  func text(ofAttribute name: String) throws(HDF5Error) -> String {
    let attribute = try attribute(name)
    guard case .texts(let texts) = attribute.values else {
      throw error(.wrongType, Self.operation, attribute: name, expected: "text", found: "\(attribute.elementType)")
    }
    guard texts.count == 1 else {
      throw error(
        .wrongShape, Self.operation, attribute: name, expected: "one element", found: "shape \(attribute.shape)")
    }
    return texts[0]
  }

  private final class CollectedNames {
    var names: [String] = []
  }
}

/// Reads the values of an open attribute; under the library's lock.
private struct AttributeReading: ElementVisitor {
  let place: Place
  let name: String
  let attribute: hid_t
  let count: Int
  let operation: String

  func visit<E: Element>(_ type: E.Type) throws(HDF5Error) -> Attribute.Values {
    let memoryType = try E.elementType.inMemory(place, operation)
    let values: [E] = try array(memoryType.id, count)
    if let numbers = values as? [Double] { return .numbers(numbers) }
    if let numbers = values as? [Float] { return .numbers(numbers.map(Double.init)) }
    if E.elementType.isUnsigned {
      return .unsigned(values.compactMap { ($0 as? any BinaryInteger).map { UInt64($0) } })
    }
    return .integers(values.compactMap { ($0 as? any BinaryInteger).map { Int64($0) } })
  }

  func texts(_ type: borrowing Handle, width: Int) throws(HDF5Error) -> [String] {
    let bytes: [UInt8] = try array(type.id, count * width)
    return try place.texts(bytes, type, width: width, operation, attribute: name)
  }

  func booleans(_ type: borrowing Handle) throws(HDF5Error) -> [Bool] {
    let bytes: [Int8] = try array(type.id, count)
    return bytes.map { $0 != 0 }
  }

  /// Texts of variable length: libhdf5 allocates each and must free them.
  func variableTexts(_ space: borrowing Handle) throws(HDF5Error) -> [String] {
    let type = try place.own(H5Tcopy(chdf5_c_string()), H5Tclose, operation)
    try place.check(H5Tset_size(type.id, chdf5_variable_size()), operation, attribute: name)
    let stored = try place.own(H5Aget_type(attribute), H5Tclose, operation, attribute: name)
    try place.check(H5Tset_cset(type.id, H5Tget_cset(stored.id)), operation, attribute: name)
    guard count > 0 else { return [] }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try place.check(H5Aread(attribute, type.id, &pointers), operation, code: .damaged, attribute: name)
    defer { _ = chdf5_reclaim(type.id, space.id, &pointers) }
    var texts: [String] = []
    for pointer in pointers {
      guard let pointer else {
        texts.append("")
        continue
      }
      guard let text = String(validatingCString: pointer) else {
        throw place.error(.damaged, operation, attribute: name, expected: "text in UTF-8", found: "other bytes")
      }
      texts.append(text)
    }
    return texts
  }

  private func array<E: BitwiseCopyable>(_ type: hid_t, _ count: Int) throws(HDF5Error) -> [E] {
    guard count > 0 else { return [] }
    var status: herr_t = 0
    let values = [E](unsafeUninitializedCapacity: count) { buffer, filled in
      status = H5Aread(attribute, type, buffer.baseAddress)
      filled = status < 0 ? 0 : count
    }
    try place.check(status, operation, code: .damaged, attribute: name)
    return values
  }
}

extension ElementType {
  fileprivate var isUnsigned: Bool {
    switch self {
    case .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }
}
