/// The loss of a task over a plane through its parameters, with the ways that optimizers took on it.
package struct SurfacePlot: Sendable {
  package struct Path: Sendable {
    package let label: String
    /// One for each start, each from its first point on.
    package let starts: [[Point]]

    package init(_ label: String, _ starts: [[Point]]) {
      self.label = label
      self.starts = starts
    }
  }

  /// What x and y are, from edge to edge of the field.
  private let title: String
  private let x: Axis
  private let y: Axis
  private let field: HeightField
  private let paths: [Path]
  private let notes: [String]

  /// More starts than this would hide each other: each optimizer has a panel of its own.
  private static let mostStartsTogether = 3

  package init(title: String, x: Axis, y: Axis, _ field: HeightField, _ paths: [Path], notes: [String] = []) {
    self.title = title
    self.x = x
    self.y = y
    self.field = field
    self.paths = paths
    self.notes = notes
  }

  package func chart() -> Chart {
    let isApart = paths.contains { $0.starts.count > Self.mostStartsTogether }
    let panels =
      isApart
      ? paths.enumerated().map { index, path in
        Panel(
          title: path.label, shape: .plane, x: x, y: y,
          marks: [.surface(field)] + marks(path, .numbered(index), isCrowded: true))
      }
      : [
        Panel(
          shape: .plane, x: x, y: y,
          marks: [.surface(field)]
            + paths.enumerated().flatMap { marks($0.element, .numbered($0.offset), isCrowded: false) })
      ]
    var notes = notes
    if paths.contains(where: { !$0.starts.isEmpty }) { notes.insert("Ring: start of a path. Disc: its end.", at: 0) }
    if paths.contains(where: { $0.starts.contains { $0.contains { !contains($0) } } }) {
      notes.append("Some paths leave the picture.")
    }
    return Chart(
      title: title,
      summary: "The loss over a plane through the parameters, and the paths of \(paths.count) optimizers.",
      panels: panels,
      legend: isApart
        ? [] : paths.enumerated().map { LegendEntry($0.element.label, .line(.numbered($0.offset))) },
      bar: field.levels.isEmpty
        ? nil : ColourBar("training loss" + (field.isLogarithmic ? " [logarithmic levels]" : ""), levels: field.levels),
      notes: notes)
  }

  private func contains(_ point: Point) -> Bool { x.range.contains(point.x) && y.range.contains(point.y) }

  private func marks(_ path: Path, _ look: Look, isCrowded: Bool) -> [Mark] {
    let starts = path.starts.filter { !$0.isEmpty }
    let radius = isCrowded ? 2.5 : 4
    // The ends last, so that they lie on top.
    return starts.map { .line($0, look, isCrowded ? .thin : .edged) }
      + starts.map { .dot($0[0], look, .ring, radius: radius) }
      + starts.map { .dot($0[$0.count - 1], look, .disc, radius: radius) }
  }
}
