// Where two runs part, found by computing both again: of synthetic runs, whose course is known.

import Analysis
import RunStore
import Testing

@Suite struct Partings {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(in: folder)
  }

  /// Two runs as they were recorded, explained by what comes out of each.
  private func diff(
    _ left: Synthetic, _ right: Synthetic, comesOut: (left: Synthetic, right: Synthetic)
  ) throws -> RunDiff {
    var diff = try RunDiff(left.run(in: store), right.run(in: store))
    #expect(diff.isWorthRecomputing)
    var calls = 0
    let parting = try Parting.find(diff) { run, iteration in
      SyntheticWalk(run: run.id == diff.left.id ? comesOut.left : comesOut.right, iteration: iteration)
    } observe: { _, _ in
      calls += 1
    }
    diff.explain(try #require(parting))
    #expect(calls == parting?.computed)
    return diff
  }

  private func label(_ name: String) -> Synthetic { Synthetic(name: name) }

  @Test(arguments: [1, 17, 20, 99])
  func aRecordThatWasChangedIsDamage(at iteration: Int) throws {
    var right = label("b")
    right.positive = { $0 == iteration && $1 == 1 ? 0 : Double($0 + $1) }
    let diff = try diff(label("a"), right, comesOut: (label("a"), label("b")))
    let parting = try #require(diff.parting)
    #expect(parting.iteration == iteration && parting.origin == (iteration - 1) / 10 * 10)
    #expect(parting.record == nil && parting.tensors.isEmpty)
    let departure = try #require(parting.departures.first)
    #expect(parting.departures.count == 1 && !departure.isFirst && departure.isAlone == true)
    #expect(departure.record?.column == "positive_loss" && departure.record?.row == 1)
    #expect(diff.cause?.key == "damage")
    #expect(diff.findings.contains { $0.label == "a" && $0.words == "what it recorded there is what comes out" })
  }

  @Test func aStoredStateThatWasChangedIsDamage() throws {
    var left = label("a")
    left.state = { [Float($0), $0 == 40 ? 9 : -1, 0.5] }
    let diff = try diff(left, label("b"), comesOut: (label("a"), label("b")))
    let parting = try #require(diff.parting)
    #expect(parting.iteration == 40 && parting.origin == 30)
    #expect(parting.departures.map(\.isFirst) == [true] && parting.departures[0].isAlone == true)
    #expect(parting.departures[0].tensors.map(\.name) == ["theta/w"])
    #expect(diff.cause?.key == "damage")
  }

  @Test func aRunThatGoesItsOwnWayIsABrokenPromise() throws {
    var right = label("b")
    right.loss = { $0 >= 33 ? 5 : 1 / Double($0) }
    let diff = try diff(label("a"), right, comesOut: (label("a"), label("b")))
    let departure = try #require(diff.parting?.departures.first)
    #expect(departure.iteration == 33 && departure.isAlone == false)
    #expect(diff.cause == .brokenPromise)
  }

  @Test func aLastRecordThatDiffersIsNotCalledDamage() throws {
    // Nothing follows, and no state is stored behind it.
    let left = Synthetic(records: 25, name: "a")
    var right = Synthetic(records: 25, name: "b")
    right.loss = { $0 == 25 ? 5 : 1 / Double($0) }
    let diff = try diff(left, right, comesOut: (left, left))
    #expect(diff.parting?.departures.map(\.isAlone) == [nil])
    #expect(diff.cause == .brokenPromise)
  }

  @Test(arguments: [31, 33, 40])
  func statesThatPartBetweenCheckpointsAreFoundExactly(at iteration: Int) throws {
    var right = label("b")
    right.recipe = right.recipe.replacing("\"pairs\": 2", with: "\"pairs\": 2, \"decay\": 0.5")
    right.state = { [Float($0), $0 >= iteration ? (-1 as Float).nextUp : -1, 0.5] }
    let diff = try diff(label("a"), right, comesOut: (label("a"), right))
    let parting = try #require(diff.parting)
    #expect(parting.origin == 30 && parting.iteration == iteration && parting.record == nil)
    #expect(parting.tensors.map(\.name) == ["theta/w"] && parting.tensors[0].histogram.words == "1: 1")
    #expect(parting.departures.isEmpty)
    #expect(diff.cause == .recipe(["estimator.decay"]))
    #expect(diff.verdict.hasPrefix("a and b: different states after outer iteration \(iteration), although"))
  }

  @Test func whatTheRecordsSayAloneIsNotComputedAgain() throws {
    var right = Synthetic(seed: 2)
    right.positive = { Double($0 + $1 + 1) }
    #expect(!(try RunDiff(Synthetic().run(in: store), right.run(in: store)).isWorthRecomputing))
    #expect(!(try RunDiff(Synthetic().run(in: store), Synthetic().run(in: store)).isWorthRecomputing))
  }

  @Test func aCheckpointThatCannotBeReadIsSaidAndComputedAgain() throws {
    var right = label("b")
    right.state = { [Float($0), $0 == 40 ? 9 : -1, 0.5] }
    let (a, b) = (try label("a").run(in: store), try right.write(in: store))
    try Damage.flip("checkpoints/000000040.h5", of: b, in: store)
    var diff = try RunDiff(a, ComparedRun(b, in: store))
    #expect(diff.checkpoint?.damage != nil && diff.checkpoint?.tensors.isEmpty == true)
    let parting = try Parting.find(diff) { _, iteration in
      SyntheticWalk(run: label("a"), iteration: iteration)
    } observe: { _, _ in
    }
    diff.explain(try #require(parting))
    #expect(diff.cause?.key == "damage")
    #expect(diff.findings.contains { $0.words.contains("cannot be read") })
  }
}
