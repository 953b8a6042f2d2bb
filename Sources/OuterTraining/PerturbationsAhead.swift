internal import Synchronization

/// The perturbations of the iteration after the one at work, which threads draw that have nothing else to do.
///
/// An iteration's serial part, and the waiting of threads for each other, then cost a small task little. What is kept is a
/// guess: where another is wanted it is drawn afresh, so it changes no bit.
final class PerturbationsAhead: Sendable {
  private let kept = Mutex<[PairPerturbation]>([])

  /// The wanted perturbations of thetas of `count` weights, those that were kept among them as far as they have come, and
  /// the next ones, which are kept from now on.
  func exchange(
    _ wanted: [Perturbation], for next: [Perturbation], count: Int
  ) -> (wanted: [PairPerturbation], next: [PairPerturbation]) {
    let next = next.map { PairPerturbation($0, count: count) }
    let before = kept.withLock { kept in
      defer { kept = next }
      return kept
    }
    let wanted = wanted.enumerated().map { pair, perturbation in
      guard pair < before.count, before[pair].perturbation == perturbation, before[pair].count == count else {
        return PairPerturbation(perturbation, count: count)
      }
      return before[pair]
    }
    return (wanted, next)
  }
}
