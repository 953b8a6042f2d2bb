import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

/// Options of the commands that make a run.
struct NewRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The key of all randomness.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Outer iterations, instead of the recipe's.", valueName: "n"))
  var iterations: Int?

  @Option(help: ArgumentHelp("A name for the run, unique in the store.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("A group that the run belongs to.", valueName: "group"))
  var group: String?

  @Option(name: .customLong("tag"), help: ArgumentHelp("A tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Changes a field of the recipe; may be repeated.", valueName: "a.b=value"))
  var overrides: [String] = []

  @OptionGroup var threads: ThreadOptions

  @Option(
    help: ArgumentHelp(
      "When records reach the disk: each (iteration), interval (of a second), none.", valueName: "when"))
  var durability = DurabilityName.each

  enum DurabilityName: String, ExpressibleByArgument, CaseIterable {
    case each, interval, none

    var value: Durability {
      switch self {
      case .each: .each
      case .interval: .interval(seconds: 1)
      case .none: .none
      }
    }
  }

  func settings(name: String? = nil, _ output: OutputOptions) throws -> RunSettings {
    let line = MeasuringLine(isQuiet: output.quiet || output.json)
    return RunSettings(
      name: name ?? self.name, tags: tags, group: group, threads: try threads.count, durability: durability.value
    ) { line.show($0, of: $1) }
  }

  /// The fields that the command line changes, `--iterations` among them.
  func recipeOverrides() throws -> [RecipeOverride] {
    var fields = try overrides.map { text in
      guard let field = RecipeOverride(text) else {
        throw Complaint(.usage, "--set \(text): expected a field and its value, as in --set estimator.pairs=16")
      }
      return field
    }
    if let iterations { fields.append(RecipeOverride(path: ["iterations"], value: String(iterations))) }
    return fields
  }
}

struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads that run unrolls; all CPUs unless said. No bit depends on it.", valueName: "n"))
  var threads: Int?

  var count: Int {
    get throws {
      let count = threads ?? Environment.cpuCount
      guard (1...1_024).contains(count) else { throw Complaint(.usage, "--threads \(count): expected 1 to 1024") }
      return count
    }
  }
}

/// Runs a session to its end, with progress, and prints what it came to.
func train(
  _ session: Session, until iterations: Int, watch: InterruptionWatch, _ output: OutputOptions
) throws -> Outcome {
  let first = session.outerIteration
  guard iterations >= first else {
    throw Complaint(.usage, "the run has \(first) outer iterations already: give --iterations above that")
  }
  let progress = ProgressLine(from: first, to: iterations, isQuiet: output.quiet || output.json)
  watch.watch(session)
  defer { watch.watch(nil) }
  let outcome = try session.train(until: iterations) { record in
    progress.show(iteration: record.outerIteration, outerLoss: record.outerLoss)
  }
  progress.finish()
  // Nil means that the run was interrupted: the watch says so and ends the process.
  guard let outcome else { while true { sleep(1) } }
  return outcome
}

extension OutputOptions {
  func show(_ outcome: Outcome) {
    if json { return Output.print(outcome.json) }
    let rate = outcome.seconds > 0 ? Double(outcome.innerSteps) / outcome.seconds : 0
    Output.print(
      """
      run            \(outcome.id)
      iterations     \(outcome.iterations)
      outer loss     \(String(format: "%.6f", outcome.outerLoss)) (last iteration; 1 is the start of inner training)
      theta_sha256   \(outcome.thetaDigest)
      state_sha256   \(outcome.stateDigest)
      records_sha256 \(outcome.recordsDigest)
      time           \(String(format: "%.1f s, %.0f inner steps a second", outcome.seconds, rate))
      """)
  }

  func tell(_ message: String) {
    if !quiet, !json { Output.tell(message) }
  }

  /// Says so where a store lies on a file system that may not keep what it promises.
  func tell(warningAbout store: Store) {
    if let warning = MachineCheck.fileSystemWarning(storeAt: store.path) { tell("warning: \(warning)") }
  }
}
