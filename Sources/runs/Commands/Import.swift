import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes a run that another store exported into this one.",
    discussion: """
      Examples:
        runs export first --to first.h5              in one store
        runs import first.h5 --store elsewhere/Runs  in another
        runs import first.h5 --name from-the-cluster

      The run keeps its id, its records, what was said of it and the checkpoints that are in the file, so that it can be
      resumed, forked and verified here. Its name comes along where no other run has it. The file may be anybody's: a process
      with limits on memory and time reads it, and all of it is checked before anything is written. What a stranger computed
      is proved by runs verify ID --all.
      Exit code 65: it is damaged, or not what runs export wrote; 73: there is a run of that id; 78: it is newer than this
      program.
      """.flowing)

  @Argument(help: "A file that runs export --format h5 wrote.", completion: .file(extensions: ["h5"]))
  var file: String

  @Option(help: ArgumentHelp("A name for it, unique in the store.", valueName: "name"))
  var name: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = self.store.opened
    let intake = try RunIntake(reading: file, for: store, by: Environment.executablePath)
    let labels = try intake.add(to: store, name: name)
    let run = try store.run(intake.run.id)
    if output.json { return Output.print(try json(run, labels, intake)) }
    let checkpoints = run.checkpoints.map { "\($0.iteration)" }.joined(separator: ", ")
    Output.print(
      "run \(run.id)\(labels.name.map { " (\($0))" } ?? ""): \(run.recordCount) records, "
        + (checkpoints.isEmpty ? "no checkpoint" : "checkpoints after \(checkpoints)"))
    if name == nil, let other = intake.run.labels.name, labels.name == nil {
      output.tell("another run has the name \(other.shown); give this one a name with runs tag \(run.id) --name NAME")
    }
    if let obstacle = intake.obstacle { output.tell("it can be looked at, but not gone on with here: \(obstacle)") }
  }

  private func json(_ run: Run, _ labels: Labels, _ intake: RunIntake) throws -> JSONValue {
    [
      "schema": "runs/import/1", "id": .text(run.id.text), "name": labels.name.map { JSONValue.text($0) } ?? .null,
      "iterations": .integer(run.recordCount),
      "checkpoints": .array(run.checkpoints.map { .integer($0.iteration) }),
      "records_sha256": .text(try run.recordsDigest().hex),
      "obstacle": intake.obstacle.map { JSONValue.text($0) } ?? .null,
    ]
  }
}
