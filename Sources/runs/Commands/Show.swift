import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Everything about a run, or about its theta after an outer iteration.",
    discussion: """
      Examples:
        runs show latest
        runs show first@300
        runs show first@best --json

      With @I theta is rebuilt from the nearest checkpoint and the records behind it, bit by bit and without inner training.
      """)

  @Argument(help: "The run: ID, or ID@300, ID@best for theta after an outer iteration.", completion: .run)
  var id: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    guard case .run(let name, let moment) = try CheckpointReference(id) else {
      throw Complaint(.usage, "\(id.shown): give a run, or ID@300 for a moment of it")
    }
    let run = try store.run(try store.resolve(name))
    let card =
      id.contains("@")
      ? try self.card(of: run, at: moment)
      : try RunCard(run, try store.labels(of: run.id), now: Instant(Environment.now())).card()
    output.json ? Output.print(card.json) : Output.print(card.text)
  }

  private func card(of run: Run, at moment: CheckpointReference.Moment) throws -> Card {
    let replay = try Replay(run, threads: 1)
    let theta = try replay.theta(at: try replay.iteration(of: moment))
    return Card(schema: "runs/show/1", [head(theta, run), tensors(theta), try record(theta, replay)])
  }

  private func head(_ theta: ThetaMoment, _ run: Run) -> Card.Section {
    let source: String =
      switch (theta.origin, theta.records) {
      case (0, 0): "the start"
      case (let origin, 0): "the checkpoint of outer iteration \(origin)"
      case (0, let records): "the start and \(records) records"
      case (let origin, let records): "the checkpoint of outer iteration \(origin) and \(records) records"
      }
    return Card.Section(
      "Run \(run.id) after outer iteration \(theta.iteration)", key: "moment",
      .fields([
        .init("id", .text(run.id.text)), .init("outer iteration", .integer(theta.iteration), key: "iteration"),
        .init("theta rebuilt from", .text(source), key: "source"),
        .init("theta sha256", .text(theta.sha256.hex)),
      ]))
  }

  private func tensors(_ theta: ThetaMoment) -> Card.Section {
    var table = Table(columns: [
      .init("tensor", key: "name"), .init("shape"), .init("norm", alignment: .right), .init("mean", alignment: .right),
      .init("sd", alignment: .right, key: "standard_deviation"), .init("least", alignment: .right, key: "smallest"),
      .init("greatest", alignment: .right),
    ])
    for tensor in theta.tensors {
      table.append([
        .text(tensor.name), .text(tensor.shape.map(String.init).joined(separator: "×")), .number(tensor.norm),
        .number(tensor.mean), .number(tensor.standardDeviation), .number(tensor.smallest), .number(tensor.greatest),
      ])
    }
    let json = zip(theta.tensors, table.rowObjects).map { tensor, row -> JSONValue in
      guard case .object(let members) = row else { return row }
      let shape = JSONValue.array(tensor.shape.map { .integer($0) })
      return .object(members.map { $0.key == "shape" ? .init("shape", shape) : $0 })
    }
    return Card.Section("Theta", .table(table), json: .array(json))
  }

  /// The record of the iteration that led here; nothing for the start.
  private func record(_ theta: ThetaMoment, _ replay: Replay) throws -> Card.Section {
    let position = theta.iteration - replay.firstIteration
    guard position > 0 else { return Card.Section("Record", .fields([]), json: .null) }
    let table = try RecordRows("records", of: replay.run).table(position - 1..<position, of: replay.run)
    return Card.Section("Record", .fields(zip(table.columns, table.rows[0]).map { .init($0.heading, $1, key: $0.key) }))
  }
}
