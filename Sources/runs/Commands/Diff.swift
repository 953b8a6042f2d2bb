import Analysis
import ArgumentParser
import RunSchema
import RunStore

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Where two runs, or two checkpoints, first differ in a bit, by how much, and why.",
    discussion: """
      Examples:
        runs diff first second
        runs diff first second --tensors
        runs diff first@250 second@250 --tensors

      Bits are compared: payloads of NaN and signs of zero count, and there is no tolerance. Of runs of different length
      that part is compared that both have. ID@I means the state stored after outer iteration I.
      Exit code 0: same bits; 1: different.
      """)

  @Argument(help: "A run, or ID@I for a stored state.")
  var a: String

  @Argument(help: "The other.")
  var b: String

  @Flag(help: "List each tensor of the first state that differs.")
  var tensors = false

  @OptionGroup var format: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    if a.contains("@") || b.contains("@") {
      let diff = try CheckpointDiff(try state(a, in: store), try state(b, in: store))
      show(diff.verdict, diff.findings, diff.tensors, diff.json)
      if !diff.isSame { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    } else {
      let diff = try RunDiff(
        ComparedRun(try store.resolve(a), in: store), ComparedRun(try store.resolve(b), in: store))
      show(diff.verdict, diff.findings, diff.tensors, diff.json)
      if !diff.isSame { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    }
  }

  private func state(_ text: String, in store: Store) throws -> StoredState {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let run = try ComparedRun(try store.resolve(parts[0]), in: store)
    guard parts.count == 2 else { return try StoredState(run, after: nil) }
    guard let iteration = Int(parts[1]), iteration >= 0 else {
      throw Complaint(.usage, "\(text): expected an outer iteration behind @")
    }
    return try StoredState(run, after: iteration)
  }

  private func show(
    _ verdict: String, _ findings: [(label: String, words: String)], _ tensors: [TensorDifference], _ json: JSONValue
  ) {
    let table = tensors.table("Tensors that differ")
    switch output.json ? .json : format.format {
    case .json: return Output.print(json)
    case .csv: return Output.write(table.render(.csv))
    case let format:
      var parts = [Presentation.Part(verdict, findings: findings)]
      if self.tensors, !tensors.isEmpty { parts.append(.init("Tensors that differ", table: table)) }
      Output.write(Presentation(parts).render(format, width: Terminal.resultColumns))
    }
  }
}
