/// A chart as SVG: the same bytes for the same chart, width and theme, on every system.
package struct SVGPicture: Sendable {
  /// A document of its own, or a part of a page that has the style sheet `SVGStyle.sheet`.
  package enum Use: Equatable, Sendable {
    case document
    /// The prefix makes the picture's ids its own in the page.
    case part(prefix: String)
  }

  package let svg: String

  package init(_ chart: Chart, width: Int, theme: Theme, use: Use = .document) {
    var writer = XMLWriter()
    Drawing(ChartLayout(chart, width: width), theme, use).draw(chart, &writer)
    svg = writer.text
  }
}

/// Writes a laid-out chart.
private struct Drawing {
  private let layout: ChartLayout
  private let style: SVGStyle
  private let use: SVGPicture.Use

  init(_ layout: ChartLayout, _ theme: Theme, _ use: SVGPicture.Use) {
    self.layout = layout
    self.use = use
    style = SVGStyle(theme)
  }

  func draw(_ chart: Chart, _ writer: inout XMLWriter) {
    var prefix = "chart"
    if case .part(let given) = use { prefix = given }
    let (width, height) = (XMLWriter.number(layout.width), XMLWriter.number(layout.height.rounded(.up)))
    let description = ([chart.summary] + chart.notes + chart.sources).filter { !$0.isEmpty }
    writer.element(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("width", width), ("height", height),
        ("viewBox", "0 0 \(width) \(height)"), ("role", "img"),
        ("aria-labelledby", "\(prefix)-title \(prefix)-desc"), ("font-family", SVGStyle.fonts),
      ]
    ) { writer in
      writer.element("title", [("id", "\(prefix)-title")], text: chart.title)
      writer.element("desc", [("id", "\(prefix)-desc")], text: description.joined(separator: " · "))
      if use == .document, let sheet = style.sheet { writer.element("style", text: sheet) }
      if use == .document {
        writer.element("rect", [("width", "100%"), ("height", "100%")] + style.fill(.ground))
      }
      for frame in layout.frames { draw(frame, &writer) }
      for swatch in layout.swatches { draw(swatch, &writer) }
      for (band, box) in layout.bar.enumerated() {
        writer.element(
          "rect",
          [
            ("x", XMLWriter.number(box.x)), ("y", XMLWriter.number(box.y)), ("width", XMLWriter.number(box.width)),
            ("height", XMLWriter.number(box.height)), ("stroke-width", "0.5"),
          ] + style.outlinedBand(band, of: layout.bar.count))
      }
      drawTexts(&writer)
    }
  }

  private func drawTexts(_ writer: inout XMLWriter) {
    for text in layout.texts {
      let isQuiet = text.tone == .quiet
      var attributes = [
        ("x", XMLWriter.number(text.x)), ("y", XMLWriter.number(text.baseline)),
        ("font-size", XMLWriter.number(text.size)),
      ]
      if text.anchor != .start { attributes.append(("text-anchor", text.anchor.rawValue)) }
      if text.tone == .title || text.tone == .heading { attributes.append(("font-weight", "600")) }
      attributes += style.fill(isQuiet ? .quiet : .text)
      if let whole = text.whole {
        writer.element("text", attributes) { writer in
          writer.element("title", text: whole)
          writer.raw(XMLWriter.escape(text.text))
        }
      } else {
        writer.element("text", attributes, text: text.text)
      }
    }
  }

  private func draw(_ frame: ChartLayout.Frame, _ writer: inout XMLWriter) {
    let plot = frame.plot
    let lines =
      frame.yTicks.filter(\.isLabelled).map {
        "M\(XMLWriter.number(plot.x)) \(XMLWriter.number($0.place))H\(XMLWriter.number(plot.right))"
      }
      + frame.xTicks.filter(\.isLabelled).map {
        "M\(XMLWriter.number($0.place)) \(XMLWriter.number(plot.y))V\(XMLWriter.number(plot.bottom))"
      }
    if !lines.isEmpty { writer.element("path", [("d", lines.joined()), ("fill", "none")] + style.stroke(.grid)) }
    // A picture inside a picture cuts off what lies outside it.
    writer.element(
      "svg",
      [
        ("x", XMLWriter.number(plot.x)), ("y", XMLWriter.number(plot.y)), ("width", XMLWriter.number(plot.width)),
        ("height", XMLWriter.number(plot.height)),
      ]
    ) { writer in
      let marks = MarkDrawing(frame, style)
      for mark in frame.panel.marks { marks.draw(mark, &writer) }
      for label in frame.contours.compactMap(\.label) { draw(label, &writer) }
    }
    let strokes =
      ["M\(XMLWriter.number(plot.x)) \(XMLWriter.number(plot.bottom))H\(XMLWriter.number(plot.right))"]
      + frame.xTicks.map {
        "M\(XMLWriter.number($0.place)) \(XMLWriter.number(plot.bottom))v\($0.isLabelled ? 5 : 3)"
      }
      + frame.yTicks.map {
        "M\(XMLWriter.number(plot.x)) \(XMLWriter.number($0.place))h\($0.isLabelled ? -4 : -2)"
      }
    writer.element("path", [("d", strokes.joined()), ("fill", "none")] + style.stroke(.quiet))
  }

  /// A word on a line of equal value, with an edge of the ground's colour.
  private func draw(_ label: Contour.Label, _ writer: inout XMLWriter) {
    let place = [
      ("x", XMLWriter.number(label.x)), ("y", XMLWriter.number(label.baseline)),
      ("font-size", XMLWriter.number(label.size)), ("text-anchor", "middle"),
    ]
    writer.element(
      "text",
      place + [("fill", "none"), ("stroke-width", "3"), ("stroke-opacity", "0.8"), ("stroke-linejoin", "round")]
        + style.stroke(.ground), text: label.text)
    writer.element("text", place + style.fill(.text), text: label.text)
  }

  private func draw(_ swatch: ChartLayout.Swatch, _ writer: inout XMLWriter) {
    let box = swatch.box
    let (x, y) = (XMLWriter.number(box.x), XMLWriter.number(box.y + box.height / 2))
    let line = [("d", "M\(x) \(y)h\(XMLWriter.number(box.width))"), ("fill", "none")]
    let area = [
      ("x", x), ("y", XMLWriter.number(box.y)), ("width", XMLWriter.number(box.width)),
      ("height", XMLWriter.number(box.height)),
    ]
    switch swatch.swatch {
    case .line(let look): writer.element("path", line + style.line(look, .strong))
    case .faintLine(let look): writer.element("path", line + style.line(look, .faint))
    case .band(let look): writer.element("rect", area + style.band(look))
    case .layer(let look): writer.element("rect", area + style.layer(look))
    case .none: break
    case .strokes:
      let ticks = [4.0, 10, 16].map { "M\(XMLWriter.number(box.x + $0)) \(XMLWriter.number(box.y + 2))v8" }
      writer.element("path", [("d", ticks.joined()), ("fill", "none")] + style.stroke(.warning))
    }
  }
}
