import CZlib

/// Unpacks gzip files held in memory.
package enum Gzip {
  /// The content of a gzip file of one member. Its checksum is tested.
  package static func unpack(_ packed: [UInt8], action: String, file: String) throws(DataSetError) -> [UInt8] {
    func damaged(_ found: String) -> DataSetError {
      DataSetError(.badCompression, action, file: file, expected: "a complete gzip file", found: found)
    }
    // The last four bytes are the size of the content.
    guard packed.count >= 18, packed[0] == 0x1F, packed[1] == 0x8B else {
      throw damaged("\(packed.count) bytes without the marks of gzip")
    }
    let size = packed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    // Deflate packs by 1032 at most: a larger size is damage, and no reason to ask for so much memory.
    guard size <= packed.count * 1032, size <= InputLimits.fileBytes else {
      throw damaged("\(size) bytes said to be packed into \(packed.count)")
    }
    var status = Z_OK
    let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      (status, count) = packed.withUnsafeBufferPointer { inflateAll($0, .gzip, into: buffer) }
    }
    guard status == Z_STREAM_END else { throw damaged("zlib's error \(status) after \(content.count) bytes") }
    guard content.count == size else { throw damaged("\(content.count) bytes where its end says \(size)") }
    return content
  }
}

/// What stands around deflated bytes.
enum DeflateWrapping {
  case gzip
  /// RFC 1950, as in PNG.
  case zlib
  /// Nothing, as in zip.
  case none
}

/// Inflates all of `source` into `buffer`: zlib's last status, Z_STREAM_END where all went well, and the bytes written.
func inflateAll(
  _ source: UnsafeBufferPointer<UInt8>, _ wrapping: DeflateWrapping, into buffer: UnsafeMutableBufferPointer<UInt8>
) -> (status: Int32, count: Int) {
  // One call has 32 bits for each length; larger files are refused before.
  precondition(source.count <= UInt32.max && buffer.count <= UInt32.max, "\(source.count) bytes in one piece")
  var stream = z_stream()
  var status =
    switch wrapping {
    case .gzip: cz_inflate_init_gzip(&stream)
    case .zlib: cz_inflate_init_zlib(&stream)
    case .none: cz_inflate_init_raw(&stream)
    }
  guard status == Z_OK else { return (status, 0) }
  defer { inflateEnd(&stream) }
  // Without a byte to write to there is no address, and zlib wants one.
  var nowhere: UInt8 = 0
  return withUnsafeMutablePointer(to: &nowhere) { nowhere in
    stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0) } ?? nowhere
    stream.avail_in = UInt32(source.count)
    stream.next_out = buffer.baseAddress ?? nowhere
    stream.avail_out = UInt32(buffer.count)
    status = inflate(&stream, Z_FINISH)
    return (status, Int(stream.total_out))
  }
}
