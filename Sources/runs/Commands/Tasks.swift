import Analysis
import ArgumentParser
import Experiments
import RunSchema

struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The task families that there are, or one task of a family.",
    discussion: """
      Examples:
        runs tasks
        runs tasks digits_mlp
        runs tasks mlp_family --seed 997 --json

      Of a family that recipes name: the parameters, the loss at the start, and what a tuned Adam makes of it. Of one of
      TaskSet's families: the configuration of a seed, as published.
      """)

  @Argument(
    help: "A family.",
    completion: .custom { _, _, prefix in TaskCatalogue.entries.map(\.name).filter { $0.hasPrefix(prefix) } })
  var family: String?

  @Option(help: ArgumentHelp("Which draw of the family.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var format: TableOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard let family else { return list() }
    let card: Card =
      switch try TaskCatalogue.entry(family).kind {
      case .recipe: try specimen(family)
      case .taskSet: try configuration(family)
      }
    output.json ? Output.print(card.json) : Output.print(card.text)
  }

  private func list() {
    var table = Table(columns: [.init("family"), .init("kind"), .init("what it is", key: "summary")])
    for entry in TaskCatalogue.entries {
      table.append([.text(entry.name), .text(entry.kind.rawValue), .text(entry.summary)])
    }
    if output.json { return Output.print(["schema": "runs/tasks/1", "families": .array(table.rowObjects)]) }
    Output.print(table, as: format, quiet: output.quiet)
  }

  private func head(_ family: String) -> [Card.Section] {
    [
      .init("Family", key: "family", .fields([.init("family", .text(family))]), json: .text(family)),
      .init("Seed", key: "seed", .fields([.init("seed", .unsigned(seed))]), json: .unsigned(seed)),
    ]
  }

  private func configuration(_ family: String) throws -> Card {
    let configuration = try TaskCatalogue.configuration(of: family, seed: seed)
    return Card(
      schema: "runs/tasks/1",
      head(family) + [.init("Configuration", .lines(configuration.pretty), json: configuration)])
  }

  private func specimen(_ family: String) throws -> Card {
    let task = try TaskSpecimen(family: family, seed: seed)
    var parameters = Table(columns: [
      .init("tensor", key: "name"), .init("shape"), .init("elements", alignment: .right, key: "count"),
    ])
    for parameter in task.parameters {
      parameters.append([
        .text(parameter.name), .text(parameter.shape.map(String.init).joined(separator: "×")),
        .integer(parameter.count),
      ])
    }
    let json = task.parameters.map { parameter -> JSONValue in
      [
        "name": .text(parameter.name), "shape": .array(parameter.shape.map { .integer($0) }),
        "count": .integer(parameter.count),
      ]
    }
    let adam: [Card.Field] = [
      .init("loss at the start", .number(task.initialLoss), key: "initial_loss"),
      .init("loss after \(task.steps) steps", .number(task.bestLoss), key: "best_loss"),
      .init("learning rate", .number(task.learningRate, digits: 3)),
      .init("training loss", .text(Sparkline(task.curve, width: 56).text), key: "curve"),
    ]
    return Card(
      schema: "runs/tasks/1",
      head(family) + [
        .init("Parameters", .table(parameters), json: .array(json)),
        .init(
          "Adam, the best of its learning rates", key: "adam", .fields(adam),
          json: [
            "initial_loss": .number(task.initialLoss), "best_loss": .number(task.bestLoss),
            "learning_rate": .number(task.learningRate), "steps": .integer(task.steps),
            "curve": .array(task.curve.map { .number($0) }),
          ]),
      ])
  }
}
