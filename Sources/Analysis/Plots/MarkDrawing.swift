/// Draws what is in a panel, in the coordinates of its plot.
struct MarkDrawing {
  private let plot: ChartLayout.Box
  private let x: AxisScale
  private let y: AxisScale
  private let style: SVGStyle

  init(_ frame: ChartLayout.Frame, _ style: SVGStyle) {
    plot = frame.plot
    x = AxisScale(frame.panel.x)
    y = AxisScale(frame.panel.y)
    self.style = style
  }

  private func px(_ value: Double) -> String { XMLWriter.number(x.share(value) * plot.width) }

  private func py(_ value: Double) -> String { XMLWriter.number((1 - y.share(value)) * plot.height) }

  func draw(_ mark: Mark, _ writer: inout XMLWriter) {
    switch mark {
    case .line(let points, let look, let weight):
      guard let first = points.first else { return }
      // A line of one point is a dot: with round ends a stroke of no length is one.
      let rest = points.count == 1 ? "h0" : "L" + points.dropFirst().map(place).joined(separator: " ")
      let data = "M" + place(first) + rest
      let isDot = points.count == 1
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
    }
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
