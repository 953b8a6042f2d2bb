import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hands a run to other tools: CSV files, one JSON document, or one HDF5 file.",
    discussion: """
      Examples:
        runs export latest --to out
        runs export first --to first.json
        runs export first --to first.h5

      csv: a folder with a file a table and run.json, which says what the run is. json: the same in one document. h5: one
      sealed file with all records, those still in the journal too, and the newest checkpoint. Unless --format says it, the
      ending of the path does. All numbers are unrounded. Nothing is overwritten without --force.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, json, h5
  }

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Option(help: ArgumentHelp("A folder for csv, else a file.", valueName: "path"))
  var to: String

  @Option(help: "What to write; else as the path ends, and csv for a folder.")
  var format: Format?

  @Flag(help: "Overwrite what is there.")
  var force = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
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
    if !force, let taken = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      throw Complaint(.cannotCreate, "\(taken.path.shown) is there already: choose another place, or add --force")
    }
    if format == .csv {
      try write(to) { try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true) }
    }
    for file in files {
      try write(file.path) { try file.data.write(to: URL(fileURLWithPath: file.path), options: .atomic) }
    }
    show(files, run, format)
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
