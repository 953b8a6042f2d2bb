import Analysis
import ArgumentParser
import Experiments
import RunSchema

struct Recipes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The recipes that there are, or one of them with all its fields.",
    discussion: """
      Examples:
        runs recipes
        runs recipes quadratic
        runs recipes ./mine.yaml --json

      Fields are shown with the values they come to, defaults included, under the paths that --set takes.
      """.flowing)

  @Argument(
    help: "A recipe: a name, or a file's path.",
    completion: .custom { _, _, prefix in RecipeLibrary.all().map(\.name).filter { $0.hasPrefix(prefix) } })
  var name: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let name { return try show(RecipeLibrary.recipe(name)) }
    var table = Table(columns: [.init("recipe", key: "name"), .init("what it shows", key: "summary")])
    var json: [JSONValue] = []
    for (name, file) in RecipeLibrary.all() {
      let summary = try RecipeLibrary.recipe(file).summary
      table.append([.text(name), .text(summary)])
      json.append(["name": .text(name), "summary": .text(summary), "file": .text(file)])
    }
    Output.print(table, format, output, json: ["schema": "runs/recipes/1", "recipes": .array(json)])
  }

  private func show(_ recipe: Recipe) {
    let fields = RecipeFields(recipe.resolved).fields.map { Card.Field($0.path, $0.cell, key: $0.path) }
    let card = Card(
      schema: "runs/recipes/1",
      [
        .init(
          "Recipe \(recipe.name)", key: "recipe",
          .fields([.init("name", .text(recipe.name)), .init("summary", .text(recipe.summary))])),
        .init("As written", key: "given", .lines(recipe.given), json: .text(recipe.given)),
        .init("All fields", key: "resolved", .fields(fields), json: recipe.resolved),
      ])
    Output.print(card, format, output)
  }
}
