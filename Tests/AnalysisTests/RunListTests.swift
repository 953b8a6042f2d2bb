import Analysis
import Foundation
import RunSchema
import RunStore
import Testing

struct RunListTests {
  private let now = Instant(1_800_000_100)

  private func list(_ small: SmallStore, _ filter: String = "", sort: String? = nil, limit: Int? = nil) throws
    -> [String]
  {
    try RunList(small.overviews(), matching: Filter(parsing: filter), sort: sort, limit: limit, now: now).runs
      .map { $0.labels.name ?? $0.id.text }
  }

  private func three() throws -> SmallStore {
    let small = try SmallStore()
    try small.add(losses: [1, 0.5, 0.9], name: "a", tags: ["paper"], seed: 1)
    try small.add(losses: [1, 0.25], name: "b", tags: ["debug"], seed: 2, estimator: "persistent_es")
    try small.add(losses: [], name: "c", seed: 3)
    return small
  }

  @Test func theNewestRunStandsFirst() throws {
    #expect(try list(three()) == ["c", "b", "a"])
    #expect(try list(three(), limit: 1) == ["c"])
  }

  @Test func aFilterSeesLabelsResultsAndEveryFieldOfTheRecipe() throws {
    let small = try three()
    #expect(try list(small, "tag:paper") == ["a"])
    #expect(try list(small, "-tag:paper -name:c") == ["b"])
    #expect(try list(small, "estimator=persistent_es") == ["b"])
    #expect(try list(small, "estimator.kind=full_es estimator.pairs=2") == ["c", "a"])
    #expect(try list(small, "outer_loss<0.9 | seed=3") == ["c", "b"])
    #expect(try list(small, "tasks:quadratic iterations=3") == ["a"])
  }

  @Test func runsWithoutTheFieldStandLastInBothDirections() throws {
    #expect(try list(three(), sort: "outer_loss") == ["b", "a", "c"])
    #expect(try list(three(), sort: "-outer_loss") == ["a", "b", "c"])
  }

  @Test func aFieldThatNoRunHasIsAnErrorThatNamesThoseThereAre() throws {
    for (word, meant) in [("estimator.pair", "estimator.pairs"), ("pairs", "estimator.pairs"), ("bset", "best")] {
      let error = #expect(throws: RunListError.self) { try list(three(), "\(word)=1") }
      #expect(error?.description.contains("did you mean \(meant)?") == true, "\(word): \(error as Any)")
      #expect(error?.description.contains("best_iteration") == true)
    }
    #expect(throws: RunListError.self) { try list(three(), sort: "nothing") }
  }

  @Test func theBestLossIsThatOfTheSmoothedCurveAndItsOuterIteration() throws {
    let small = try SmallStore()
    try small.add(losses: [1, 0, .nan, 1], firstIteration: 30)
    let run = try small.overviews()[0]
    #expect(run.best?.loss == 0.9 * 1 + (1 - 0.9) * 0)
    #expect(run.best?.iteration == 32)
    #expect(run.iterations == 34)
  }

  @Test func aDamagedRunIsListedUnderItsNameAndDisturbsNoOther() throws {
    let small = try three()
    let damaged = try small.overviews()[1].id
    try small.damage("run.h5", of: damaged)
    let runs = try small.overviews()
    #expect(runs.map(\.status) == ["finished", "damaged", "finished"])
    #expect(runs.map(\.labels.name) == ["a", "b", "c"])
    #expect(try list(small, "status=damaged") == ["b"])
    #expect(runs[1].json["damage"] != .null)
  }

  @Test func foldersThatAreNoRunsAreNotListed() throws {
    let small = try SmallStore()
    try small.add(losses: [1], name: "a")
    try FileManager.default.createDirectory(
      atPath: small.store.path + "/recipes", withIntermediateDirectories: false)
    #expect(try list(small) == ["a"])
    #expect(try small.store.resolve("latest") == small.overviews()[0].id)
  }

  @Test func theDocumentHasEveryRunWithNumbersUnrounded() throws {
    let small = try SmallStore()
    try small.add(losses: [0.1 + 0.2], name: "a", tags: ["=cmd", "x|y"])
    let json = try RunList(small.overviews(), matching: Filter(parsing: ""), sort: nil, limit: nil, now: now)
      .json(store: "here")
    #expect(try JSONParser.parse(json.pretty).pretty == json.pretty)
    guard case .array(let runs)? = json["runs"] else { return #expect(Bool(false), "no runs") }
    #expect(runs[0]["outer_loss"] == .number(0.1 + 0.2))
    #expect(runs[0]["tags"] == ["=cmd", "x|y"])
  }
}
