/// The border of where a field is at least a level, as closed lines: marching squares, with the corners' mean deciding
/// whether two opposite corners hang together.
package struct MarchingSquares {
  /// In units of the grid: x from 0 to columns - 1, y from 0 to rows - 1.
  package private(set) var loops: [[Point]] = []

  private let field: HeightField
  private let level: Double

  /// A side of a cell: from a corner to the right, or upwards.
  private struct Side: Hashable {
    let column: Int
    let row: Int
    let isUpright: Bool
  }

  /// A frame of corners below the level is put around the grid at no distance, so that every line closes.
  package init(_ field: HeightField, level: Double) {
    self.field = field
    self.level = level
    // A line has the higher side on its left: each side is left once and entered once.
    var next: [Side: Side] = [:]
    var starts: [Side] = []
    for row in -1..<field.rows {
      for column in -1..<field.columns {
        for (from, to) in segments(column, row) {
          next[from] = to
          starts.append(from)
        }
      }
    }
    for start in starts where next[start] != nil {
      var loop: [Point] = []
      var side = start
      while let following = next.removeValue(forKey: side) {
        let place = crossing(side)
        if loop.last != place { loop.append(place) }
        side = following
      }
      if loop.count > 2 { loops.append(loop) }
    }
  }

  private func value(_ column: Int, _ row: Int) -> Double {
    guard (0..<field.columns).contains(column), (0..<field.rows).contains(row) else { return -.infinity }
    return field.values[row * field.columns + column]
  }

  /// The lines through a cell, each from side to side.
  private func segments(_ column: Int, _ row: Int) -> [(Side, Side)] {
    let corners = [
      value(column, row), value(column + 1, row), value(column + 1, row + 1), value(column, row + 1),
    ]
    let bits = corners.enumerated().reduce(0) { $0 | ($1.element >= level ? 1 << $1.offset : 0) }
    if bits == 0 || bits == 15 { return [] }
    let below = Side(column: column, row: row, isUpright: false)
    let right = Side(column: column + 1, row: row, isUpright: true)
    let above = Side(column: column, row: row + 1, isUpright: false)
    let left = Side(column: column, row: row, isUpright: true)
    switch bits {
    case 1: return [(below, left)]
    case 2: return [(right, below)]
    case 3: return [(right, left)]
    case 4: return [(above, right)]
    case 6: return [(above, below)]
    case 7: return [(above, left)]
    case 8: return [(left, above)]
    case 9: return [(below, above)]
    case 11: return [(right, above)]
    case 12: return [(left, right)]
    case 13: return [(below, right)]
    case 14: return [(left, below)]
    default:
      let isJoined = corners.reduce(0, +) / 4 >= level
      return switch (bits, isJoined) {
      case (5, false): [(below, left), (above, right)]
      case (5, true): [(below, right), (above, left)]
      case (_, false): [(right, below), (left, above)]
      case (_, true): [(left, below), (right, above)]
      }
    }
  }

  private func crossing(_ side: Side) -> Point {
    let (column, row) = (side.column, side.row)
    let one = value(column, row)
    let other = side.isUpright ? value(column, row + 1) : value(column + 1, row)
    // Beside the frame the line runs along the edge of the grid.
    let part = one == -.infinity ? 1 : other == -.infinity ? 0 : (level - one) / (other - one)
    let x = Double(column) + (side.isUpright ? 0 : part)
    let y = Double(row) + (side.isUpright ? part : 0)
    return Point(
      min(max(x, 0), Double(field.columns - 1)), min(max(y, 0), Double(field.rows - 1)))
  }
}
