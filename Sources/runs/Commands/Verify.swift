import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Proves a run: checks every checksum, computes iterations again and compares every bit.",
    discussion: """
      Examples:
        runs verify latest
        runs verify first --all
        runs verify first --from 100 --to 150

      Needs nothing but the run's files. Without a range, eight outer iterations spread over the run are computed again.
      Exit code 0: all holds; 1: something does not.
      """.flowing)

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Flag(help: "Compute every outer iteration again, and rebuild theta's history from the records alone.")
  var all = false

  @Option(help: ArgumentHelp("How many outer iterations to compute again, spread evenly.", valueName: "n"))
  var sample: Int?

  @Option(help: ArgumentHelp("First outer iteration to compute again.", valueName: "i"))
  var from: Int?

  @Option(help: ArgumentHelp("Last outer iteration to compute again.", valueName: "j"))
  var to: Int?

  @OptionGroup var format: TableOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  private var scope: VerificationScope {
    get throws {
      guard (all ? 1 : 0) + (sample == nil ? 0 : 1) + (from == nil && to == nil ? 0 : 1) <= 1 else {
        throw Complaint(.usage, "give one of --all, --sample, or --from and --to")
      }
      if all { return .all }
      if let sample {
        guard sample > 0 else { throw Complaint(.usage, "--sample \(sample): expected 1 or more") }
        return .sample(sample)
      }
      guard from != nil || to != nil else { return .sample(8) }
      guard let from, let to else { throw Complaint(.usage, "--from and --to go together") }
      return .range(from, to)
    }
  }

  func run() throws {
    let store = Store(at: self.store.path)
    let run = try store.run(try store.resolve(id))
    let replay = try Replay(run, threads: try threads.count)
    let progress = CountLine("computing again", isQuiet: output.quiet || output.json)
    let report = try replay.verify(try scope, in: store) { progress.show($0, of: $1) }
    progress.finish()
    show(report, run, [RunOverview(run, try store.labels(of: run.id)).provenance])
    if !report.holds { throw Complaint(.checkFailed, "run \(run.id) does not verify: \(report.problems[0])") }
  }

  private func show(_ report: VerificationReport, _ run: Run, _ sources: [String]) {
    guard format.format(output) == .text else {
      return Output.print(table(report, run), format, output, from: sources, json: json(report, run))
    }
    Output.write(format.comment(.ofThisCall(sources), .text) + text(report, run) + "\n")
  }

  private func table(_ report: VerificationReport, _ run: Run) -> Table {
    var table = Table(
      "Run \(run.id) \(report.holds ? "verifies" : "does NOT verify")",
      columns: [.init("check"), .init("done", alignment: .right), .init("of", alignment: .right), .init("found")])
    let same = Cell.text(report.holds ? "every bit the same" : "see the problems")
    table.append([
      .text("files"), .integer(report.filesChecked), .missing,
      report.holds ? .text("every checksum holds") : same,
    ])
    table.append([
      .text("outer iterations computed again"), .integer(report.iterationsRecomputed), .integer(run.recordCount), same,
    ])
    table.append([
      .text("checkpoints compared with states computed again"), .integer(report.checkpointsCompared),
      .integer(run.checkpoints.count), same,
    ])
    if report.thetaIterationsRebuilt > 0 {
      table.append([
        .text("theta rebuilt from the records alone"), .integer(report.thetaIterationsRebuilt),
        .integer(run.recordCount), same,
      ])
      table.append([
        .text("thetas compared with checkpoints"), .integer(report.thetasCompared), .integer(run.checkpoints.count),
        same,
      ])
    }
    for problem in report.problems { table.append([.text("problem"), .missing, .missing, .text(problem)]) }
    return table
  }

  private func json(_ report: VerificationReport, _ run: Run) -> JSONValue {
    [
      "schema": "runs/verify/1", "id": .text(run.id.text), "holds": .bool(report.holds),
      "files_checked": .integer(report.filesChecked), "iterations": .integer(run.recordCount),
      "iterations_recomputed": .integer(report.iterationsRecomputed),
      "checkpoints_compared": .integer(report.checkpointsCompared),
      "theta_iterations_rebuilt": .integer(report.thetaIterationsRebuilt),
      "thetas_compared": .integer(report.thetasCompared),
      "problems": .array(report.problems.map { .text($0) }),
    ]
  }

  private func text(_ report: VerificationReport, _ run: Run) -> String {
    var lines = [
      "\(counted(report.filesChecked, "file")): every checksum holds",
      "\(report.iterationsRecomputed) of \(counted(run.recordCount, "outer iteration")) computed again: every bit the same",
      "\(counted(report.checkpointsCompared, "checkpoint")) compared with the states computed again: every bit the same",
    ]
    if report.thetaIterationsRebuilt > 0 {
      lines.append(
        "theta rebuilt over \(counted(report.thetaIterationsRebuilt, "iteration")) from the records alone: the same as in"
          + " \(counted(report.thetasCompared, "checkpoint"))")
    }
    guard report.holds else {
      return (["run \(run.id) does NOT verify:"] + report.problems.map { "  " + $0 }).joined(separator: "\n")
    }
    return (["run \(run.id) verifies:"] + lines.map { "  " + $0 }).joined(separator: "\n")
  }
}
