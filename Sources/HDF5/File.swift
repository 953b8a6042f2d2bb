// A file that is read: from memory, or from a path.

import CHDF5

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An HDF5 file opened for reading. It is closed when the last reference to it or to anything within it goes, or by
/// `close`.
public final class File: Sendable {
  private let open: OpenFile

  init(_ open: OpenFile) { self.open = open }

  /// Opens a file that lies in memory; nothing on the disk is touched. `name` is what errors call it.
  public static func open(image: [UInt8], named name: String = "the file in memory") throws(HDF5Error) -> File {
    Library.enter()
    defer { Library.leave() }
    let operation = "open"
    let nowhere = Place(file: OpenFile(unopened: name), path: "/")
    guard !image.isEmpty else { throw nowhere.error(.notReadable, operation, expected: "HDF5", found: "no bytes") }
    let access = try accessList(nowhere, operation)
    try nowhere.check(H5Pset_fapl_core(access.id, 64 << 10, false), operation)
    let memory = SharedImage(image)
    try memory.install(in: access.id, nowhere, operation)
    let id = H5Fopen(Library.uniqueImageName(), chdf5_read_only(), access.id)
    guard id >= 0 else { throw nowhere.failure(.notReadable, operation) }
    return File(OpenFile(owning: id, name: name, memory: memory))
  }

  /// Opens a file on the disk, read only and without locking it.
  ///
  /// Throws `noSuchFile` if there is none or it may not be read, `notReadable` if it is not HDF5 or is cut off.
  public static func open(path: String) throws(HDF5Error) -> File {
    Library.enter()
    defer { Library.leave() }
    let operation = "open"
    let nowhere = Place(file: OpenFile(unopened: path), path: "/")
    guard access(path, R_OK) == 0 else {
      throw nowhere.error(.noSuchFile, operation, expected: "a readable file", found: String(cString: strerror(errno)))
    }
    let access = try accessList(nowhere, operation)
    try nowhere.check(H5Pset_file_locking(access.id, false, true), operation)
    let id = H5Fopen(path, chdf5_read_only(), access.id)
    guard id >= 0 else { throw nowhere.failure(.notReadable, operation) }
    return File(OpenFile(owning: id, name: path))
  }

  /// The path, or the name given to the image.
  public var name: String { open.name }

  /// The group at the top.
  public var root: Group { Group(place: Place(file: open, path: "/")) }

  /// The group at a path from the root.
  public func group(_ path: String) throws(HDF5Error) -> Group { try root.group(path) }

  /// The dataset at a path from the root.
  public func dataset(_ path: String) throws(HDF5Error) -> Dataset { try root.dataset(path) }

  /// Closes the file now. Afterwards every use of it, a second `close` too, is an error with code `closed`.
  public func close() throws(HDF5Error) { try open.close("close") }

  /// The number of identifiers open in this file, its own included; 0 once closed.
  package var openObjects: Int { open.openObjects }

  static func accessList(_ place: Place, _ operation: String) throws(HDF5Error) -> Handle {
    let access = try place.own(H5Pcreate(chdf5_file_access()), H5Pclose, operation)
    try place.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_SEMI), operation)
    return access
  }
}

/// The bytes of a file that is only read, which libhdf5 uses where they are instead of copying them three times.
private final class SharedImage {
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    memory = .allocate(byteCount: bytes.count, alignment: 16)
    memory.copyBytes(from: bytes)
  }

  deinit { memory.deallocate() }

  /// Has the file that is opened with the property list `access` use this memory.
  func install(in access: hid_t, _ place: Place, _ operation: String) throws(HDF5Error) {
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_malloc = { _, _, context in SharedImage.from(context).memory.baseAddress }
    // What it copies from and to is the same memory.
    callbacks.image_memcpy = { target, _, _, _, _ in target }
    // A file that is only read does not grow.
    callbacks.image_realloc = { _, _, _, _ in nil }
    callbacks.image_free = { _, _, _ in 0 }
    callbacks.udata_copy = { context in
      context.map { UnsafeMutableRawPointer(Unmanaged<SharedImage>.fromOpaque($0).retain().toOpaque()) }
    }
    callbacks.udata_free = { context in
      if let context { Unmanaged<SharedImage>.fromOpaque(context).release() }
      return 0
    }
    callbacks.udata = Unmanaged.passUnretained(self).toOpaque()
    try place.check(H5Pset_file_image_callbacks(access, &callbacks), operation)
    try place.check(H5Pset_file_image(access, memory.baseAddress, memory.count), operation)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> SharedImage {
    Unmanaged<SharedImage>.fromOpaque(context!).takeUnretainedValue()
  }
}
