import RunSchema

/// A hand-designed optimizer as people ask for it: `adam`, at the best rate of its grid, or `adam=0.01`.
package struct BaselineChoice: Equatable, Sendable {
  package let baseline: Baseline
  /// Nil for the best of the grid on the tasks at hand.
  package let learningRate: Float?

  package init(_ baseline: Baseline, learningRate: Float? = nil) {
    self.baseline = baseline
    self.learningRate = learningRate
  }

  package init(parsing text: String) throws(ExperimentError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let baseline = Baseline(rawValue: parts[0]) else {
      let names = Baseline.allCases.map(\.rawValue)
      throw ExperimentError(
        .usage, doing: "reading the optimizer \(text.shown)",
        problem: "there is none of that name\(suggestion(for: parts[0], among: names))",
        advice: "there are \(names.joined(separator: ", "))")
    }
    guard parts.count == 2 else {
      self.init(baseline)
      return
    }
    guard let rate = Float(parts[1]), rate > 0, rate.isFinite else {
      throw ExperimentError(
        .usage, doing: "reading the optimizer \(text.shown)",
        problem: "its learning rate is no number above 0", advice: "write \(baseline.rawValue)=0.01")
    }
    self.init(baseline, learningRate: rate)
  }

  /// Those among which the best is chosen.
  var contestants: [Evaluation.Contestant] {
    guard let learningRate else { return baseline.contestants }
    let rule = baseline.rule(learningRate)
    return [.init("\(baseline.rawValue) \(learningRate)") { rule.optimizer(for: $0) }]
  }
}
