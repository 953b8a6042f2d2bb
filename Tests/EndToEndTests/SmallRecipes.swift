/// Recipes of seconds that have everything: several families, tasks that end inside an unroll, each estimator, and each
/// learned optimizer.
enum SmallRecipes {
  static let iterations = 12

  static func text(learned: String, estimator: String) -> String {
    """
    learned_optimizer: {kind: \(learned), step_multiplier: 0.01}
    tasks:
      - family: noisy_quadratic
      - {family: digits_mlp, hidden: [5], batch_size: 16, weight: 2}
      - {family: test_function, function: beale}
    estimator: \(estimator)
    outer_loss: {split: outer_valid, batches: 2}
    outer_optimizer: {kind: adam, learning_rate: 0.003, warm_up: 2}
    iterations: \(iterations)
    checkpoint_every: 4
    """
  }

  static let all: [(name: String, text: String)] = [
    (
      "full",
      text(learned: "hierarchical", estimator: "{kind: full_es, pairs: 3, horizon: {kind: uniform, low: 5, high: 12}}")
    ),
    (
      "truncated",
      text(
        learned: "adafactor_mlp",
        estimator: "{kind: truncated_es, pairs: 3, truncation: {kind: uniform, low: 4, high: 7}, horizon: {steps: 15}}")
    ),
    (
      "persistent",
      text(
        learned: "hierarchical",
        estimator:
          "{kind: persistent_es, pairs: 3, truncation: {steps: 5}, horizon: {kind: log_uniform, low: 6, high: 30}}")
    ),
    (
      "mlp",
      text(
        learned: "mlp",
        estimator:
          "{kind: persistent_es, pairs: 4, truncation: {kind: linear, from: 2, to: 6, over: 8}, horizon: {steps: 20}}")
    ),
  ]
}
