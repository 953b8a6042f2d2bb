/// Which loss of an inner step counts for outer training (spec §3.1, D9).
package enum OuterLoss: Hashable, Sendable {
  /// The mean over so many outer-valid batches, at the parameters after the update: the paper's.
  case outerValid(batches: Int)
  /// The training loss before the update, which costs nothing: the library's default.
  case train
}
