/// Where everything of a chart goes in a picture of some width: frames, ticks, texts, legend. All lengths are in pixels.
package struct ChartLayout {
  package struct Box: Equatable, Sendable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    package var right: Double { x + width }
    package var bottom: Double { y + height }

    package func overlaps(_ other: Box) -> Bool {
      x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }
  }

  /// A line of text at its place.
  package struct Text: Equatable, Sendable {
    enum Anchor: String, Sendable { case start, middle, end }
    enum Tone: Sendable { case title, heading, plain, quiet }

    package var text: String
    /// All of the text where `text` is cut, else nil.
    var whole: String?
    var x: Double
    var baseline: Double
    var size: Double
    var anchor = Anchor.start
    var tone = Tone.plain

    /// About the room it takes.
    package var box: Box {
      let width = TextMetrics.width(text, size: size) * (tone == .title || tone == .heading ? 1.08 : 1)
      let left = anchor == .start ? x : anchor == .middle ? x - width / 2 : x - width
      return Box(x: left, y: baseline - 0.8 * size, width: width, height: size)
    }
  }

  struct Tick: Equatable, Sendable {
    let place: Double
    let isLabelled: Bool
  }

  package struct Frame: Sendable {
    let panel: Panel
    /// The room that the data have.
    package let plot: Box
    let xTicks: [Tick]
    let yTicks: [Tick]
    /// Of a surface, in pixels from the plot's corner.
    package let contours: [Contour]
  }

  package struct Swatch: Sendable {
    package let box: Box
    let swatch: LegendEntry.Swatch
  }

  package let width: Double
  package private(set) var height = 0.0
  package private(set) var frames: [Frame] = []
  package private(set) var texts: [Text] = []
  package private(set) var swatches: [Swatch] = []
  /// The cells of the colour bar, from the lowest band.
  private(set) var bar: [Box] = []

  static let padding = 14.0
  private let size: Double
  private var lineHeight: Double { (size * 1.5).rounded() }

  /// - Parameter width: 200 pixels at least.
  package init(_ chart: Chart, width: Int) {
    precondition(width >= 200, "a picture of \(width) pixels")
    self.width = Double(width)
    size = width < 500 ? 11.5 : width < 1100 ? 12 : 14
    height = Self.padding
    placeTitle(chart.title)
    placeLegend(chart.legend)
    if let bar = chart.bar { place(bar) }
    placePanels(chart.panels)
    placeNotes(chart.notes)
    height += Self.padding
  }

  private var innerWidth: Double { width - 2 * Self.padding }

  private mutating func add(
    _ text: String, x: Double, baseline: Double, room: Double, size: Double, anchor: Text.Anchor = .start,
    tone: Text.Tone = .plain
  ) {
    let bold = tone == .title || tone == .heading ? 1.08 : 1
    let fitted = TextMetrics.fitted(text, to: room / bold, size: size)
    texts.append(
      Text(
        text: fitted, whole: fitted == text ? nil : text, x: x, baseline: baseline, size: size, anchor: anchor,
        tone: tone))
  }

  /// What does not fit on one line goes on below from where it says of whom it is.
  private mutating func placeTitle(_ title: String) {
    guard !title.isEmpty else { return }
    let size = self.size + 3
    let parts = title.split(separator: " · ", maxSplits: 1).map(String.init)
    let isTooLong = TextMetrics.width(title, size: size) * 1.08 > innerWidth
    for line in isTooLong && parts.count == 2 ? parts : [title] {
      add(line, x: Self.padding, baseline: height + size, room: innerWidth, size: size, tone: .title)
      height += size * 1.6
    }
  }

  /// Entries one behind another, on as many lines as they need; as many as there are looks to tell apart.
  private mutating func placeLegend(_ legend: [LegendEntry]) {
    guard !legend.isEmpty else { return }
    if legend.count > Palette.lookCount {
      let shown = Palette.lookCount - 1
      return placeLegend(legend.prefix(shown) + [LegendEntry("and \(legend.count - shown) more", .none)])
    }
    let (swatchWidth, gap, space) = (24.0, 6.0, 18.0)
    var x = Self.padding
    height += 2
    for entry in legend {
      let label = TextMetrics.fitted(
        entry.label, to: min(innerWidth - swatchWidth - gap, max(270, innerWidth * 0.45)), size: size)
      let needed = swatchWidth + gap + TextMetrics.width(label, size: size)
      if x > Self.padding, x + needed > Self.padding + innerWidth {
        x = Self.padding
        height += lineHeight
      }
      swatches.append(
        Swatch(box: Box(x: x, y: height + lineHeight / 2 - 6, width: swatchWidth, height: 12), swatch: entry.swatch))
      texts.append(
        Text(
          text: label, whole: label == entry.label ? nil : entry.label, x: x + swatchWidth + gap,
          baseline: height + lineHeight / 2 + size * 0.36, size: size))
      x += needed + space
    }
    height += lineHeight + 4
  }

  /// What the colours mean: a cell a band, and under their borders the levels, as many as stand side by side.
  private mutating func place(_ bar: ColourBar) {
    let small = size - 1
    height += lineHeight
    add(bar.label, x: Self.padding, baseline: height - 4, room: innerWidth, size: small, tone: .quiet)
    let labels = bar.levels.map { TickLabels.short($0) }
    let cell = min(56, innerWidth / Double(bar.levels.count + 1))
    self.bar = (0...bar.levels.count).map {
      Box(x: Self.padding + Double($0) * cell, y: height, width: cell, height: 10)
    }
    height += 10 + lineHeight
    var last = -Double.infinity
    for (index, label) in labels.enumerated() {
      let text = Text(
        text: label, x: Self.padding + Double(index + 1) * cell, baseline: height - 5, size: small, anchor: .middle,
        tone: .quiet)
      guard text.box.x >= last else { continue }
      texts.append(text)
      last = text.box.right + 6
    }
    height += 6
  }

  private mutating func placePanels(_ panels: [Panel]) {
    guard !panels.isEmpty else { return }
    let most = max(1, min(panels.count, Int(innerWidth / 270), width < 1100 ? 3 : 4))
    let rows = (panels.count + most - 1) / most
    let columns = (panels.count + rows - 1) / rows
    let gap = 18.0
    let cell = (innerWidth - gap * Double(columns - 1)) / Double(columns)
    let plotHeight =
      panels.contains { $0.shape == .plane }
      ? 0.75 * (cell - 40)
      : panels.count == 1 ? min(max(width * 0.46, 210), 560) : min(max(cell * 0.55, 130), 260)
    for row in 0..<rows {
      let here = Array(panels[(row * columns)..<min((row + 1) * columns, panels.count)])
      let hasTitles = here.contains { !$0.title.isEmpty }
      let top = height + (hasTitles ? lineHeight : 0) + lineHeight + 4
      for (column, panel) in here.enumerated() {
        let left = Self.padding + Double(column) * (cell + gap)
        place(panel, left: left, top: top, width: cell, height: plotHeight.rounded())
      }
      height = top + plotHeight.rounded() + 2 * lineHeight + 8
    }
  }

  /// A panel whose data begin at `top`: its title and what y is stand above, x below.
  private mutating func place(_ panel: Panel, left: Double, top: Double, width: Double, height: Double) {
    let small = size - 1
    let yTicks = Ticks(panel.y, count: Int(height / 34)).ticks
    let yScale = AxisScale(panel.y)
    let labelWidth = yTicks.map { TextMetrics.width($0.label, size: small) }.max() ?? 0
    let margin = min((labelWidth + 8).rounded(.up), width / 2)
    let plot = Box(x: left + margin, y: top, width: width - margin - 8, height: height)
    add(
      panel.title, x: left, baseline: top - lineHeight - 8, room: width, size: size, tone: .heading)
    add(panel.y.label, x: left, baseline: top - 9, room: width, size: small, tone: .quiet)
    add(
      panel.x.label, x: plot.right, baseline: plot.bottom + 6 + lineHeight + small, room: width, size: small,
      anchor: .end, tone: .quiet)
    var places: [Tick] = []
    var lastLabel = Double.infinity
    for tick in yTicks {
      let y = plot.bottom - yScale.share(tick.value) * plot.height
      let isFree = lastLabel - y > small * 1.25
      places.append(Tick(place: y, isLabelled: !tick.label.isEmpty))
      guard !tick.label.isEmpty, isFree else { continue }
      add(
        tick.label, x: plot.x - 6, baseline: y + small * 0.35, room: margin, size: small, anchor: .end, tone: .quiet)
      lastLabel = y
    }
    let xTicks = placeXTicks(panel.x, plot, left: left, right: left + width, size: small)
    let contours = Contour.all(of: panel, width: plot.width, height: plot.height, size: small - 1)
    frames.append(Frame(panel: panel, plot: plot, xTicks: xTicks, yTicks: places, contours: contours))
    texts.removeAll { $0.text.isEmpty }
  }

  /// As many labels as stand side by side.
  private mutating func placeXTicks(_ axis: Axis, _ plot: Box, left: Double, right: Double, size: Double) -> [Tick] {
    let scale = AxisScale(axis)
    var labels: [Text] = []
    var ticks: [Ticks.Tick] = []
    for count in stride(from: max(2, Int(plot.width / 64)), through: 1, by: -1) {
      ticks = Ticks(axis, count: count).ticks
      labels = ticks.filter { !$0.label.isEmpty }.map { tick in
        let half = TextMetrics.width(tick.label, size: size) / 2
        let x = plot.x + scale.share(tick.value) * plot.width
        return Text(
          text: tick.label, x: min(max(x, left + half), right - half), baseline: plot.bottom + 6 + size, size: size,
          anchor: .middle, tone: .quiet)
      }
      if zip(labels, labels.dropFirst()).allSatisfy({ $0.box.right + 6 <= $1.box.x }) { break }
    }
    var last = -Double.infinity
    for label in labels where label.box.x >= last {
      texts.append(label)
      last = label.box.right + 4
    }
    return ticks.map { Tick(place: plot.x + scale.share($0.value) * plot.width, isLabelled: !$0.label.isEmpty) }
  }

  /// Notes under the panels, broken into lines at blanks.
  private mutating func placeNotes(_ notes: [String]) {
    let small = size - 1
    for note in notes {
      var line = ""
      for word in note.split(separator: " ").map(String.init) + [""] {
        let longer = line.isEmpty ? word : line + " " + word
        if !word.isEmpty, TextMetrics.width(longer, size: small) <= innerWidth {
          line = longer
          continue
        }
        if !line.isEmpty {
          height += lineHeight
          add(line, x: Self.padding, baseline: height, room: innerWidth, size: small, tone: .quiet)
        }
        line = word
      }
    }
  }
}
