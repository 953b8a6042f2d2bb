import ArgumentParser
import Experiments
import RunStore

struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Goes on with a run where it stopped, with the same bits as if it never had.",
    discussion: """
      Examples:
        runs resume latest
        runs resume first --iterations 400
        runs resume first --give-up-damage

      A total that is given once holds for later resumptions too.
      Iterations that were recorded behind the newest intact checkpoint are computed again and compared bit for bit.
      A damaged journal is refused, with its place. With --give-up-damage the files from there on are set aside, and the
      run goes on from the newest intact checkpoint before.
      """.flowing)

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Option(help: ArgumentHelp("A new total of outer iterations.", valueName: "n"))
  var iterations: Int?

  @Flag(help: "Give up what lies behind damage in the journal, and compute it again.")
  var giveUpDamage = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let watch = InterruptionWatch()
    let store = self.store.opened
    let id = try store.resolve(self.id)
    if giveUpDamage, let given = try store.giveUpDamagedJournal(of: id) { output.tell(words(given, id)) }
    let session = try Session.resume(
      id, in: store, threads: try threads.count, total: iterations)
    output.tell(warningAbout: store)
    if let found = session.resumption { output.tell(words(found, session)) }
    let total = iterations ?? max(session.total, session.recordedIteration)
    output.show(try train(session, until: total, watch: watch, output))
  }

  private func words(_ given: Salvage, _ id: RunID) -> String {
    """
    run \(id): \(given.file) is damaged at byte \(given.offset); \(given.recordCount) records are whole, what lay behind \
    them is given up and kept as \(given.setAside.joined(separator: ", "))
    """
  }

  private func words(_ found: Resumption, _ session: Session) -> String {
    var words = "run \(session.id): "
    words +=
      found.checkpoint == nil ? "goes on from its start" : "goes on from outer iteration \(session.outerIteration)"
    if found.recordsToRecompute > 0 { words += ", computing \(found.recordsToRecompute) recorded ones again" }
    if found.tornBytes > 0 { words += "; \(found.tornBytes) bytes of an unfinished write were cut off" }
    for damaged in found.damagedCheckpoints {
      words += "; checkpoint \(damaged.checkpoint.name) is damaged and will be made again"
    }
    return words
  }
}
