package import RunSchema
import Yams

/// Everything about a run but its seed and its place: what is trained, on which tasks, how, and for how long.
package struct Recipe: Sendable {
  /// A sentence on what the recipe shows.
  package let summary: String
  package let learnedOptimizer: LearnedOptimizerRecipe
  package let tasks: [TaskRecipe]
  /// Of what the weights of the tasks are shares.
  package let share: Share
  package let estimator: EstimatorRecipe
  package let outerLoss: OuterLossRecipe
  package let outerOptimizer: OuterOptimizerRecipe
  /// Outer iterations of the run as planned; `resume` may extend it. It changes no bit of an iteration.
  package let iterations: Int
  /// A checkpoint is made after each multiple of this many iterations. It changes no bit either.
  package let checkpointEvery: Int

  /// All fields with the values they came to, defaults included: what is stored, compared and read again.
  package let resolved: JSONValue
  /// The recipe's name, its text as given, and what `--set` changed in it.
  package let name: String
  package let given: String
  package let overrides: [RecipeOverride]

  package enum Share: String, CaseIterable, Sendable {
    /// Of draws, and so of inner steps.
    case draws
    /// Of counted operations: families whose steps cost less are drawn more often.
    case work
  }

  /// Reads a recipe.
  /// - Throws: RecipeError with the line and field of what does not fit.
  package init(
    _ text: String, name: String, file: String? = nil, overrides: [RecipeOverride] = []
  ) throws(RecipeError) {
    var source = RecipeSource(name: file ?? name)
    var node = try Self.compose(text, source)
    for override in overrides {
      node = try Self.apply(override, to: node, source)
      source.overridden.append(override.path.joined(separator: "."))
    }
    let fields = try Fields(node, source: source)
    summary = try fields.text("summary", default: "")
    learnedOptimizer = try fields.section("learned_optimizer") { fields throws(RecipeError) in
      try LearnedOptimizerRecipe(fields)
    }
    tasks = try fields.list("tasks", default: [["family": "quadratic"]]) { fields throws(RecipeError) in
      try TaskRecipe(fields)
    }
    // Asked for where it stands only: a recipe without it resolves to what it always did.
    share = fields.has("share") ? try fields.choice("share", default: .draws) : .draws
    estimator = try fields.section("estimator") { fields throws(RecipeError) in try EstimatorRecipe(fields) }
    outerLoss = try fields.section("outer_loss") { fields throws(RecipeError) in try OuterLossRecipe(fields) }
    outerOptimizer = try fields.section("outer_optimizer") { fields throws(RecipeError) in
      try OuterOptimizerRecipe(fields)
    }
    iterations = try fields.integer("iterations", default: 200, in: 0...Int(UInt32.max))
    checkpointEvery = try fields.integer("checkpoint_every", default: 50, in: 1...Int(UInt32.max))
    try fields.finish()
    resolved = .object(fields.resolved)
    self.name = name
    given = text
    self.overrides = overrides
  }

  private static func compose(_ text: String, _ source: RecipeSource) throws(RecipeError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch {
      var line: Int?
      var problem = "this is not YAML"
      if case .scanner(_, let what, let mark, _) = error as? YamlError {
        (line, problem) = (mark.line, "\(problem): \(what)")
      }
      if case .parser(_, let what, let mark, _) = error as? YamlError {
        (line, problem) = (mark.line, "\(problem): \(what)")
      }
      throw RecipeError(code: .malformed, source: source.name, line: line, field: "", problem: problem)
    }
  }

  private static func apply(
    _ override: RecipeOverride, to node: Node?, _ source: RecipeSource
  ) throws(RecipeError) -> Node {
    let field = override.path.joined(separator: ".")
    let value = try compose(override.value, RecipeSource(name: "--set \(field)")) ?? Node("", Tag(.null))
    let root = node ?? Node.mapping(Node.Mapping([]))
    guard let changed = root.setting(override.path[...], to: value) else {
      throw RecipeError(
        code: .malformed, source: "--set", line: nil, field: field,
        problem: "there is no such place in the recipe: a list takes a number (tasks.0.family)")
    }
    return changed
  }
}
