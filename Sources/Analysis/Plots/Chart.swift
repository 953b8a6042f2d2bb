/// A picture of numbers as a value: what is drawn, before anyone knows where and how wide.
package struct Chart: Equatable, Sendable {
  package var title: String
  /// What the picture shows, in a sentence or two, for those who hear it read.
  package var summary: String
  package var panels: [Panel]
  /// The legend, in its order; empty where the panels' titles say it all.
  package var legend: [LegendEntry]
  /// What the colours of a surface mean; nil where there is none.
  package var bar: ColourBar?
  /// What a reader must know besides: what was left out, cut or passed over.
  package var notes: [String]
  /// Where the numbers come from: a line a run with its digest.
  package var sources: [String]

  package init(
    title: String, summary: String = "", panels: [Panel], legend: [LegendEntry] = [], bar: ColourBar? = nil,
    notes: [String] = [], sources: [String] = []
  ) {
    self.title = title
    self.summary = summary
    self.panels = panels
    self.legend = legend
    self.bar = bar
    self.notes = notes
    self.sources = sources
  }
}

/// One coordinate system with what is drawn in it.
package struct Panel: Equatable, Sendable {
  /// May be empty.
  package var title: String
  package var shape: Shape
  package var x: Axis
  package var y: Axis
  /// In the order in which they are drawn, the last on top.
  package var marks: [Mark]

  package enum Shape: Equatable, Sendable {
    /// As wide as there is room, and low: curves.
    case wide
    /// Three high to four wide: a plane.
    case plane
  }

  package init(title: String = "", shape: Shape = .wide, x: Axis, y: Axis, marks: [Mark]) {
    self.title = title
    self.shape = shape
    self.x = x
    self.y = y
    self.marks = marks
  }
}

/// A quantity along an edge of a panel.
package struct Axis: Equatable, Sendable {
  package enum Scale: Equatable, Sendable { case linear, logarithmic }

  /// With its unit, as "wall time [s]".
  package var label: String
  package var scale: Scale
  /// The values from edge to edge; the lower less than the upper, both above 0 on a logarithmic axis.
  package var range: ClosedRange<Double>
  /// Whether only whole numbers mean something.
  package var isWhole: Bool

  package init(_ label: String, _ scale: Scale = .linear, range: ClosedRange<Double>, isWhole: Bool = false) {
    self.label = label
    self.scale = scale
    self.range = range
    self.isWhole = isWhole
  }
}

package struct Point: Equatable, Sendable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Which of the palette's looks something has.
package enum Look: Equatable, Sendable {
  /// The n-th colour with the n-th dash.
  case numbered(Int)
  /// Grey: for what stands behind.
  case muted
}

/// Something drawn in a panel. All coordinates are finite.
package enum Mark: Equatable, Sendable {
  package enum Weight: Equatable, Sendable {
    case strong, thin, faint
    /// Strong, with an edge of the ground's colour that keeps it apart from a surface.
    case edged
  }

  package enum Dot: Equatable, Sendable { case ring, disc }

  /// Points joined by straight lines.
  case line([Point], Look, Weight)
  /// The area between two lines over the same x: `low` and `high` of each.
  case band([Strip], Look)
  /// The same, as a layer of a stack.
  case layer([Strip], Look)
  /// Bars from 0, side by side: the edges are one more than the heights.
  case bars(edges: [Double], heights: [Double], Look)
  /// Strokes at the upper edge: where a value is no finite number.
  case strokes([Double])
  /// A dashed line across, at that x.
  case upright(Double)
  /// A function of x and y by colours and lines of equal value.
  case surface(HeightField)
  /// The radius in pixels.
  case dot(Point, Look, Dot, radius: Double)
}

/// An interval of y at an x.
package struct Strip: Equatable, Sendable {
  package var x: Double
  package var low: Double
  package var high: Double

  package init(_ x: Double, _ low: Double, _ high: Double) {
    self.x = x
    self.low = low
    self.high = high
  }
}

package struct LegendEntry: Equatable, Sendable {
  enum Swatch: Equatable, Sendable {
    case line(Look)
    case faintLine(Look)
    case band(Look)
    case layer(Look)
    case strokes
    case none
  }

  /// May be another's text.
  package var label: String
  var swatch: Swatch

  init(_ label: String, _ swatch: Swatch) {
    self.label = label
    self.swatch = swatch
  }
}
