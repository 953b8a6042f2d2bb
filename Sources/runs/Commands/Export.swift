import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hands a run, or a moment of one, to other tools: CSV files, one JSON document, or one HDF5 file.",
    discussion: """
      Examples:
        runs export latest --to out
        runs export first --to first.json
        runs export first --to first.h5
        runs export first@250 --to theta.h5
        runs export first@best --state --to state.h5

      csv: a folder with a file a table and run.json, which says what the run is. json: the same in one document. h5: one
      sealed file with all records, those still in the journal too, the newest checkpoint and the labels, which runs import
      takes. Unless --format says it, the ending of the path does. All numbers are unrounded. Nothing is overwritten without --force. ID@I writes theta after
      outer iteration I, rebuilt from the records without inner training; with --state the whole state, rolled forward from
      the nearest checkpoint: the very bytes of the checkpoint that the run would have written there.
      """.flowing)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, json, h5
  }

  @Argument(
    help: "The run: its id, the start of it, its name, or latest; or a moment: ID@300, ID@best, a checkpoint's path.",
    completion: .run)
  var id: String

  @Option(help: ArgumentHelp("A folder for csv, else a file.", valueName: "path"))
  var to: String

  @Option(help: "What to write; else as the path ends, and csv for a folder.")
  var format: Format?

  @Flag(help: "Of a moment the whole state: outer optimizer and particles too.")
  var state = false

  @Flag(help: "Overwrite what is there.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    if state || StateOperand.isState(id) { return try exportMoment(of: store) }
    let run = try store.run(try store.resolve(id))
    let labels = try store.labels(of: run.id)
    let now = Instant(Environment.now())
    let format = format ?? Format(rawValue: URL(fileURLWithPath: to).pathExtension) ?? .csv
    let files: [(path: String, data: Data)] =
      switch format {
      case .csv:
        try RunExport.csvFiles(of: run, labels, now: now).map { ("\(to)/\($0.name)", Data($0.text.utf8)) }
      case .json: [(to, Data((try RunExport.document(of: run, labels, now: now).pretty + "\n").utf8))]
      case .h5: [(to, Data(try run.portableFile()))]
      }
    try checkFree(files.map(\.path))
    if format == .csv {
      try write(to) { try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true) }
    }
    for file in files {
      try write(file.path) { try file.data.write(to: URL(fileURLWithPath: file.path), options: .atomic) }
    }
    show(files, run, format)
  }

  private func checkFree(_ paths: [String]) throws {
    if !force, let taken = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      throw Complaint(.cannotCreate, "\(taken.shown) is there already: choose another place, or add --force")
    }
  }

  /// One HDF5 file with theta, or with the whole state, after an outer iteration.
  private func exportMoment(of store: Store) throws {
    guard format ?? Format(rawValue: URL(fileURLWithPath: to).pathExtension) == .h5 else {
      throw Complaint(.usage, "a moment of a run is exported as h5: give --to FILE.h5")
    }
    try checkFree([to])
    let moment = try store.moment(try CheckpointReference(id))
    let replay = try Replay(moment.run, threads: try threads.count)
    let export =
      try state
      ? MomentExport(state: try replay.point(at: moment.iteration), of: moment.run)
      : MomentExport(theta: try replay.theta(at: moment.iteration), of: moment.run)
    let data = Data(try CheckpointFile.bytes(of: export.arrays))
    try ResultFile.write(data, to: to)
    if output.json { return Output.print(export.json(path: to, data)) }
    Output.print("\(to.shown)  \(words(forBytes: data.count))")
    Output.print(export.text)
  }

  private func write(_ path: String, _ body: () throws -> Void) throws {
    do { try body() } catch {
      throw Complaint(.cannotCreate, "exporting to \(path.shown): \(error.localizedDescription)")
    }
  }

  private func show(_ files: [(path: String, data: Data)], _ run: Run, _ format: Format) {
    if output.json {
      let list = files.map { file -> JSONValue in
        [
          "path": .text(file.path), "bytes": .integer(file.data.count),
          "sha256": .text(Digest.of(file.data).hex),
        ]
      }
      return Output.print([
        "schema": "runs/export/1", "id": .text(run.id.text), "format": .text(format.rawValue), "files": .array(list),
      ])
    }
    for file in files { Output.print("\(file.path.shown)  \(words(forBytes: file.data.count))") }
  }
}
