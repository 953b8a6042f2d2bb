import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Where two runs, or two checkpoints, first differ in a bit, by how much, and why.",
    discussion: """
      Examples:
        runs diff first second
        runs diff first second --tensors
        runs diff first second --explain all
        runs diff first@250 second@best --tensors
        runs diff first Runs/1ngb0fp-6nq4/checkpoints/000000100.h5

      Bits are compared: payloads of NaN and signs of zero count, and there is no tolerance. Of runs of different length
      that part is compared that both have. Where two runs should be the same and are not, or their states part before
      their records do, both are computed again from the last state they share: that gives the exact iteration, and says
      whose data are not what comes out. ID@I is the state after outer iteration I, stored or rolled forward.
      Exit code 0: same bits; 1: different.
      """.flowing)

  @Argument(help: "A run, or a state: ID@300, ID@best, a checkpoint file's path.", completion: .run)
  var a: String

  @Argument(help: "The other.", completion: .run)
  var b: String

  @Flag(help: "List each tensor of the first state that differs.")
  var tensors = false

  @Flag(help: "Compare what is recorded; compute nothing again.")
  var recordedOnly = false

  @Option(
    help: ArgumentHelp(
      "Say from which elements of what, and how, a number comes, and nothing else: TENSOR:COLUMN, TENSOR, COLUMN, or all.",
      valueName: "cell"))
  var explain: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    if [a, b].contains(where: StateOperand.isState) {
      let states = try [a, b].map { try StateOperand.state($0, in: store, threads: try threads.count) }
      let diff = CheckpointDiff(states[0], states[1])
      try show(
        Words(diff.verdict, diff.findings, diff.tensors, diff.explanations, diff.json),
        from: [diff.left, diff.right].map(\.provenance))
      if !diff.isSame { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    } else {
      var diff = try RunDiff(
        ComparedRun(try store.resolve(a), in: store), ComparedRun(try store.resolve(b), in: store))
      if diff.isWorthRecomputing, !recordedOnly { try computeAgain(&diff) }
      try show(
        Words(diff.verdict, diff.findings, diff.tensors, diff.explanations, diff.json),
        from: [diff.left, diff.right].map(\.provenance))
      if !diff.isSame { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    }
  }

  /// Computes both again from the last state they share, as far as this program can.
  private func computeAgain(_ diff: inout RunDiff) throws {
    let progress = CountLine("computing again", isQuiet: output.quiet || output.json)
    defer { progress.finish() }
    let threads = try threads.count
    do {
      let parting = try Parting.find(diff) { run, iteration in
        try Replay(run.run, threads: threads).recomputation(from: iteration)
      } observe: {
        progress.show($0, of: $1)
      }
      if let parting { diff.explain(parting) }
    } catch let error as ExperimentError where error.code == .unfit || error.code == .malformed {
      diff.unexplained = error.description
    }
  }

  /// What is said of two runs, or of two states.
  private struct Words {
    let verdict: String
    let findings: [(label: String, words: String)]
    let tensors: [TensorDifference]
    let explanations: [Explanation]
    let json: JSONValue

    init(
      _ verdict: String, _ findings: [(label: String, words: String)], _ tensors: [TensorDifference],
      _ explanations: [Explanation], _ json: JSONValue
    ) {
      self.verdict = verdict
      self.findings = findings
      self.tensors = tensors
      self.explanations = explanations
      self.json = json
    }
  }

  private func show(_ words: Words, from sources: [String]) throws {
    let made = Provenance.ofThisCall(sources)
    if let explain { return Output.print(try words.explanations.named(explain), format, output, made) }
    let table = words.tensors.table("Tensors that differ")
    switch format.format(output) {
    case .json: Output.print(words.json, made)
    case .csv: Output.write(self.format.comment(made, .csv) + table.render(.csv))
    case let format:
      var parts = [Presentation.Part(words.verdict, findings: words.findings)]
      if tensors, !words.tensors.isEmpty { parts.append(.init("Tensors that differ", table: table)) }
      Output.print(Presentation(parts), format, made, self.format, output)
    }
  }
}

extension ReplayWalk: Recomputation {}
