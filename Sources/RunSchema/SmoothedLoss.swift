/// The outer loss as people judge a run by: an exponential moving average of decay 0.9 over outer iterations, from the
/// first loss on. One place says it, for `ID@best`, lists, checkpoints kept as the best, and plots.
package struct SmoothedLoss: Sendable {
  package static let decay = 0.9

  /// After the losses so far; nil before the first. A loss that is no finite number is passed over.
  package private(set) var value: Double?
  /// The lowest value, and after how many losses it was reached first.
  package private(set) var best: (value: Double, count: Int)?
  private var count = 0

  package init() {}

  /// All losses of a run.
  package init(_ losses: [Double]) {
    for loss in losses { add(loss) }
  }

  package mutating func add(_ loss: Double) {
    count += 1
    guard loss.isFinite else { return }
    let smoothed = value.map { Self.decay * $0 + (1 - Self.decay) * loss } ?? loss
    value = smoothed
    if smoothed < best?.value ?? .infinity { best = (smoothed, count) }
  }
}
