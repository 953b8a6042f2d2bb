// Where two runs part: the first bit, how far, and why.

import Analysis
import RunStore
import Testing

@Suite struct Diffs {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  private func diff(_ left: Synthetic, _ right: Synthetic) throws -> RunDiff {
    try RunDiff(left.run(in: store), right.run(in: store))
  }

  @Test func equalRunsAreTheSameBits() throws {
    let diff = try diff(Synthetic(name: "a"), Synthetic(name: "b"))
    #expect(diff.isSame && diff.cause == nil)
    #expect(diff.verdict == "a and b: same bits in all 100 outer iterations and in 10 checkpoints")
  }

  @Test func aLongerRunIsTheSameAsFarAsBothGo() throws {
    let diff = try diff(Synthetic(records: 25, name: "a"), Synthetic(records: 40, name: "b"))
    #expect(diff.isSame)
    #expect(
      diff.verdict
        == "a and b: same bits for the 25 outer iterations that both have and in 2 checkpoints; b goes on for 15 more")
  }

  @Test(arguments: [1, 2, 63, 64, 65, 99, 100, 320, 321, 500])
  func theFirstRecordIsFoundWhereverItIs(at iteration: Int) throws {
    let left = Synthetic(records: 500, checkpointEvery: 1_000)
    var right = left
    right.positive = { $0 >= iteration && $1 == 1 ? (Double($0 + $1)).nextUp : Double($0 + $1) }
    let diff = try diff(left, right)
    let record = try #require(diff.record)
    #expect(record.iteration == iteration)
    #expect(record.table == "pairs" && record.column == "positive_loss" && record.row == 1)
    #expect(record.values.ulps == 1)
    #expect(diff.cause == .brokenPromise)
  }

  @Test func aLaterDifferenceInAnEarlierColumnIsNotFirst() throws {
    var right = Synthetic()
    right.loss = { $0 == 30 ? 7 : 1 / Double($0) }
    right.positive = { $0 == 40 ? 7 : Double($0 + $1) }
    let record = try #require(try diff(Synthetic(), right).record)
    #expect(record.iteration == 30 && record.table == "records" && record.column == "outer_loss")
  }

  @Test func signsOfZeroAndPayloadsOfNaNAreDifferences() throws {
    var zero = Synthetic()
    zero.loss = { _ in 0 }
    var negative = zero
    negative.loss = { _ in -0.0 }
    let zeros = try #require(try diff(zero, negative).record)
    #expect(zeros.values.left == "0.0" && zeros.values.right == "-0.0" && zeros.values.ulps == 0)

    var quiet = Synthetic()
    quiet.loss = { _ in .nan }
    var payload = quiet
    payload.loss = { _ in Double(nan: 5, signaling: false) }
    #expect(try diff(quiet, quiet).isSame)
    let nans = try #require(try diff(quiet, payload).record)
    #expect(nans.values.left == "nan:0x7ff8000000000000" && nans.values.right == "nan:0x7ff8000000000005")
    #expect(nans.values.ulps == nil)
  }

  @Test func aDifferenceOnlyInAStateIsFound() throws {
    var right = Synthetic()
    right.state = { [Float($0), $0 >= 40 ? (-1 as Float).nextUp : -1, $0 >= 40 ? .nan : 0.5] }
    let diff = try diff(Synthetic(), right)
    #expect(!diff.isSame && diff.record == nil)
    let checkpoint = try #require(diff.checkpoint)
    #expect(checkpoint.iteration == 40)
    let tensor = try #require(checkpoint.firstTensor)
    #expect(tensor.name == "theta/w" && tensor.differing == 2 && tensor.count == 3 && tensor.first == 1)
    #expect(tensor.histogram.words == "1: 1, nan: 1")
    #expect(tensor.greatest.isNaN)
  }

  @Test func measuresOfATensorAreThoseOfTheirFormulas() throws {
    var right = Synthetic()
    right.state = { $0 == 10 ? [13, -5, 0.5] : [Float($0), -1, 0.5] }
    let tensor = try #require(try diff(Synthetic(), right).checkpoint?.firstTensor)
    #expect(tensor.greatest == 4 && tensor.mean == 7.0 / 3 && tensor.norm == 5)
    let dot = 10.0 * 13 + 5 + 0.25
    let expected = dot / ((100 + 1 + 0.25) as Double).squareRoot() / ((169 + 25 + 0.25) as Double).squareRoot()
    #expect(abs(try #require(tensor.cosine) - expected) < 1e-15)
  }

  @Test func theCauseIsTheFirstThatDiffersInOrderOfSuspicion() throws {
    var other = Synthetic()
    other.loss = { _ in 3 }
    #expect(try diff(Synthetic(), other).cause == .brokenPromise)
    other.executable = String(repeating: "b", count: 64)
    #expect(try diff(Synthetic(), other).cause == .code(["executable_sha256"]))
    other.numerics = "2"
    #expect(try diff(Synthetic(), other).cause == .numerics)
    other.seed = 2
    #expect(try diff(Synthetic(), other).cause == .seed)
    other.recipe = other.recipe.replacing("full_es", with: "truncated_es").replacing("100", with: "200")
    #expect(try diff(Synthetic(), other).cause == .recipe(["estimator.kind"]))
  }

  @Test func whatChangesNoBitIsNoCause() throws {
    var other = Synthetic()
    other.recipe = other.recipe.replacing("100", with: "200").replacing("\"s\"", with: "\"t\"")
    let diff = try diff(Synthetic(), other)
    #expect(diff.isSame)
    #expect(diff.facts.map(\.key) == ["summary", "iterations"])
  }

  @Test func aForkIsComparedByOuterIteration() throws {
    let parent = try Synthetic(name: "parent").run(in: store)
    var fork = Synthetic(records: 60, firstIteration: 50, name: "fork")
    fork.lineage = [Lineage(run: parent.id.text, iteration: 50, contents: Digest.of([1]))]
    let diff = try RunDiff(parent, fork.run(in: store))
    #expect(diff.isSame && diff.common == 51..<101)
    #expect(diff.verdict.hasSuffix("; fork goes on for 10 more"))
  }

  @Test func storedStatesAreComparedArrayByArray() throws {
    var right = Synthetic(name: "b")
    right.state = { [Float($0), $0 == 20 ? 7 : -1, 0.5] }
    let (a, b) = (try Synthetic(name: "a").run(in: store), try right.run(in: store))
    func state(_ run: ComparedRun, _ iteration: Int) throws -> ComparedState {
      try #require(try ComparedState(run, storedAfter: iteration))
    }
    #expect(try CheckpointDiff(state(a, 10), state(b, 10)).isSame)
    let diff = try CheckpointDiff(state(a, 20), state(b, 20))
    #expect(diff.tensors.map(\.name) == ["theta/w"])
    #expect(diff.verdict == "a@20 and b@20: different bits in 1 arrays")
    #expect(try ComparedState(a, storedAfter: 15) == nil)
  }
}
