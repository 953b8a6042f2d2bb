/// A grid of characters with eight dots each, two to the right and four down; what is drawn last keeps the colour.
struct BrailleCanvas {
  struct CellContent {
    var character: Character
    var look: Look?
  }

  /// The letter of the line that ends in a row.
  private(set) var ends: [Int: (letter: Character, look: Look)] = [:]
  private let columns: Int
  private let rows: Int
  private var dots: [UInt8]
  private var looks: [Look?]
  private var fills: [Character?]

  init(columns: Int, rows: Int) {
    self.columns = max(1, columns)
    self.rows = rows
    dots = [UInt8](repeating: 0, count: self.columns * rows)
    looks = [Look?](repeating: nil, count: self.columns * rows)
    fills = [Character?](repeating: nil, count: self.columns * rows)
  }

  /// Rows of characters, the uppermost first.
  var cells: [[CellContent]] {
    (0..<rows).map { row in
      (0..<columns).map { column in
        let index = row * columns + column
        // The bits of U+2800 are numbered down the left column, then the right, the lowest row last.
        let braille = Character(Unicode.Scalar(0x2800 + UInt32(dots[index]))!)
        let character = dots[index] != 0 ? braille : fills[index] ?? " "
        return CellContent(character: character, look: looks[index])
      }
    }
  }

  mutating func draw(_ panel: Panel, letter: (Look) -> Character) {
    let (x, y) = (AxisScale(panel.x), AxisScale(panel.y))
    for mark in panel.marks {
      switch mark {
      case .line(let points, let look, let weight):
        let places = points.map { place(x.share($0.x), y.share($0.y)) }
        if places.count == 1 { dot(places[0].0, places[0].1, look) }
        for (from, to) in zip(places, places.dropFirst()) { line(from, to, look) }
        if weight == .strong, let last = points.last { end(y.share(last.y), letter(look), look) }
      case .band(let strips, let look): fill(strips, x, y, "░", look)
      case .layer(let strips, let look): fill(strips, x, y, letter(look), look)
      case .bars(let edges, let heights, let look):
        for column in 0..<2 * columns { bar(column, edges, heights, x, y, look) }
      case .strokes(let places):
        for value in places {
          let column = Int(x.share(value) * Double(columns))
          if (0..<columns).contains(column) { fills[column] = "×" }
        }
      case .upright: break
      case .dot(let point, let look, _, _):
        let (column, row) = place(x.share(point.x), y.share(point.y))
        dot(column, row, look)
      case .surface(let field): fill(field, x, y)
      }
    }
  }

  private func place(_ x: Double, _ y: Double) -> (Int, Int) {
    (Int((x * Double(2 * columns - 1)).rounded()), Int(((1 - y) * Double(4 * rows - 1)).rounded()))
  }

  private mutating func dot(_ x: Int, _ y: Int, _ look: Look) {
    guard (0..<2 * columns).contains(x), (0..<4 * rows).contains(y) else { return }
    let index = y / 4 * columns + x / 2
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    dots[index] |= bits[x % 2][y % 4]
    looks[index] = look
  }

  /// A step a dot along the longer side.
  private mutating func line(_ from: (Int, Int), _ to: (Int, Int), _ look: Look) {
    let steps = max(abs(to.0 - from.0), abs(to.1 - from.1), 1)
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      dot(
        from.0 + Int((Double(to.0 - from.0) * part).rounded()), from.1 + Int((Double(to.1 - from.1) * part).rounded()),
        look)
    }
  }

  /// Every dot of a column below the height of the bar that it lies in.
  private mutating func bar(
    _ column: Int, _ edges: [Double], _ heights: [Double], _ x: AxisScale, _ y: AxisScale, _ look: Look
  ) {
    let share = (Double(column) + 0.5) / Double(2 * columns)
    guard let next = edges.firstIndex(where: { x.share($0) > share }), next > 0, heights[next - 1] > 0 else { return }
    let top = place(0, y.share(heights[next - 1])).1
    for row in max(0, top)..<max(max(0, top), 4 * rows) { dot(column, row, look) }
  }

  /// The cells whose middle lies between the two lines.
  private mutating func fill(_ strips: [Strip], _ x: AxisScale, _ y: AxisScale, _ character: Character, _ look: Look) {
    guard let first = strips.first, let last = strips.last else { return }
    for column in 0..<columns {
      let share = (Double(column) + 0.5) / Double(columns)
      guard share >= x.share(first.x), share <= x.share(last.x),
        let strip = strips.last(where: { x.share($0.x) <= share })
      else { continue }
      let (low, high) = (y.share(strip.low), y.share(strip.high))
      for row in 0..<rows {
        let middle = 1 - (Double(row) + 0.5) / Double(rows)
        guard middle >= low, middle < high else { continue }
        fills[row * columns + column] = character
        looks[row * columns + column] = look
      }
    }
  }

  /// Denser characters for higher bands; the lowest is blank.
  private mutating func fill(_ field: HeightField, _ x: AxisScale, _ y: AxisScale) {
    let characters: [Character] = [" ", "·", ":", "░", "▒", "▓"]
    for row in 0..<rows {
      for column in 0..<columns {
        let value = field.value(
          atShare: (Double(column) + 0.5) / Double(columns), 1 - (Double(row) + 0.5) / Double(rows))
        let band = field.levels.count { $0 <= value }
        let step = band * (characters.count - 1) / max(1, field.levels.count)
        fills[row * columns + column] = characters[step]
        looks[row * columns + column] = .muted
      }
    }
  }

  /// Puts a letter at the end of a row, or of the nearest one that is free.
  private mutating func end(_ share: Double, _ letter: Character, _ look: Look) {
    let row = min(max(Int((1 - share) * Double(rows)), 0), rows - 1)
    for distance in 0..<rows {
      for candidate in [row - distance, row + distance] where (0..<rows).contains(candidate) {
        if ends[candidate] == nil {
          ends[candidate] = (letter, look)
          return
        }
      }
    }
  }
}
