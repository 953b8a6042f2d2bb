package import Numerics
package import Tasks

/// The tasks that a run trains on: families, drawn in proportion to their weights.
package struct TaskDistribution: Sendable {
  package struct Member: Sendable {
    package let family: any TaskFamily
    /// Relative, above 0.
    package let weight: Double

    package init(_ family: any TaskFamily, weight: Double = 1) {
      precondition(weight > 0 && weight.isFinite, "weight \(weight) of \(family.name) is not above 0")
      self.family = family
      self.weight = weight
    }
  }

  /// A task that was drawn: which family, and the seed from which all of it follows.
  package struct Draw: Hashable, Sendable {
    package let family: Int
    package let seed: UInt64
  }

  package let members: [Member]

  package init(_ members: [Member]) {
    precondition(!members.isEmpty, "a task distribution needs a family")
    self.members = members
  }

  /// The task of the particle at that outer iteration.
  package func draw(outerIteration: Int, particle: Int, _ randomness: Randomness) -> Draw {
    let seed = randomness.seed(Address(.task, outerIteration: outerIteration, particle: particle))
    var left = randomness.uniform(Address(.taskChoice, outerIteration: outerIteration, particle: particle))
    left *= members.reduce(0) { $0 + $1.weight }
    for (index, member) in members.enumerated() {
      left -= member.weight
      if left < 0 { return Draw(family: index, seed: seed) }
    }
    return Draw(family: members.count - 1, seed: seed)
  }

  package func task(_ draw: Draw) -> any Task { members[draw.family].family.task(seed: draw.seed) }
}
