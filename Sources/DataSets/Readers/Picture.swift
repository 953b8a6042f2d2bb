/// One picture: bytes by row, column and channel; one channel is grey, three are red, green and blue.
package struct Picture: Equatable, Sendable {
  package let rows: Int
  package let columns: Int
  package let channels: Int
  package let pixels: [UInt8]

  /// The most pixels of one picture.
  static let pixelLimit = 64 << 20

  init(rows: Int, columns: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == rows * columns * channels, "\(pixels.count) bytes for \(rows) x \(columns) x \(channels)")
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.pixels = pixels
  }

  /// The picture with three channels.
  var inColor: Picture {
    guard channels == 1 else { return self }
    return Picture(rows: rows, columns: columns, channels: 3, pixels: pixels.flatMap { [$0, $0, $0] })
  }

  /// The largest square in the middle, made `size` pixels wide: each is the mean of the area that it covers.
  func square(_ size: Int) -> Picture {
    let side = min(rows, columns)
    let (top, left) = ((rows - side) / 2, (columns - side) / 2)
    if side == size, rows == columns { return self }
    var result: [UInt8] = []
    result.reserveCapacity(size * size * channels)
    for row in 0..<size {
      // Pixel `row` covers side·row/size ..< side·(row + 1)/size; in units of 1/size all is whole.
      let (first, last) = (side * row, side * (row + 1))
      for column in 0..<size {
        let (start, end) = (side * column, side * (column + 1))
        var sums = [Int](repeating: 0, count: channels)
        for y in first / size...(last - 1) / size {
          let height = min(last, (y + 1) * size) - max(first, y * size)
          for x in start / size...(end - 1) / size {
            let area = height * (min(end, (x + 1) * size) - max(start, x * size))
            let place = ((top + y) * columns + left + x) * channels
            for channel in 0..<channels { sums[channel] += area * Int(pixels[place + channel]) }
          }
        }
        let whole = side * side
        for sum in sums { result.append(UInt8((sum + whole / 2) / whole)) }
      }
    }
    return Picture(rows: size, columns: size, channels: channels, pixels: result)
  }
}
