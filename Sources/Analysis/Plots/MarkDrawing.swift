/// Draws what is in a panel, in the coordinates of its plot.
struct MarkDrawing {
  private let plot: ChartLayout.Box
  private let x: AxisScale
  private let y: AxisScale
  private let style: SVGStyle
  private let contours: [Contour]

  init(_ frame: ChartLayout.Frame, _ style: SVGStyle) {
    plot = frame.plot
    x = AxisScale(frame.panel.x)
    y = AxisScale(frame.panel.y)
    self.style = style
    contours = frame.contours
  }

  private func px(_ value: Double) -> String { XMLWriter.number(x.share(value) * plot.width) }

  private func py(_ value: Double) -> String { XMLWriter.number((1 - y.share(value)) * plot.height) }

  func draw(_ mark: Mark, _ writer: inout XMLWriter) {
    switch mark {
    case .line(let points, let look, let weight):
      guard let first = points.first else { return }
      // A line of one point is a dot: with round ends a stroke of no length is one.
      let rest = points.count == 1 ? "h0" : "L" + Self.distinct(points.dropFirst().map(place)).joined(separator: " ")
      let data = "M" + place(first) + rest
      let isDot = points.count == 1
      if weight == .edged {
        writer.element(
          "path",
          [
            ("d", data), ("fill", "none"), ("stroke-width", "4"), ("stroke-opacity", "0.75"),
            ("stroke-linejoin", "round"),
          ]
            + style.stroke(.ground))
      }
      let width = isDot ? [("stroke-width", "5")] : []
      writer.element(
        "path",
        [("d", data), ("fill", "none")] + width
          + style.line(look, weight).filter { !isDot || $0.0 != "stroke-width" && $0.0 != "stroke-dasharray" })
    case .band(let strips, let look): draw(strips, style.band(look), &writer)
    case .layer(let strips, let look): draw(strips, style.layer(look), &writer)
    case .bars(let edges, let heights, let look): drawBars(edges, heights, look, &writer)
    case .strokes(let places):
      guard !places.isEmpty else { return }
      let data = places.map { "M\(px($0)) 0v9" }.joined()
      writer.element("path", [("d", data), ("fill", "none")] + style.stroke(.warning))
    case .upright(let place):
      writer.element(
        "path",
        [("d", "M\(px(place)) 0v\(XMLWriter.number(plot.height))"), ("fill", "none"), ("stroke-dasharray", "3 3")]
          + style.stroke(.quiet))
    case .surface(let field): draw(field, &writer)
    case .dot(let point, let look, let dot, let radius):
      let circle = [
        ("cx", px(point.x)), ("cy", py(point.y)), ("r", XMLWriter.number(radius)),
        ("stroke-width", XMLWriter.number(radius < 3 ? 1.2 : 2)),
      ]
      let looks = dot == .ring ? style.fill(.ground) + style.stroke(look) : style.dot(look) + style.stroke(.ground)
      writer.element("circle", circle + SVGStyle.merged(looks))
    }
  }

  /// Bands from below, each on top of those that it is a part of; then the lines, then what is written on them.
  private func draw(_ field: HeightField, _ writer: inout XMLWriter) {
    let bands = field.levels.count + 1
    writer.element("rect", [("width", "100%"), ("height", "100%")] + style.band(0, of: bands))
    func data(_ lines: [[Point]], closed: Bool) -> String {
      lines.map { line in
        "M" + Self.distinct(line.map { XMLWriter.number($0.x) + " " + XMLWriter.number($0.y) }).joined(separator: " ")
          + (closed ? "Z" : "")
      }.joined()
    }
    for (index, contour) in contours.enumerated() where !contour.areas.isEmpty {
      writer.element(
        "path",
        [("d", data(contour.areas, closed: true)), ("fill-rule", "evenodd")] + style.band(index + 1, of: bands))
    }
    for contour in contours where !contour.lines.isEmpty {
      writer.element(
        "path",
        [
          ("d", data(contour.lines, closed: false)), ("fill", "none"), ("stroke-width", "0.7"),
          ("stroke-opacity", "0.6"),
        ]
          + style.stroke(.quiet))
    }
  }

  /// Without places that are written as the one before: paths stand still for long.
  private static func distinct(_ places: [String]) -> [String] {
    places.indices.filter { $0 == 0 || places[$0] != places[$0 - 1] }.map { places[$0] }
  }

  private func place(_ point: Point) -> String { px(point.x) + " " + py(point.y) }

  private func draw(_ strips: [Strip], _ look: [(String, String)], _ writer: inout XMLWriter) {
    guard let first = strips.first else { return }
    let upper = strips.map { px($0.x) + " " + py($0.high) }
    let lower = strips.reversed().map { px($0.x) + " " + py($0.low) }
    let data =
      strips.count == 1
      // A strip alone is a stroke of some width.
      ? "M\(px(first.x)) \(py(first.high))h3V\(py(first.low))h-3Z"
      : "M" + (upper + lower).joined(separator: " ") + "Z"
    writer.element("path", [("d", data)] + look)
  }

  private func drawBars(_ edges: [Double], _ heights: [Double], _ look: Look, _ writer: inout XMLWriter) {
    let bars = zip(zip(edges, edges.dropFirst()), heights).filter { $0.1 > 0 }.map { edges, height in
      "M\(px(edges.0)) \(py(0))V\(py(height))H\(px(edges.1))V\(py(0))Z"
    }
    guard !bars.isEmpty else { return }
    writer.element("path", [("d", bars.joined())] + style.layer(look))
  }
}
