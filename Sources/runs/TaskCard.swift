import Analysis
import Experiments
import RunSchema

/// What `runs tasks NAME` prints.
struct TaskCard {
  private let entry: TaskCatalogue.Entry
  let specimen: TaskSpecimen
  private let seed: UInt64

  init(_ entry: TaskCatalogue.Entry, _ specimen: TaskSpecimen, seed: UInt64) {
    self.entry = entry
    self.specimen = specimen
    self.seed = seed
  }

  func card(_ trial: TaskSpecimen.AdamTrial?, _ calibration: TaskCalibration?) -> Card {
    let measured = [trial.map(adam), calibration.map(self.calibration)].compactMap { $0 }
    return Card(schema: "runs/tasks/1", head + configuration + [parameters, cost] + measured)
  }

  private var head: [Card.Section] {
    [
      .init("Task", key: "family", .fields([.init("task", .text(specimen.name))]), json: .text(entry.name)),
      .init("Seed", key: "seed", .fields([.init("seed", .unsigned(seed))]), json: .unsigned(seed)),
    ]
  }

  private var configuration: [Card.Section] {
    var sections: [Card.Section] = []
    if let configuration = specimen.configuration {
      sections.append(.init("Configuration", .lines(configuration.pretty), json: configuration))
    }
    if !specimen.quirks.isEmpty {
      sections.append(
        .init(
          "Not as its name says", key: "quirks", .lines(specimen.quirks.joined(separator: "\n")),
          json: .array(specimen.quirks.map { .text($0) })))
    }
    return sections
  }

  private var parameters: Card.Section {
    var table = Table(columns: [
      .init("tensor", key: "name"), .init("shape"), .init("elements", alignment: .right, key: "count"),
    ])
    for parameter in specimen.parameters {
      table.append([
        .text(parameter.name), .text(parameter.shape.map(String.init).joined(separator: "×")),
        .integer(parameter.count),
      ])
    }
    let json = specimen.parameters.map { parameter -> JSONValue in
      [
        "name": .text(parameter.name), "shape": .array(parameter.shape.map { .integer($0) }),
        "count": .integer(parameter.count),
      ]
    }
    let count = "\(specimen.parameterCount) in \(counted(specimen.parameters.count, "tensor"))"
    return .init("Parameters: \(count)", key: "parameters", .table(table), json: .array(json))
  }

  private var cost: Card.Section {
    let seconds = specimen.measuredSeconds()
    var fields: [Card.Field] = []
    var members: [JSONValue.Member] = []
    if let operations = specimen.operations {
      fields += [
        .init("operations of a loss", .integer(operations.loss)),
        .init("of a loss and its gradient", .integer(operations.gradient)),
      ]
      members += [
        .init("loss_operations", .integer(operations.loss)), .init("step_operations", .integer(operations.gradient)),
      ]
    }
    fields.append(.init("measured here and now", .text("\(Cell.number(1_000 * seconds, digits: 3).rounded) ms")))
    members.append(.init("measured_seconds", .number(seconds)))
    return .init("Cost of a step", key: "cost", .fields(fields), json: .object(members))
  }

  private func adam(_ trial: TaskSpecimen.AdamTrial) -> Card.Section {
    let curve = trial.curve
    let best = curve.best?.loss ?? .nan
    return .init(
      "Adam, the best of its learning rates", key: "adam",
      .fields([
        .init("loss at the start", .number(curve.initialLoss)),
        .init("least examined loss", .number(best)),
        .init("loss after \(curve.plan.steps) steps", .number(curve.finalLoss)),
        .init("learning rate", .number(trial.learningRate, digits: 3)),
        .init("rates that diverged", .integer(trial.divergedRates)),
      ]),
      json: [
        "initial_loss": .number(curve.initialLoss), "best_loss": .number(best), "final_loss": .number(curve.finalLoss),
        "learning_rate": .number(trial.learningRate), "diverged_rates": .integer(trial.divergedRates),
        "steps": .integer(curve.plan.steps), "curve": .array(curve.train.map { .number(Double($0)) }),
        "examined": .array(
          curve.valid.map { ["step": .integer($0.step), "loss": .number($0.loss)] }),
      ])
  }

  private func calibration(_ calibration: TaskCalibration) -> Card.Section {
    var fields: [Card.Field] = [
      .init("loss that counts as 1", .number(calibration.initialLoss)),
      .init("loss that counts as 0", .number(calibration.bestLoss)),
      .init("learning rate that reached it", .number(calibration.learningRate, digits: 3)),
      .init("after so many steps", .integer(calibration.steps)),
      .init("rates that diverged", .integer(calibration.divergedRates)),
    ]
    if entry.kind == .taskSet {
      fields.append(
        .init("recipes that calibrate", .text(calibration.isRejected ? "leave it out: Adam fails" : "keep it")))
    }
    return .init(
      "Calibration by Adam, over its learning rates", key: "calibration", .fields(fields),
      json: [
        "initial_loss": .number(calibration.initialLoss), "best_loss": .number(calibration.bestLoss),
        "learning_rate": .number(calibration.learningRate), "steps": .integer(calibration.steps),
        "diverged_rates": .integer(calibration.divergedRates), "operations": .integer(calibration.operations),
        "rejected": .bool(calibration.isRejected),
      ])
  }

  static func plot(_ name: String, _ trial: TaskSpecimen.AdamTrial) -> TaskCurvePlot {
    let curve = trial.curve
    return TaskCurvePlot(
      title: "\(name) · Adam, learning rate \(Cell.number(trial.learningRate, digits: 3).rounded)",
      train: curve.train.map(Double.init), examined: curve.valid.map { Point(Double($0.step), $0.loss) },
      notes: ["Outer-valid: the mean of \(curve.plan.batches) batches, the same each time."])
  }
}
