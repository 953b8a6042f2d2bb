import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct Remove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Removes runs with all their files, for good.",
    discussion: """
      Examples:
        runs rm 1ngb0t4 --dry-run
        runs rm failed-1 failed-2 --yes

      Says what goes and how many bytes, and at a terminal asks; elsewhere it wants --yes. A run that another started from
      stays unless --force is given; one that is being written stays in any case.
      """.flowing)

  @Argument(help: "The runs: ids, starts of ids, names, or latest.", completion: .run)
  var ids: [String]

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Flag(help: "Only say what would go.")
  var dryRun = false

  @Flag(help: "Also runs that others name as where they started from.")
  var force = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    var ids: [RunID] = []
    for id in try self.ids.map({ try store.resolve($0) }) where !ids.contains(id) { ids.append(id) }
    let runs = try RunOverview.all(in: store)
    try checkNobodyNeeds(ids, among: runs)
    var table = Table(columns: [
      .init("id"), .init("name"), .init("status"), .init("done", alignment: .right, key: "iterations"),
      .init("bytes", alignment: .right),
    ])
    var total = 0
    for run in runs where ids.contains(run.id) {
      guard run.status != "running" else {
        throw Complaint(.busy, "run \(run.id) is being written; nothing was removed")
      }
      let bytes = try store.byteCount(of: run.id)
      total += bytes
      table.append([
        .text(run.id.text), Cell(run.labels.name), .text(run.status), Cell(run.iterations), .integer(bytes),
      ])
    }
    let words = "\(ids.count) \(ids.count == 1 ? "run" : "runs"), \(words(forBytes: total))"
    if !output.json { Output.write(table.render(.text)) }
    if !dryRun { try ask(words) }
    if !dryRun { for id in ids { try store.remove(id) } }
    guard output.json else { return output.tell(dryRun ? "would remove \(words)" : "removed \(words)") }
    Output.print([
      "schema": "runs/rm/1", "removed": .bool(!dryRun), "bytes": .integer(total), "runs": .array(table.rowObjects),
    ])
  }

  private func checkNobodyNeeds(_ ids: [RunID], among runs: [RunOverview]) throws {
    guard !force else { return }
    for run in runs where !ids.contains(run.id) {
      guard let parent = run.parent, ids.contains(where: { $0.text == parent }) else { continue }
      throw Complaint(
        .usage,
        "run \(run.id) started from run \(parent); nothing was removed. It does not need it to go on: add --force")
    }
  }

  private func ask(_ words: String) throws {
    if yes { return }
    guard isatty(STDIN_FILENO) == 1, !output.json else {
      throw Complaint(.usage, "this would remove \(words): say so with --yes")
    }
    Output.draw("remove \(words), for good? [y/N] ")
    guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else {
      throw Complaint(.usage, "nothing was removed")
    }
  }
}
