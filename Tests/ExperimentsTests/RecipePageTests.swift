import Experiments
import Foundation
import RunSchema
import Testing

/// Docs/guide/write-a-recipe.md says all that a recipe can say, and its examples are recipes.
@Suite struct RecipePageTests {
  private static func page() throws -> String {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: package.appendingPathComponent("Docs/guide/write-a-recipe.md"), encoding: .utf8)
  }

  private static func examples() throws -> [String] {
    try page().components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  @Test func everyExampleIsARecipe() throws {
    let examples = try Self.examples()
    #expect(examples.count >= 6)
    for example in examples {
      let recipe = try Recipe(example, name: "example")
      #expect(!recipe.summary.isEmpty, "an example does not say what it shows:\n\(example)")
    }
  }

  @Test func everyFieldAndNameStandsThere() throws {
    let page = try Self.page()
    var names = Set<String>()
    let shipped = try RecipeLibrary.all().map { try RecipeLibrary.recipe($0.name) }
    let kinds = try Self.recipesOfEveryKind().map { try Recipe($0, name: "kind") }
    for recipe in try shipped + kinds + Self.examples().map({ try Recipe($0, name: "example") }) {
      collect(recipe.resolved, into: &names)
    }
    names.formUnion(LearnedOptimizerRecipe.Kind.allCases.map(\.rawValue))
    names.formUnion(TaskRecipe.Family.allCases.map(\.rawValue))
    names.formUnion(EstimatorRecipe.Kind.allCases.map(\.rawValue))
    names.formUnion(OuterOptimizerRecipe.Kind.allCases.map(\.rawValue))
    #expect(names.count > 40)
    for name in names.sorted() { #expect(page.contains("`\(name)`"), "write-a-recipe.md does not say what \(name) is") }
  }

  /// Recipes that between them ask for every field.
  private static func recipesOfEveryKind() -> [String] {
    LearnedOptimizerRecipe.Kind.allCases.map { "learned_optimizer: {kind: \($0.rawValue)}" }
      + TaskRecipe.Family.allCases.map { "tasks: [{family: \($0.rawValue)}]" }
      + EstimatorRecipe.Kind.allCases.map { "estimator: {kind: \($0.rawValue)}" }
      + OuterOptimizerRecipe.Kind.allCases.map { "outer_optimizer: {kind: \($0.rawValue)}" }
  }

  private func collect(_ value: JSONValue, into names: inout Set<String>) {
    switch value {
    case .object(let members):
      for member in members {
        names.insert(member.key)
        collect(member.value, into: &names)
      }
    case .array(let values): for value in values { collect(value, into: &names) }
    default: break
    }
  }
}
