import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct CollectGarbage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Removes checkpoints that no rule keeps; records always stay.",
    discussion: """
      Examples:
        runs gc
        runs gc --keep last=3,every=1000,best=1 --run first
        runs gc --keep last=2 --yes

      Only says what would go, unless --yes is given. A checkpoint stays when any rule keeps it, when a fork started from
      it, and when it is one of the newest two. Theta of every outer iteration can be rebuilt from records without it.
      """.flowing)

  @Option(help: ArgumentHelp("Rules: last=N, every=N, best=N, with commas between.", valueName: "rules"))
  var keep = "last=3,best=1"

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Only this run; may be repeated. All runs unless given.", valueName: "id"), completion: .run)
  var ids: [String] = []

  @Flag(help: "Only say what would go, as without --yes.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Remove what goes.")
  var yes = false

  @OptionGroup var format: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard let retention = Retention(keep) else {
      throw Complaint(.usage, "--keep \(keep.shown): expected rules as in last=3,every=1000,best=1")
    }
    if yes, dryRun { throw Complaint(.usage, "give one of --yes and --dry-run") }
    let store = Store(at: self.store.path)
    let chosen = try ids.map { try store.resolve($0) }
    var table = RetentionTable()
    var sources: [String] = []
    for overview in try RunOverview.all(in: store) where chosen.isEmpty || chosen.contains(overview.id) {
      guard overview.damage == nil, overview.status != "running" else {
        output.tell("run \(overview.id) is \(overview.status) and left as it is")
        continue
      }
      let run = try store.run(overview.id)
      let scores = try RetentionTable.scores(of: run)
      sources.append(overview.provenance)
      table.add(
        yes
          ? try store.removeCheckpoints(of: run.id, notKeptBy: retention, scores: scores)
          : try store.retentionPlan(of: run.id, retention, scores: scores), of: overview)
    }
    show(table, sources)
  }

  private func show(_ table: RetentionTable, _ sources: [String]) {
    Output.print(
      table.table, format, output, from: sources,
      json: [
        "schema": "runs/gc/1", "removed": .bool(yes), "keep": .text(keep),
        "checkpoints_removed": .integer(table.going.count), "bytes": .integer(table.bytesGoing),
        "checkpoints": .array(table.table.rowObjects),
      ])
    if format.format(output) == .json { return }
    let words =
      "\(table.going.count) of \(counted(table.entries.count, "checkpoint")), \(words(forBytes: table.bytesGoing))"
    output.tell(yes ? "removed \(words)" : "would remove \(words)\(table.going.isEmpty ? "" : ": add --yes to do so")")
  }
}
