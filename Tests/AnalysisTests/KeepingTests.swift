import Analysis
import RunSchema
import RunStore
import Testing

struct KeepingTests {
  @Test func aPlanSaysOfEachCheckpointWhyItStaysOrGoes() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1, 0, 2, 2, 2], firstIteration: 10, checkpoints: [1, 2, 3, 4, 5])
    let run = try small.store.run(id)
    let scores = try RetentionTable.scores(of: run)
    #expect(scores[1] == 1)
    #expect(scores[2] == 0.9 * 1 + (1 - 0.9) * 0)
    var table = RetentionTable()
    table.add(
      try small.store.retentionPlan(of: id, Retention(last: 2, best: 1), scores: scores), of: try small.overviews()[0])
    #expect(table.going.map(\.verdict.checkpoint.iteration) == [1, 3])
    #expect(table.bytesGoing == run.checkpoints[0].bytes + run.checkpoints[2].bytes)
    #expect(table.table.rows[1][2] == .integer(12))
    #expect(table.table.rows[1][5] == .text("one of the best 1"))
  }

  @Test func theSizeOfARunIsThatOfAllItsFiles() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1], checkpoints: [1])
    let checkpoint = try small.store.run(id).checkpoints[0].bytes
    let before = try small.store.byteCount(of: id)
    #expect(before > checkpoint)
    try small.store.editLabels(of: id) {
      $0.notes.append(.init(secondsSince1970: 0, text: String(repeating: "x", count: 500)))
    }
    #expect(try small.store.byteCount(of: id) >= before + 500)
  }

  @Test func aWholeRunIsCalledWholeAndItsResumptionTold() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1, 1, 1], firstIteration: 10, checkpoints: [1, 2])
    let health = try RunHealth(of: id, in: small.store)
    #expect(health.report.isWhole)
    #expect(health.newestIntact == 12)
    #expect(health.resumption.contains("from outer iteration 12, compute 1 recorded"))
  }

  @Test func aDamagedCheckpointIsNamedAndTheOneBeforeItTakesItsPlace() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1, 1, 1], checkpoints: [1, 2])
    try small.damage("checkpoints/\(small.store.run(id).checkpoints[1].name)", of: id)
    let health = try RunHealth(of: id, in: small.store)
    #expect(health.report.problems.count == 1)
    #expect(health.newestIntact == 1)
    #expect(health.card.json["run"]?["whole"] == .bool(false))
    guard case .array(let damaged)? = health.card.json["damaged"] else { return #expect(Bool(false), "no list") }
    #expect(damaged[0]["file"].map { $0.compact.contains("000000002.h5") } == true)
  }

  @Test func aRunWhoseMainFileIsDamagedWouldNotBeResumed() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1])
    try small.damage("run.h5", of: id)
    let health = try RunHealth(of: id, in: small.store)
    #expect(!health.report.isWhole)
    #expect(health.status == "damaged")
    #expect(health.resumption.hasPrefix("would refuse"))
  }

  @Test(arguments: [
    (0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (999_960, "1.0 MB"), (2_500_000_000, "2.5 GB"),
  ])
  func bytesAreSaidInPowersOfTen(_ count: Int, _ expected: String) {
    #expect(words(forBytes: count) == expected)
  }
}
