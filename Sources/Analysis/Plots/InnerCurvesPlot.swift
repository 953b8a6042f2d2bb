/// How the loss of tasks fell under several optimizers: a line an optimizer; of several tasks the median and its spread.
package struct InnerCurvesPlot: Sendable {
  package struct Subject: Sendable {
    package let label: String
    /// Task by task, the loss before the first step and after each.
    package let curves: [[Double]]

    package init(_ label: String, _ curves: [[Double]]) {
      precondition(!curves.isEmpty && curves.allSatisfy { !$0.isEmpty }, "an optimizer without a curve")
      self.label = label
      self.curves = curves
    }
  }

  private let task: String
  private let loss: String
  private let subjects: [Subject]
  private let scale: ScaleChoice

  /// - Parameters:
  ///   - task: its name, for the title.
  ///   - loss: what the curves are, with its unit.
  package init(task: String, loss: String, _ subjects: [Subject], scale: ScaleChoice = .automatic) {
    self.task = task
    self.loss = loss
    self.subjects = subjects
    self.scale = scale
  }

  package func chart() -> Chart {
    let lines = subjects.map {
      $0.curves.map { curve in curve.enumerated().map { Point(Double($0.offset), $0.element) } }
    }
    let spreads = lines.map { $0.count > 1 ? Spread($0) : nil }
    var (behind, front, values): ([Mark], [Mark], [Double]) = ([], [], [])
    for (index, spread) in spreads.enumerated() {
      let look = Look.numbered(index)
      if let spread {
        behind.append(.band(spread.strips, look))
        front.append(.line(spread.medians, look, .strong))
        values += spread.medians.map(\.y) + spread.strips.flatMap { [$0.low, $0.high] }
      } else {
        front.append(.line(lines[index][0], look, .strong))
        values += lines[index][0].map(\.y)
      }
    }
    let count = subjects.first?.curves.count ?? 0
    let steps = lines.joined().map { $0.count - 1 }.max() ?? 0
    var notes: [String] = []
    if count > 1 {
      notes.append(
        "Lines: median over \(count) tasks. Bands: \(count >= 4 ? "interquartile range" : "least to greatest").")
    }
    return Chart(
      title: "Inner training · \(task)", summary: "The loss of \(count) tasks under \(subjects.count) optimizers.",
      panels: [
        Panel(
          x: .fitting("inner steps", [0, Double(max(1, steps))], isWhole: true, air: 0.01),
          y: .fitting(loss, values, scale), marks: behind + front)
      ],
      legend: subjects.enumerated().map { LegendEntry($0.element.label, .line(.numbered($0.offset))) }, notes: notes)
  }
}
