import ArgumentParser
import Experiments
import Foundation

/// The command `runs`.
@main
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Meta-trains learned optimizers, and keeps every run so that it can be resumed, proven and explained.",
    discussion: """
      A first minute:
        runs train                  a new run of the default recipe, on bundled data
        runs resume latest          goes on where it stopped, with the same bits
        runs verify latest          computes iterations again from the file and compares every bit
        runs self-train --from latest   lets the frozen optimizer train the next generation
        runs compare latest ID      tables of two runs

      Runs lie in --store DIR, else $RUNS_STORE, else ./Runs. A run is named by its id, a unique prefix of it, its
      name, or `latest`; a checkpoint by ID, ID@300, ID@best, or a checkpoint file's path.
      """.flowing,
    version: ProgramVersion.current,
    subcommands: [ReadForeign.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Training",
        subcommands: [Train.self, Resume.self, Fork.self, SelfTrain.self, Verify.self, Evaluate.self, Apply.self]),
      CommandGroup(name: "Data", subcommands: [DataCommand.self]),
      CommandGroup(name: "Looking", subcommands: [List.self, Show.self, Log.self, Recipes.self, Tasks.self]),
      CommandGroup(name: "The machine", subcommands: [Doctor.self, Bench.self, Completion.self]),
      CommandGroup(name: "Presenting", subcommands: [Plot.self, PlotTask.self, MakeReport.self]),
      CommandGroup(name: "Comparing", subcommands: [Compare.self, Diff.self]),
      CommandGroup(
        name: "Keeping",
        subcommands: [Tag.self, Note.self, Export.self, Import.self, Remove.self, CollectGarbage.self]),
    ])

  static func main() {
    guard Environment.cpuIsSupported else {
      exit(with: Complaint(.unfit, "this CPU lacks AVX2 or FMA, which this build was compiled for"))
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(with: error)
    }
  }

  /// Prints one line that says what went wrong, and leaves with its exit code.
  private static func exit(with error: any Error) -> Never {
    guard let complaint = Complaint(error) else { Runs.exit(withError: error) }
    Output.complain(complaint.message)
    Foundation.exit(complaint.code.rawValue)
  }
}
