/// A level of a surface as a picture draws it: all in pixels from the plot's upper left corner.
package struct Contour: Sendable {
  package struct Label: Sendable {
    package let text: String
    /// Of its middle.
    let x: Double
    let baseline: Double
    let size: Double

    package var box: ChartLayout.Box {
      let width = TextMetrics.width(text, size: size)
      return .init(x: x - width / 2, y: baseline - 0.8 * size, width: width, height: size)
    }
  }

  /// Closed lines around all that is at least the level, along the plot's edges too.
  let areas: [[Point]]
  /// Where the surface has the level: the same without the edges.
  let lines: [[Point]]
  package private(set) var label: Label?

  /// Those of a panel's surface; none where it has no surface.
  static func all(of panel: Panel, width: Double, height: Double, size: Double) -> [Contour] {
    let field = panel.marks.lazy.compactMap { mark in
      if case .surface(let field) = mark { field } else { nil }
    }.first
    guard let field else { return [] }
    var contours = field.levels.map { Contour(field, level: $0, width: width, height: height) }
    let drawn = points(drawnIn: panel, width: width, height: height)
    var taken: [ChartLayout.Box] = []
    for (index, level) in field.levels.enumerated() {
      contours[index].place(TickLabels.short(level), size: size, width: width, height: height, beside: drawn, &taken)
    }
    return contours
  }

  private init(_ field: HeightField, level: Double, width: Double, height: Double) {
    let loops = MarchingSquares(field, level: level).loops
    let (lastColumn, lastRow) = (Double(field.columns - 1), Double(field.rows - 1))
    func pixels(_ point: Point) -> Point {
      Point(point.x / lastColumn * width, (1 - point.y / lastRow) * height)
    }
    areas = loops.map { $0.map(pixels) }
    lines = loops.flatMap { loop in
      Self.inner(loop) { one, other in
        one.x == other.x && (one.x == 0 || one.x == lastColumn) || one.y == other.y && (one.y == 0 || one.y == lastRow)
      }
    }.map { $0.map(pixels) }
  }

  /// The parts of a loop between stretches that run along the edge.
  private static func inner(_ loop: [Point], isEdge: (Point, Point) -> Bool) -> [[Point]] {
    let count = loop.count
    let steps = (0..<count).map { isEdge(loop[$0], loop[($0 + 1) % count]) }
    guard let edge = steps.firstIndex(of: true) else { return [loop + [loop[0]]] }
    var parts: [[Point]] = []
    var part: [Point] = []
    for offset in 1...count {
      let index = (edge + offset) % count
      part.append(loop[index])
      if steps[index] {
        if part.count > 1 { parts.append(part) }
        part = []
      }
    }
    return parts
  }

  /// Where paths run, so that no word hides them: their points, and some between those that lie far apart.
  private static func points(drawnIn panel: Panel, width: Double, height: Double) -> [Point] {
    let (x, y) = (AxisScale(panel.x), AxisScale(panel.y))
    var all: [Point] = []
    for case .line(let points, _, _) in panel.marks {
      let places = points.map { Point(x.share($0.x) * width, (1 - y.share($0.y)) * height) }
      all += places.prefix(1)
      for (one, next) in zip(places, places.dropFirst()) {
        let parts = max(1, (max(abs(next.x - one.x), abs(next.y - one.y)) / 8).rounded(.up))
        for part in stride(from: 1, through: parts, by: 1) {
          all.append(Point(one.x + (next.x - one.x) * part / parts, one.y + (next.y - one.y) * part / parts))
        }
      }
    }
    let step = max(1, all.count / 3000)
    return stride(from: 0, to: all.count, by: step).map { all[$0] }
  }

  /// Puts the level on its longest line, where nothing else is; nowhere if there is no such place.
  private mutating func place(
    _ text: String, size: Double, width: Double, height: Double, beside drawn: [Point],
    _ taken: inout [ChartLayout.Box]
  ) {
    guard let line = lines.max(by: { $0.count < $1.count }), line.count >= 8 else { return }
    for step in 0..<line.count {
      // From the middle outwards, to either side in turn.
      let index = line.count / 2 + (step % 2 == 0 ? step / 2 : -(step + 1) / 2)
      guard line.indices.contains(index) else { continue }
      let label = Label(text: text, x: line[index].x, baseline: line[index].y + 0.35 * size, size: size)
      let box = label.box
      let room = ChartLayout.Box(x: box.x - 5, y: box.y - 4, width: box.width + 10, height: box.height + 8)
      guard room.x > 0, room.y > 0, room.right < width, room.bottom < height,
        !taken.contains(where: { $0.overlaps(room) }),
        !drawn.contains(where: { $0.x > room.x && $0.x < room.right && $0.y > room.y && $0.y < room.bottom })
      else { continue }
      self.label = label
      taken.append(room)
      return
    }
  }
}
