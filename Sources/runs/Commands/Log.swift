import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A run's records, a line each.",
    discussion: """
      Examples:
        runs log latest --last 20
        runs log latest --follow
        runs log first --table pairs --json
        runs log first --format csv > first.csv

      --follow prints records as they come, until the run ends; it takes no lock and hinders nobody.
      --json prints one document a line.
      """.flowing)

  enum TableName: String, ExpressibleByArgument, CaseIterable {
    case records, pairs, observed
  }

  private static let pollingInterval: TimeInterval = 0.5

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Flag(name: .shortAndLong, help: "Go on printing until the run ends.")
  var follow = false

  @Option(help: ArgumentHelp("Only the last so many outer iterations, and what follows.", valueName: "n"))
  var last: Int?

  @Option(help: "Which table.")
  var table = TableName.records

  @OptionGroup var format: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let last, last < 0 { throw Complaint(.usage, "--last \(last): expected 0 or more") }
    let store = Store(at: self.store.path)
    let id = try store.resolve(self.id)
    var run = try store.run(id)
    let rows = try RecordRows(table.rawValue, of: run)
    var printed = max(0, run.recordCount - (last ?? run.recordCount))
    guard [.json, .text].contains(format.format(output)) else {
      if follow { throw Complaint(.usage, "--follow goes with text and --json") }
      return Output.print(
        try rows.table(printed..<run.recordCount, of: run), format, output, from: [try source(run, in: store)],
        json: .null)
    }
    if format.comment, format.format(output) == .text {
      Output.write(format.comment(.ofThisCall([try source(run, in: store)]), .text))
    }
    var lines = GrowingTable(keeping: columns(of: run))
    while true {
      try show(rows, printed..<run.recordCount, of: run, in: &lines)
      printed = run.recordCount
      guard follow, run.status.word == "running" else { break }
      Thread.sleep(forTimeInterval: Self.pollingInterval)
      run = try store.run(id)
    }
    if follow { output.tell("run \(id) \(run.status.words)") }
  }

  private func source(_ run: Run, in store: Store) throws -> String {
    RunOverview(run, try store.labels(of: run.id)).provenance
  }

  private func show(_ rows: RecordRows, _ records: Range<Int>, of run: Run, in lines: inout GrowingTable) throws {
    let chunk = 1_000
    for first in stride(from: records.lowerBound, to: records.upperBound, by: chunk) {
      let table = try rows.table(first..<min(first + chunk, records.upperBound), of: run)
      guard format.format(output) == .json else {
        Output.write(lines.lines(table))
        continue
      }
      Output.write(table.rowObjects.map { rows.document($0).compact + "\n" }.joined())
    }
  }

  /// The columns that a terminal has room for, from the first on; nil for all.
  private func columns(of run: Run) -> [String]? {
    guard let width = Terminal.resultColumns, let schema = run.tables.first(where: { $0.name == table.rawValue }) else {
      return nil
    }
    var (kept, used) = ([String](), -2)
    for column in schema.columns {
      used += max(column.name.count, 11) + 2
      if used > width { break }
      kept.append(column.name)
    }
    return kept
  }
}
