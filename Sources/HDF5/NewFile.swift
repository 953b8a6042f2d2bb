// A file that is made in memory and handed over as bytes: libhdf5 never writes to a disk.

import CHDF5

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A new HDF5 file, made in memory.
///
/// ```swift
/// let file = try NewFile(named: "run.h5")
/// try file.root.setAttribute("recipe", "full-es")
/// try file.root.group("theta/mlp").write("w0", weights, shape: [39, 4])
/// let image: [UInt8] = try file.finish()
/// ```
///
/// The same calls give the same bytes: no time, no name of the file and no memory address goes into them. Everything in
/// the file has a checksum: chunks by the Fletcher-32 filter, the rest by the file format (V110).
public final class NewFile: Sendable {
  private let open: OpenFile
  private let image: ImageInProgress

  /// Starts an empty file. `name` is what errors call it; it is not stored.
  public init(named name: String = "the file in memory") throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let operation = "create"
    // A place without a file, for errors before there is one.
    let nowhere = Place(file: OpenFile(unopened: name), path: "/")
    let image = ImageInProgress()
    let access = try nowhere.own(H5Pcreate(chdf5_file_access()), H5Pclose, operation)
    try nowhere.check(H5Pset_fapl_core(access.id, 256 << 10, false), operation)
    try nowhere.check(H5Pset_libver_bounds(access.id, H5F_LIBVER_V110, H5F_LIBVER_V110), operation)
    // With an object left open the file would stay open behind our back: rather fail.
    try nowhere.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_SEMI), operation)
    try image.install(in: access.id, nowhere, operation)
    let creation = try nowhere.own(H5Pcreate(chdf5_file_creation()), H5Pclose, operation)
    try nowhere.check(H5Pset_obj_track_times(creation.id, false), operation)
    let id = H5Fcreate(Library.uniqueImageName(), chdf5_truncate(), creation.id, access.id)
    guard id >= 0 else { throw nowhere.failure(.libraryFailed, operation) }
    open = OpenFile(owning: id, name: name, memory: image)
    self.image = image
  }

  /// The group at the top.
  public var root: NewGroup { NewGroup(place: Place(file: open, path: "/")) }

  /// Closes the file and gives its bytes. Once: afterwards every use of the file is an error with code `closed`.
  public func finish() throws(HDF5Error) -> [UInt8] {
    let operation = "finish"
    Library.enter()
    defer { Library.leave() }
    try open.close(operation)
    guard let bytes = image.bytes() else {
      throw Place(file: open, path: "/").error(
        .libraryFailed, operation, expected: "a file image with a superblock of version 2 or 3", found: "none")
    }
    return bytes
  }

  /// The number of identifiers open in this file, its own included; 0 once finished.
  package var openObjects: Int { open.openObjects }
}

/// The memory that libhdf5 builds a file in; kept when libhdf5 lets go of it as the file closes.
///
/// Not `H5Fget_file_image`, which leaves a wrong superblock checksum in libhdf5 1.10.8.
private final class ImageInProgress: @unchecked Sendable {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Whether the file was closed, so that the memory holds all of it.
  private var isComplete = false

  deinit { free(memory) }

  /// Has the file that is created with the property list `access` use this memory.
  func install(in access: hid_t, _ place: Place, _ operation: String) throws(HDF5Error) {
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_malloc = { size, _, context in ImageInProgress.from(context).resize(size) }
    callbacks.image_realloc = { _, size, _, context in ImageInProgress.from(context).resize(size) }
    callbacks.image_memcpy = { target, source, size, _, _ in target.map { memcpy($0, source!, size) } }
    callbacks.image_free = { _, reason, context in
      ImageInProgress.from(context).isComplete = reason == H5FD_FILE_IMAGE_OP_FILE_CLOSE
      return 0
    }
    callbacks.udata_copy = { context in
      context.map { UnsafeMutableRawPointer(Unmanaged<ImageInProgress>.fromOpaque($0).retain().toOpaque()) }
    }
    callbacks.udata_free = { context in
      if let context { Unmanaged<ImageInProgress>.fromOpaque(context).release() }
      return 0
    }
    callbacks.udata = Unmanaged.passUnretained(self).toOpaque()
    try place.check(H5Pset_file_image_callbacks(access, &callbacks), operation)
  }

  /// The bytes of the closed file: as many as the end-of-file address in its superblock says.
  func bytes() -> [UInt8]? {
    guard isComplete, let memory, capacity >= 48 else { return nil }
    let header = UnsafeRawBufferPointer(start: memory, count: capacity)
    guard (2...3).contains(header[8]) else { return nil }
    // Superblock versions 2 and 3: the end-of-file address is in bytes 28 to 35, little endian.
    let end = UInt64(littleEndian: header.loadUnaligned(fromByteOffset: 28, as: UInt64.self))
    guard let count = Int(exactly: end), count <= capacity else { return nil }
    return Array(header[..<count])
  }

  private func resize(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let resized = realloc(memory, max(size, 1)) else { return nil }
    // libhdf5 1.10 clears what it adds; that bytes no one wrote are zero shall not hang on that.
    if size > capacity { memset(resized + capacity, 0, size - capacity) }
    memory = resized
    capacity = size
    return resized
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> ImageInProgress {
    Unmanaged<ImageInProgress>.fromOpaque(context!).takeUnretainedValue()
  }
}
