import RunSchema

/// Recipes made from recipes.
extension Recipe {
  /// This recipe with some fields changed, as by `--set`.
  package func changed(by overrides: [RecipeOverride]) throws(RecipeError) -> Recipe {
    guard !overrides.isEmpty else { return self }
    return try Recipe(resolved.pretty, name: name, overrides: overrides)
  }

  /// This recipe with the learned optimizer of another as its outer optimizer; the gradient clip stays.
  package func selfTrained(by parent: Recipe) throws(RecipeError) -> Recipe {
    guard let learned = parent.resolved["learned_optimizer"] else { preconditionFailure("a recipe without optimizer") }
    let clip = resolved["outer_optimizer"]?["gradient_clip"] ?? .number(0.1)
    return try replacingOuterOptimizer([
      "kind": "learned", "learned_optimizer": learned, "gradient_clip": clip,
    ])
  }

  /// This recipe with Adam as its outer optimizer, unless a hand-designed rule is there already.
  package func underAdam() throws(RecipeError) -> Recipe {
    guard case .learned = outerOptimizer.rule else { return self }
    let clip = resolved["outer_optimizer"]?["gradient_clip"] ?? .number(0.1)
    return try replacingOuterOptimizer(["kind": "adam", "gradient_clip": clip])
  }

  private func replacingOuterOptimizer(_ optimizer: JSONValue) throws(RecipeError) -> Recipe {
    guard case .object(let members) = resolved else { preconditionFailure("a recipe that is no object") }
    let changed = members.map { $0.key == "outer_optimizer" ? .init($0.key, optimizer) : $0 }
    return try Recipe(JSONValue.object(changed).pretty, name: name)
  }
}
