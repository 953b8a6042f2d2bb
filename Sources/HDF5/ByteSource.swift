// Bytes that libhdf5 asks for as it needs them.

import CHDF5

/// Where a file's bytes come from when it is neither on a path nor in memory as a whole. Called under the library's lock,
/// by one thread at a time.
public protocol ByteSource: AnyObject, Sendable {
  /// How many bytes there are.
  var byteCount: Int { get }

  /// Fills a buffer with the bytes from an offset on, all of which are there. An error makes libhdf5's operation fail; it
  /// is for the source to remember it.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension File {
  /// Opens a file whose bytes a source gives, when they are needed and no sooner. `name` is what errors call it.
  public static func open(source: any ByteSource, named name: String) throws(HDF5Error) -> File {
    Library.enter()
    defer { Library.leave() }
    let operation = "open"
    let nowhere = Place(file: OpenFile(unopened: name), path: "/")
    let access = try accessList(nowhere, operation)
    let box = SourceBox(source)
    var callbacks = box.callbacks
    try nowhere.check(chdf5_use_source(access.id, Library.sourceDriver, &callbacks), operation)
    let id = H5Fopen(Library.uniqueImageName(), chdf5_read_only(), access.id)
    guard id >= 0 else { throw nowhere.failure(.notReadable, operation) }
    return File(OpenFile(owning: id, name: name, memory: box))
  }
}

/// A source as C can hold it.
private final class SourceBox {
  private let source: any ByteSource

  init(_ source: any ByteSource) { self.source = source }

  var callbacks: chdf5_source {
    chdf5_source(
      context: Unmanaged.passUnretained(self).toOpaque(), size: UInt64(source.byteCount),
      read: { context, offset, count, buffer in
        guard let context, let buffer else { return -1 }
        do {
          let source = Unmanaged<SourceBox>.fromOpaque(context).takeUnretainedValue().source
          try source.read(at: Int(offset), into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
          return 0
        } catch {
          return -1
        }
      },
      retain: { context in if let context { _ = Unmanaged<SourceBox>.fromOpaque(context).retain() } },
      release: { context in if let context { Unmanaged<SourceBox>.fromOpaque(context).release() } })
  }
}
