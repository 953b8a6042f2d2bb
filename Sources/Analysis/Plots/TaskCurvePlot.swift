/// The losses of one task in training: at each step, and as examined on other batches.
package struct TaskCurvePlot {
  private let title: String
  private let train: [Double]
  private let examined: [Point]
  private let notes: [String]

  /// - Parameters:
  ///   - train: the training loss of step 0, 1, and so on.
  ///   - examined: the mean loss on other batches after so many steps.
  package init(title: String, train: [Double], examined: [Point], notes: [String]) {
    self.title = title
    self.train = train
    self.examined = examined
    self.notes = notes
  }

  package func chart() -> Chart {
    let points = train.enumerated().map { Point(Double($0.offset), $0.element) }
    let runs = Self.finiteRuns(points)
    let lost = points.filter { !$0.y.isFinite }.map(\.x)
    let line = Self.finiteRuns(examined)
    let xs = points.map(\.x) + examined.map(\.x)
    let ys = (runs + line).flatMap { $0.map(\.y) }
    let marks =
      runs.map { Mark.line($0, .numbered(0), .faint) } + line.map { Mark.line($0, .numbered(1), .strong) }
      + (lost.isEmpty ? [] : [.strokes(lost)])
    var legend = [LegendEntry("training loss", .faintLine(.numbered(0)))]
    if !examined.isEmpty { legend.append(LegendEntry("outer-valid loss", .line(.numbered(1)))) }
    if !lost.isEmpty { legend.append(LegendEntry("no finite number", .strokes)) }
    return Chart(
      title: title, summary: "The loss along the steps of inner training.",
      panels: [
        Panel(
          x: .fitting("inner step", xs, isWhole: true, air: 0.01), y: .fitting("loss", ys, .automatic), marks: marks)
      ], legend: legend, notes: notes)
  }

  /// The stretches without a value that is no finite number.
  private static func finiteRuns(_ points: [Point]) -> [[Point]] {
    points.split { !$0.y.isFinite }.map(Array.init)
  }
}
