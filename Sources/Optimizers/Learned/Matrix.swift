internal import Numerics

/// Reads a tensor of theta by row and column, 0 beyond its last column or row.
struct Matrix {
  let values: ArraySlice<Float>
  let rows: Int
  let columns: Int

  init(_ theta: Tensors, _ name: String) {
    guard let slot = theta.layout[name] else { preconditionFailure("theta has no tensor \(name)") }
    values = theta[slot]
    columns = slot.shape.last ?? 1
    rows = slot.count / columns
  }

  subscript(row: Int, column: Int) -> Float {
    row < rows && column < columns ? values[values.startIndex + row * columns + column] : 0
  }

  /// Writes a part row by row, 0 beyond the matrix, and moves the place behind it.
  func copy(rows part: Range<Int>, columns range: Range<Int>, to place: inout UnsafeMutablePointer<Float>) {
    let inside = range.clamped(to: 0..<columns)
    values.withUnsafeBufferPointer { values in
      for row in part {
        let given = row < rows ? inside.count : 0
        if given > 0 { place.update(from: values.baseAddress! + row * columns + inside.lowerBound, count: given) }
        for column in given..<range.count { place[column] = 0 }
        place += range.count
      }
    }
  }

  /// Writes columns in groups of four, a group's rows one after the other: [groups][rows][4].
  func copyGroups(rows part: Range<Int>, groups: Int, to place: inout UnsafeMutablePointer<Float>) {
    for group in 0..<groups { copy(rows: part, columns: 4 * group..<4 * group + 4, to: &place) }
  }
}
