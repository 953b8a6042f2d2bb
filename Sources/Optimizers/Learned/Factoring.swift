/// How the second moment of a tensor of two or more axes is kept as rows and columns (Adafactor; spec §1.3).
///
/// Rows are the tensor without its longest axis, columns the tensor without its second longest.
struct Factoring: Sendable {
  /// The tensor's shape without its longest axis, and its number of entries.
  let rowShape: [Int]
  let rows: Int
  /// The tensor's shape without its second longest axis, and its number of entries.
  let columnShape: [Int]
  let columns: Int
  /// The lengths of the longest and of the second longest axis.
  let longest: Int
  let second: Int
  /// For each row the entry of the row without the second longest axis as well.
  let groupOfRow: [Int]
  let groups: Int

  /// A line is what runs along the last axis: for each the row and the column of its first element.
  let lines: [(row: Int, column: Int)]
  let lineCount: Int
  /// What row and column advance by along a line: 0 where the last axis is the one left out, else 1.
  let rowStep: Int
  let columnStep: Int

  /// nil for a shape of fewer than two axes.
  init?(shape: [Int]) {
    guard shape.count >= 2 else { return nil }
    let order = Self.ascendingOrder(of: shape)
    let longestAxis = order[shape.count - 1]
    let secondAxis = order[shape.count - 2]
    (longest, second) = (shape[longestAxis], shape[secondAxis])
    let rowPlaces = Self.strides(shape, without: [longestAxis])
    let columnPlaces = Self.strides(shape, without: [secondAxis])
    let groupPlaces = Self.strides(shape, without: [longestAxis, secondAxis])
    (rows, columns) = (rowPlaces.count, columnPlaces.count)
    groups = groupPlaces.count
    rowShape = shape.indices.filter { $0 != longestAxis }.map { shape[$0] }
    columnShape = shape.indices.filter { $0 != secondAxis }.map { shape[$0] }
    lineCount = shape[shape.count - 1]
    rowStep = rowPlaces.strides[shape.count - 1]
    columnStep = columnPlaces.strides[shape.count - 1]

    var groupOfRow = [Int](repeating: 0, count: rows)
    var lines: [(row: Int, column: Int)] = []
    var index = [Int](repeating: 0, count: shape.count)
    let groupStep = groupPlaces.strides[shape.count - 1]
    repeat {
      func place(_ strides: [Int]) -> Int { zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } }
      let line = (row: place(rowPlaces.strides), column: place(columnPlaces.strides))
      let group = place(groupPlaces.strides)
      lines.append(line)
      for i in 0..<lineCount { groupOfRow[line.row + i * rowStep] = group + i * groupStep }
    } while Self.advance(&index, within: shape.dropLast())
    self.groupOfRow = groupOfRow
    self.lines = lines
  }

  /// The row and the column of an element of a line.
  @inline(__always)
  func entry(_ place: Int, of line: Int) -> (row: Int, column: Int) {
    let first = lines[line]
    return (first.row &+ rowStep &* place, first.column &+ columnStep &* place)
  }

  /// The strides of a tensor's axes in the row-major tensor without some of them (0 for those), and that one's entries.
  private static func strides(_ shape: [Int], without left: [Int]) -> (strides: [Int], count: Int) {
    var strides = [Int](repeating: 0, count: shape.count)
    var count = 1
    for axis in shape.indices.reversed() where !left.contains(axis) {
      strides[axis] = count
      count *= shape[axis]
    }
    return (strides, count)
  }

  /// The next index in row-major order; false after the last.
  private static func advance(_ index: inout [Int], within shape: ArraySlice<Int>) -> Bool {
    for axis in shape.indices.reversed() {
      index[axis] += 1
      if index[axis] < shape[axis] { return true }
      index[axis] = 0
    }
    return false
  }

  /// The axes by ascending length, with the ties that numpy's argsort has on x86-64: up to four axes go through a network of
  /// three stages of compare and exchange, which is not stable; more than four are ordered stably (numpy's own order of
  /// ties then depends on the CPU).
  static func ascendingOrder(of shape: [Int]) -> [Int] {
    guard shape.count <= 4 else {
      return shape.indices.sorted { (shape[$0], $0) < (shape[$1], $1) }
    }
    var order = Array(shape.indices)
    func length(_ place: Int) -> Int { place < shape.count ? shape[order[place]] : Int.max }
    for (a, b) in [(0, 1), (2, 3), (0, 3), (1, 2), (0, 1), (2, 3)] where length(b) < length(a) {
      order.swapAt(a, b)
    }
    return order
  }
}
