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
        runs show first@300 --state
        runs show first --format markdown
        runs show first --explain inner_steps

      With @I theta is rebuilt from the nearest checkpoint and the records behind it, bit by bit and without inner training.
      With --state the whole state is: from the nearest checkpoint each iteration is computed again, and must come out as it
      was recorded.
      """.flowing)

  @Argument(
    help: "The run: ID, or a moment of it: ID@300, ID@best, a checkpoint file's path.", completion: .run)
  var id: String

  @Flag(help: "The whole state: outer optimizer and particles too.")
  var state = false

  @Option(
    help: ArgumentHelp(
      "Say from which rows of which dataset, and how, a value comes, and nothing else: a field's name, ROW:COLUMN, or all.",
      valueName: "cell"))
  var explain: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    let (card, run): (Card, Run)
    let cells: [Explanation]
    if StateOperand.isState(id) || state {
      let moment = try store.moment(try CheckpointReference(id))
      let replay = try Replay(moment.run, threads: try threads.count)
      run = moment.run
      card = state ? try stateCard(replay, moment.iteration) : try thetaCard(replay, moment.iteration)
      cells = explanations(of: card, run, record: moment.iteration - replay.firstIteration - 1)
    } else {
      run = try store.run(try store.resolve(id))
      let whole = try RunCard(run, try store.labels(of: run.id), now: Instant(Environment.now()))
      card = try whole.card()
      cells = whole.explanations(of: card)
    }
    let source = RunOverview(run, try store.labels(of: run.id)).provenance
    if let explain { return Output.print(try cells.named(explain), format, output, .ofThisCall([source])) }
    Output.print(card, format, output, from: [source])
  }

  private func thetaCard(_ replay: Replay, _ iteration: Int) throws -> Card {
    let theta = try replay.theta(at: iteration)
    let head = head(
      replay.run, iteration,
      [
        .init("theta rebuilt from", .text(MomentSource.words(theta)), key: "source"),
        .init("theta sha256", .text(theta.sha256.hex)),
      ])
    return Card(schema: "runs/show/1", [head, tensors(theta), try record(iteration, replay)])
  }

  private func stateCard(_ replay: Replay, _ iteration: Int) throws -> Card {
    let point = try replay.point(at: iteration)
    let arrays = point.state.arrays
    let head = head(
      replay.run, iteration,
      [
        .init("state from", .text(MomentSource.words(point)), key: "source"),
        .init("state sha256", .text(arrays.digest.hex)), .init("theta sha256", .text(arrays.thetaDigest.hex)),
      ])
    return Card(schema: "runs/show/1", [head, .init("State", arrays.summary), try record(iteration, replay)])
  }

  private func head(_ run: Run, _ iteration: Int, _ fields: [Card.Field]) -> Card.Section {
    Card.Section(
      "Run \(run.id) after outer iteration \(iteration)", key: "moment",
      .fields(
        [.init("id", .text(run.id.text)), .init("outer iteration", .integer(iteration), key: "iteration")] + fields))
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

  /// Of a moment: its record's columns, and what is told of the tensors.
  private func explanations(of card: Card, _ run: Run, record: Int) -> [Explanation] {
    card.sections.flatMap { section -> [Explanation] in
      switch section.body {
      case .fields(let fields) where section.key == "record":
        return fields.map { field in
          let from = Source(
            runs: [run.id.text], dataset: "run/records/\(field.key)", rows: record..<record + 1, formula: "the value")
          return Explanation(
            in: section.heading, .init(field.key, field.label), of: .init(run.id.text, run.id.text),
            Traced(field.cell, from), files: [run.path + "/run.h5"])
        }
      case .table(let table):
        return table.rows.flatMap { row in
          zip(table.columns, row).dropFirst().filter { $0.1 != .missing }.map { column, cell in
            let name = (section.key == "theta" ? "theta/" : "") + row[0].exact
            let from = Source(
              runs: [run.id.text], dataset: name, formula: Self.formulas[column.key] ?? "as it is stored")
            return Explanation(
              in: section.heading, .init(column.key, column.heading), of: .init(row[0].exact, row[0].exact),
              Traced(cell, from), files: [section.key == "theta" ? "theta rebuilt at \(id)" : "the state at \(id)"])
          }
        }
      default: return []
      }
    }
  }

  private static let formulas = [
    "norm": "Euclidean norm of all elements", "mean": "mean of all elements",
    "standard_deviation": "standard deviation of all elements, with n below", "smallest": "least element",
    "greatest": "greatest element",
  ]

  /// The record of the iteration that led here; nothing for the start.
  private func record(_ iteration: Int, _ replay: Replay) throws -> Card.Section {
    let position = iteration - replay.firstIteration
    guard position > 0 else { return Card.Section("Record", .fields([]), json: .null) }
    let table = try RecordRows("records", of: replay.run).table(position - 1..<position, of: replay.run)
    return Card.Section("Record", .fields(zip(table.columns, table.rows[0]).map { .init($0.heading, $1, key: $0.key) }))
  }
}
