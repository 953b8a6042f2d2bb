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
    guard size <= packed.count * 1032 else { throw damaged("\(size) bytes said to be packed into \(packed.count)") }
    var status = Z_OK
    let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      (status, count) = inflateAll(packed, into: buffer)
    }
    guard status == Z_STREAM_END else { throw damaged("zlib's error \(status) after \(content.count) bytes") }
    guard content.count == size else { throw damaged("\(content.count) bytes where its end says \(size)") }
    return content
  }

  private static func inflateAll(
    _ packed: [UInt8], into buffer: UnsafeMutableBufferPointer<UInt8>
  ) -> (status: Int32, count: Int) {
    packed.withUnsafeBufferPointer { source in
      var stream = z_stream()
      var status = cz_inflate_init_gzip(&stream)
      guard status == Z_OK else { return (status, 0) }
      defer { inflateEnd(&stream) }
      stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress!)
      stream.avail_in = UInt32(source.count)
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(buffer.count)
      status = inflate(&stream, Z_FINISH)
      return (status, Int(stream.total_out))
    }
  }
}
