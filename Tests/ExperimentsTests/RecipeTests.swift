import Experiments
import Foundation
import Testing

@Suite struct RecipeTests {
  @Test func everyShippedRecipeReadsAndIsAFixedPointOfItsOwnResolution() throws {
    let recipes = RecipeLibrary.all()
    #expect(recipes.contains { $0.name == "default" })
    for (name, _) in recipes {
      let recipe = try RecipeLibrary.recipe(name)
      #expect(!recipe.summary.isEmpty, "\(name) does not say what it shows")
      let again = try Recipe(recipe.resolved.pretty, name: name)
      #expect(again.resolved == recipe.resolved)
    }
  }

  @Test func anEmptyRecipeIsAllDefaults() throws {
    let recipe = try Recipe("", name: "empty")
    #expect(recipe.iterations == 200 && recipe.estimator.pairs == 8)
    #expect(recipe.resolved["outer_optimizer"]?["kind"] == "adam")
  }

  @Test func aFieldGivenOnTheCommandLineBeatsTheRecipesAndIsNamedAsSuch() throws {
    let override = try #require(RecipeOverride("estimator.pairs=3"))
    let recipe = try Recipe("estimator: {pairs: 5}", name: "small", overrides: [override])
    #expect(recipe.estimator.pairs == 3)
    #expect(recipe.resolved["estimator"]?["pairs"] == 3)
    let wrong = try #require(RecipeOverride("tasks.0.weight=-1"))
    let error = #expect(throws: RecipeError.self) {
      try Recipe("tasks: [{family: quadratic}]", name: "small", overrides: [wrong])
    }
    #expect(error?.source == "--set" && error?.field == "tasks.0.weight")
  }

  @Test func aSelfTrainedRecipeHoldsItsParentsOptimizerAndCanGoBackToAdam() throws {
    let parent = try Recipe("learned_optimizer: {kind: mlp, hidden_size: 16}", name: "parent")
    let child = try Recipe("learned_optimizer: {kind: adafactor_mlp}", name: "child").selfTrained(by: parent)
    #expect(child.resolved["outer_optimizer"]?["learned_optimizer"]?["hidden_size"] == 16)
    #expect(child.resolved["outer_optimizer"]?["gradient_clip"] == .float(0.1))
    #expect(try child.underAdam().resolved["outer_optimizer"]?["kind"] == "adam")
  }

  @Test(arguments: ["no equals sign", "a..b=1", "=1", ".a=2"])
  func anOverrideOfAnotherFormIsNone(_ text: String) {
    #expect(RecipeOverride(text) == nil)
  }
}
