// Attributes of a new file's groups and datasets.

import CHDF5

/// A group or dataset of a file that is being made: what can be given attributes.
///
/// Each throws `alreadyExists` if the name is taken and `invalidName` for a name or text that our files may not hold.
public protocol AttributeHolder: Sendable {
  /// Where the object is.
  var place: Place { get }
}

extension NewGroup: AttributeHolder {}
extension NewDataset: AttributeHolder {}

extension AttributeHolder {
  /// Writes one text.
  public func setAttribute(_ name: String, _ text: String) throws(HDF5Error) {
    try place.writeAttribute(name, texts: [text], shape: [])
  }

  /// Writes several texts along one axis.
  public func setAttribute(_ name: String, _ texts: [String]) throws(HDF5Error) {
    try place.writeAttribute(name, texts: texts, shape: [texts.count])
  }

  /// Writes true or false, so that h5py reads a boolean.
  public func setAttribute(_ name: String, _ value: Bool) throws(HDF5Error) {
    try setAttribute(name, [value ? 1 : 0] as [Int8], type: .boolean, shape: [])
  }

  /// Writes one number.
  public func setAttribute<E: Element>(_ name: String, _ value: E) throws(HDF5Error) {
    try setAttribute(name, [value], type: E.elementType, shape: [])
  }

  /// Writes several numbers along one axis.
  public func setAttribute<E: Element>(_ name: String, _ values: [E]) throws(HDF5Error) {
    try setAttribute(name, values, type: E.elementType, shape: [values.count])
  }

  private func setAttribute<E: Element>(
    _ name: String, _ values: [E], type: ElementType, shape: [Int]
  ) throws(HDF5Error) {
    let written = values.withUnsafeBytes { bytes in
      Result { () throws(HDF5Error) in try place.writeAttribute(name, type: type, shape: shape, bytes: bytes) }
    }
    try written.get()
  }
}

extension Place {
  fileprivate func writeAttribute(_ name: String, texts: [String], shape: [Int]) throws(HDF5Error) {
    let (bytes, width) = try fixedLength(texts, "write attribute", attribute: name)
    let written = bytes.withUnsafeBytes { bytes in
      Result { () throws(HDF5Error) in
        try writeAttribute(name, type: .text(bytes: width), shape: shape, bytes: bytes)
      }
    }
    try written.get()
  }

  fileprivate func writeAttribute(
    _ name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let operation = "write attribute"
    guard Place.isName(name) else {
      throw error(.invalidName, operation, attribute: name, expected: "a name without zero bytes")
    }
    guard let size = type.byteCount, Shape.bytes(shape, elementBytes: size) == bytes.count else {
      throw error(
        .wrongShape, operation, attribute: name, expected: "shape \(shape) of \(type)", found: "\(bytes.count) bytes")
    }
    let object = try open(operation)
    let found = H5Aexists(object.id, name)
    try check(found, operation, attribute: name)
    guard found == 0 else {
      throw error(.alreadyExists, operation, attribute: name, expected: "a new name", found: "an attribute")
    }
    let fileType = try type.inFile(self, operation)
    let space = try space(shape, operation)
    let id = H5Acreate2(
      object.id, name, fileType.id, space.id, Library.propertyLists.attributeName, chdf5_default())
    let attribute = try own(id, H5Aclose, operation, attribute: name)
    let memoryType = try type.inMemory(self, operation)
    // An attribute of no elements is written too: libhdf5 takes any address for it, but not none.
    var none: UInt8 = 0
    let status = withUnsafeBytes(of: &none) {
      H5Awrite(attribute.id, memoryType.id, bytes.baseAddress ?? $0.baseAddress)
    }
    try check(status, operation, attribute: name)
  }
}
