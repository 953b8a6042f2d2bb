// An open file of libhdf5, and a place within it that knows how to name itself in an error.

import CHDF5

/// An open file, shared by all that refer to objects within it, and closed once.
final class OpenFile: @unchecked Sendable {
  /// The path, or the name given to an image: for messages only.
  let name: String
  /// The identifier while the file is open; touched under the library's lock only.
  private var openID: hid_t?

  /// The memory that the file lies in, if it does: libhdf5 uses it until the file is closed, and does not own it.
  private let memory: AnyObject?

  init(owning id: hid_t, name: String, memory: AnyObject? = nil) {
    self.name = name
    self.memory = memory
    openID = id
  }

  /// A file that could not be opened: for errors about it.
  init(unopened name: String) {
    self.name = name
    memory = nil
    openID = nil
  }

  deinit {
    Library.enter()
    if let openID { H5Fclose(openID) }
    Library.leave()
  }

  /// The identifier for an operation at `place`. Call it under the library's lock.
  func id(_ operation: String, _ object: String) throws(HDF5Error) -> hid_t {
    if let openID { return openID }
    throw HDF5Error(
      code: .closed, operation: operation, file: name, object: object, expected: "an open file", found: "a closed one",
      frames: [])
  }

  /// Closes the file. A second call is an error.
  func close(_ operation: String) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let id = try id(operation, "/")
    openID = nil
    try Place(file: self, path: "/").check(H5Fclose(id), operation)
  }

  /// The number of identifiers of this file that are open, its own included; 0 once it is closed.
  var openObjects: Int {
    Library.enter()
    defer { Library.leave() }
    return openID.map { H5Fget_obj_count($0, chdf5_every_local_object()) } ?? 0
  }
}

/// Where an object is: a file and a path in it. It is what opens the object, and what errors name.
public struct Place: Sendable {
  let file: OpenFile
  /// Absolute, with single slashes: "/", "/a/b".
  public let path: String

  /// The place `relative` to this one. An absolute path starts at the root.
  func place(_ relative: String) -> Place {
    let start = relative.hasPrefix("/") ? [] : path.split(separator: "/")
    let components = start + relative.split(separator: "/")
    return Place(file: file, path: "/" + components.joined(separator: "/"))
  }

  /// An error of ours: libhdf5 has nothing to say about it.
  func error(
    _ code: HDF5Error.Code, _ operation: String, attribute: String? = nil, expected: String? = nil, found: String? = nil
  ) -> HDF5Error {
    HDF5Error(
      code: code, operation: operation, file: file.name, object: object(attribute), expected: expected, found: found,
      frames: [])
  }

  /// An error of libhdf5, with its stack. Nothing of libhdf5 may be called between the failure and this.
  func failure(_ code: HDF5Error.Code, _ operation: String, attribute: String? = nil) -> HDF5Error {
    HDF5Error(
      code: code, operation: operation, file: file.name, object: object(attribute), expected: nil, found: nil,
      frames: HDF5Error.Frame.current())
  }

  /// Takes over an identifier that libhdf5 just gave, or throws what it says.
  func own(
    _ id: hid_t, _ close: @escaping Handle.Close, _ operation: String, code: HDF5Error.Code = .libraryFailed,
    attribute: String? = nil
  ) throws(HDF5Error) -> Handle {
    guard id >= 0 else { throw failure(code, operation, attribute: attribute) }
    return Handle(owning: id, closedBy: close)
  }

  /// Throws what libhdf5 says if `status` is negative.
  func check(
    _ status: herr_t, _ operation: String, code: HDF5Error.Code = .libraryFailed, attribute: String? = nil
  ) throws(HDF5Error) {
    guard status >= 0 else { throw failure(code, operation, attribute: attribute) }
  }

  /// Opens the object here, of whatever kind.
  func open(_ operation: String) throws(HDF5Error) -> Handle {
    let id = H5Oopen(try file.id(operation, path), path, chdf5_default())
    if id >= 0 { return Handle(owning: id, closedBy: H5Oclose) }
    let stack = failure(.notReadable, operation)
    guard try exists(operation) else {
      throw HDF5Error(
        code: .notFound, operation: operation, file: file.name, object: path, expected: nil, found: "no such object",
        frames: stack.frames)
    }
    throw stack
  }

  /// Opens the object here, which must be of `kind`.
  func open(_ kind: H5I_type_t, _ operation: String) throws(HDF5Error) -> Handle {
    let object = try open(operation)
    let found = H5Iget_type(object.id)
    guard found == kind else {
      throw error(.wrongKind, operation, expected: Self.word(for: kind), found: Self.word(for: found))
    }
    return object
  }

  /// Whether there is a link here, and one for each group on the way. Does not follow the last link.
  func exists(_ operation: String) throws(HDF5Error) -> Bool {
    let id = try file.id(operation, path)
    var prefix = ""
    for component in path.split(separator: "/") {
      prefix += "/" + component
      let found = H5Lexists(id, prefix, chdf5_default())
      guard found >= 0 else { throw failure(.notReadable, operation) }
      if found == 0 { return false }
    }
    return true
  }

  private func object(_ attribute: String?) -> String { attribute.map { "\(path)@\($0)" } ?? path }

  private static func word(for kind: H5I_type_t) -> String {
    switch kind {
    case H5I_GROUP: "a group"
    case H5I_DATASET: "a dataset"
    case H5I_DATATYPE: "a named datatype"
    default: "another object"
    }
  }
}
