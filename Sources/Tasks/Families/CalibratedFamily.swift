internal import Numerics

/// A family whose draws are of a list of configurations, each of which has a seed of its own.
package protocol ListedFamily: TaskFamily {
  /// The seeds of the configurations, in the list's order.
  var seeds: [Int] { get }

  /// The task of the configuration at that place of the list, with a draw's seed.
  func task(at place: Int, seed: UInt64) -> any Task
}

extension ListedFamily {
  /// Which of `count` configurations the draw of that seed has, each as likely.
  static func choice(among count: Int, seed: UInt64) -> Int {
    Randomness(key: seed).integer(below: count, Address(.taskConfiguration))
  }
}

/// Some of a family's configurations, each as likely, with losses scaled by what a baseline made of each.
package struct CalibratedFamily<Base: ListedFamily>: TaskFamily {
  private let base: Base
  private let places: [Int]
  private let normalizations: [Normalization]

  /// - Parameters:
  ///   - places: of the configurations that are drawn, in the family's list; one at least.
  ///   - normalizations: one for each of them.
  package init(_ base: Base, at places: [Int], scaledBy normalizations: [Normalization]) {
    precondition(!places.isEmpty && places.count == normalizations.count, "\(places.count) configurations")
    self.base = base
    self.places = places
    self.normalizations = normalizations
  }

  package var name: String { base.name }

  package func task(seed: UInt64) -> any Task {
    let choice = Base.choice(among: places.count, seed: seed)
    return NormalizedTask(base.task(at: places[choice], seed: seed), by: normalizations[choice])
  }
}
