/// A family whose draws can be made with a share of each batch.
package protocol BatchReducible: TaskFamily {
  func task(seed: UInt64, batchFraction: Double) -> any Task
}

/// A family whose draws are changed by chance. To one that has no smaller batches `reducedBatch` does nothing.
package struct AugmentedFamily: TaskFamily {
  package let name: String
  package let base: any TaskFamily
  package let probabilities: Augmentation.Probabilities

  package init(_ base: any TaskFamily, _ probabilities: Augmentation.Probabilities) {
    name = base.name + "+augmented"
    self.base = base
    self.probabilities = probabilities
  }

  package func task(seed: UInt64) -> any Task {
    task(seed: seed, probabilities.draw(seed: seed))
  }

  /// The draw with these changes.
  package func task(seed: UInt64, _ augmentations: [Augmentation]) -> any Task {
    let fraction = augmentations.reduce(1.0) { if case .reducedBatch(let fraction) = $1 { fraction } else { $0 } }
    let drawn =
      (base as? any BatchReducible).map {
        fraction < 1 ? $0.task(seed: seed, batchFraction: fraction) : $0.task(seed: seed)
      }
      ?? base.task(seed: seed)
    return augmentations.reduce(drawn) { $1.applied(to: $0, seed: seed) }
  }
}
