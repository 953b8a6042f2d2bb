package import OuterTraining

/// The estimator of a recipe, with what every estimator needs.
package struct EstimatorRecipe: Sendable {
  package enum Kind: String, CaseIterable {
    case fullES = "full_es"
    case truncatedES = "truncated_es"
    case persistentES = "persistent_es"
  }

  package let estimator: any GradientEstimator
  package let pairs: Int
  package let sigma: Float
  package let staggersFirstTasks: Bool

  init(_ fields: Fields) throws(RecipeError) {
    let kind = try fields.choice("kind", default: Kind.persistentES)
    pairs = try fields.integer("pairs", default: 8, in: 1...65_536)
    sigma = try fields.number("sigma", default: 0.01, in: .above(0))
    if kind == .fullES {
      let horizon = try fields.section("horizon") { fields throws(RecipeError) in
        try LengthSchedule(fields, standard: 50)
      }
      estimator = FullES(horizon: horizon)
      staggersFirstTasks = false
      return
    }
    let truncation = try fields.section("truncation") { fields throws(RecipeError) in
      try LengthSchedule(fields, standard: 20)
    }
    let horizon = try fields.section("horizon") { fields throws(RecipeError) in
      try LengthSchedule(fields, standard: 200)
    }
    guard horizon.minimum >= truncation.maximum else {
      throw fields.failure(
        "horizon",
        "a task may end after \(horizon.minimum) inner steps, but an unroll may take \(truncation.maximum): make the"
          + " horizon at least as long as the longest truncation")
    }
    staggersFirstTasks = try fields.flag("stagger_first_tasks", default: true)
    estimator =
      kind == .truncatedES
      ? TruncatedES(truncation: truncation, horizon: horizon)
      : PersistentES(truncation: truncation, horizon: horizon) as any GradientEstimator
  }
}

extension LengthSchedule {
  private enum Kind: String, CaseIterable {
    case constant, uniform, linear
    case logUniform = "log_uniform"
  }

  /// A schedule; where nothing is given, constant.
  init(_ fields: Fields, standard: Int) throws(RecipeError) {
    let lengths = 1...1_000_000
    switch try fields.choice("kind", default: Kind.constant) {
    case .constant:
      self = .constant(try fields.integer("steps", default: standard, in: lengths))
    case .uniform:
      let (low, high) = try Self.range(fields, lengths)
      self = .uniform(low, high)
    case .logUniform:
      let (low, high) = try Self.range(fields, lengths)
      self = .logUniform(low, high)
    case .linear:
      self = .linear(
        from: try fields.integer("from", in: lengths), to: try fields.integer("to", in: lengths),
        over: try fields.integer("over", in: 1...Int(UInt32.max)))
    }
  }

  private static func range(_ fields: Fields, _ lengths: ClosedRange<Int>) throws(RecipeError) -> (Int, Int) {
    let low = try fields.integer("low", in: lengths)
    let high = try fields.integer("high", in: lengths)
    guard low <= high else { throw fields.failure("high", "\(high) is below low, which is \(low)") }
    return (low, high)
  }
}

/// Which loss counts for outer training.
package struct OuterLossRecipe: Sendable {
  private enum SplitName: String, CaseIterable {
    case train
    case outerValid = "outer_valid"
  }

  package let outerLoss: OuterLoss

  init(_ fields: Fields) throws(RecipeError) {
    switch try fields.choice("split", default: SplitName.outerValid) {
    case .train: outerLoss = .train
    case .outerValid: outerLoss = .outerValid(batches: try fields.integer("batches", default: 5, in: 1...1_000))
    }
  }
}
