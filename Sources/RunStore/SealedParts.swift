// Large files of ours, read in parts, each checked before anybody sees it.

import HDF5
import Synchronization

/// Digests of the parts of a file, between its HDF5 bytes and its seal: SHA-256 of each 64 KiB, then "RUNPARTS", the
/// number of bytes that they cover and of those in a part as u64, and the SHA-256 of all that.
///
/// The seal speaks of the file as a whole, so that a byte could not be believed before all were read. The table's own
/// digest is believed as the seal's is, and a part by the table.
struct PartTable {
  static let partBytes = 1 << 16
  /// Smaller files are read as a whole.
  static let leastFile = 4 << 20
  private static let magic = Array("RUNPARTS".utf8)
  /// Magic, two counts, a digest.
  private static let trailerCount = 8 + 16 + 32

  let imageCount: Int
  private let digests: [UInt8]

  /// The table of an image.
  init(of image: [UInt8]) {
    imageCount = image.count
    digests = stride(from: 0, to: image.count, by: Self.partBytes).flatMap { start in
      Digest.of(image[start..<min(start + Self.partBytes, image.count)]).bytes
    }
  }

  var encoded: [UInt8] {
    var writer = ByteWriter(bytes: digests + Self.magic)
    writer.append(UInt64(imageCount))
    writer.append(UInt64(Self.partBytes))
    writer.append(Digest.of(writer.bytes))
    return writer.bytes
  }

  /// Reads the table that ends at an offset of a file; nil where none does.
  init?(in file: OpenFile, endingAt end: Int, doing: String) throws {
    guard end >= Self.trailerCount else { return nil }
    let trailer = try file.read(end - Self.trailerCount..<end, doing: doing)
    guard trailer.starts(with: Self.magic) else { return nil }
    func damage(_ found: String) -> StoreError {
      StoreError(
        .damaged, doing: doing, file: file.path, offset: end - Self.trailerCount,
        expected: "a table of the file's parts",
        found: found, advice: Seal.advice)
    }
    var reader = ByteReader(trailer[8...])
    let (count, size) = (try reader.number(UInt64.self), try reader.number(UInt64.self))
    guard size == UInt64(Self.partBytes), let imageCount = Int(exactly: count), imageCount <= end else {
      throw damage("parts of \(size) bytes of \(count)")
    }
    let tableCount = (imageCount + Self.partBytes - 1) / Self.partBytes * 32
    guard imageCount + tableCount + Self.trailerCount == end else { throw damage("another length") }
    digests = try file.read(imageCount..<imageCount + tableCount, doing: doing)
    self.imageCount = imageCount
    guard try Digest.of(digests + trailer[..<24]) == reader.digest() else { throw damage("another digest") }
  }

  /// The digest of a part.
  func digest(_ part: Int) -> ArraySlice<UInt8> { digests[32 * part..<32 * part + 32] }
}

/// The HDF5 bytes of a file with a table of parts. A part is read when a byte of it is asked for, and compared with its
/// digest before it is given on.
final class SealedParts: ByteSource {
  private let file: OpenFile
  private let table: PartTable
  private let doing: String
  private let state = Mutex(State())

  private struct State {
    /// Parts that were read and fit, the one used last at the end.
    var parts: [(number: Int, bytes: [UInt8])] = []
    var failure: StoreError?
  }

  /// How many parts stay in memory: a chunk of a column and the index that leads to it.
  private static let capacity = 32

  init(_ file: OpenFile, _ table: PartTable, doing: String) {
    self.file = file
    self.table = table
    self.doing = doing
  }

  var byteCount: Int { table.imageCount }

  fileprivate func takeFailure() -> StoreError? {
    state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try state.withLock { state in
      do {
        var done = 0
        while done < buffer.count {
          let (number, start) = (offset + done).quotientAndRemainder(dividingBy: PartTable.partBytes)
          let part = try part(number, &state)
          let count = min(part.count - start, buffer.count - done)
          part.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count]).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
          }
          done += count
        }
      } catch let error as StoreError {
        state.failure = error
        throw error
      }
    }
  }

  private func part(_ number: Int, _ state: inout State) throws -> [UInt8] {
    if let known = state.parts.lastIndex(where: { $0.number == number }) {
      let part = state.parts.remove(at: known)
      state.parts.append(part)
      return part.bytes
    }
    let start = number * PartTable.partBytes
    let bytes = try file.read(start..<min(start + PartTable.partBytes, table.imageCount), doing: doing)
    guard Digest.of(bytes).bytes[...] == table.digest(number) else {
      throw StoreError(
        .damaged, doing: doing, file: file.path, offset: start,
        expected: "the \(bytes.count) bytes from there on that were written", found: "others", advice: Seal.advice)
    }
    if state.parts.count == Self.capacity { state.parts.removeFirst() }
    state.parts.append((number, bytes))
    return bytes
  }
}

extension SealedParts? {
  /// Reads by way of libhdf5, whose error says nothing of the store's behind it.
  func reading<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw self?.takeFailure() ?? error
    }
  }
}
