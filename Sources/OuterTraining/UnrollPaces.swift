import Synchronization

/// How long a step of inner training took, task by task and family by family: what decides which unroll begins first, and
/// nothing else. A clock is read here and decides no bit.
final class UnrollPaces: Sendable {
  /// A task in training.
  fileprivate struct Place: Hashable {
    let particle: Int
    let drawnAt: Int
  }

  fileprivate struct Paces {
    /// Seconds a step.
    var tasks: [Place: Double] = [:]
    /// Of the dearest task of a family in the iteration that had it last.
    var families: [Int: Double] = [:]
  }

  private let paces = Mutex(Paces())

  /// The indices of unrolls, the longest first by what is known of their tasks or else their families. Times within a factor
  /// of two count as one; of those the one with more steps goes first, and then the one member of every pair before the
  /// other, so that few wait for a perturbation that the other member draws.
  func order(of unrolls: [Unroll]) -> [Int] {
    let paces = paces.withLock { $0 }
    let scale = unrolls.map { unroll in
      guard let pace = paces.pace(of: unroll) else { return Int.max }  // A family that nobody has seen begins first.
      return Int((pace * Double(unroll.steps)).exponent)
    }
    let signs = [AntitheticSign.positive, .negative]
    // Swift's sort is stable.
    return signs.flatMap { sign in unrolls.indices.filter { unrolls[$0].sign == sign } }
      .sorted { (scale[$0], unrolls[$0].steps) > (scale[$1], unrolls[$1].steps) }
  }

  /// Takes the times of an iteration in; tasks that have ended are forgotten.
  func learn(from unrolls: [Unroll], _ timed: [(result: UnrollResult, time: Duration)]) {
    paces.withLock { paces in
      paces.tasks = [:]
      var families: [Int: Double] = [:]
      for (unroll, (result, time)) in zip(unrolls, timed) where result.steps > 0 {
        let pace = time / .seconds(result.steps)
        let place = Place(particle: unroll.particle, drawnAt: result.drawnAt)
        let family = unroll.problem.draw(drawnAt: result.drawnAt, particle: unroll.particle).family
        paces.tasks[place] = max(paces.tasks[place] ?? 0, pace)
        families[family] = max(families[family] ?? 0, pace)
      }
      paces.families.merge(families) { _, new in new }
    }
  }
}

extension UnrollPaces.Paces {
  /// Seconds a step of an unroll's task; nil where neither it nor its family was seen.
  fileprivate func pace(of unroll: Unroll) -> Double? {
    if let start = unroll.start {
      let place = UnrollPaces.Place(particle: unroll.particle, drawnAt: start.drawnAt)
      if let pace = tasks[place] { return pace }
    }
    let drawnAt = unroll.start?.drawnAt ?? unroll.outerIteration
    return families[unroll.problem.draw(drawnAt: drawnAt, particle: unroll.particle).family]
  }
}
