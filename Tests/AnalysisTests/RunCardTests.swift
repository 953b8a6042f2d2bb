import Analysis
import Foundation
import RunSchema
import RunStore
import Testing

struct RunCardTests {
  private let now = Instant(1_800_000_100)
  private static let hostile = "x\u{1B}[31m\n=1+1 | <script>\u{202E}"

  @Test func theCardOfARunSaysWhatTheRunIs() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1, 0.5], name: "a", seed: 9, firstIteration: 30, checkpoints: [2])
    let card = try RunCard(small.store.run(id), small.store.labels(of: id), now: now).card()
    #expect(card.json["schema"] == "runs/show/1")
    #expect(card.json["run"]?["iterations"] == 32)
    #expect(card.json["reproducibility"]?["seed"] == .unsigned(9))
    #expect(card.json["recipe"]?["resolved"]?["estimator"]?["pairs"] == 2)
    #expect(card.json["digests"]?["checkpoint_iteration"] == 32)
    #expect(card.json["lineage"] == .null)
    let theta = try small.store.run(id).loadCheckpoint(small.store.run(id).checkpoints[0])
    let bytes: [UInt8] = [0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F]  // 0.5 and 1 as little-endian float32
    #expect(theta.thetaDigest == Digest.of(bytes))
    #expect(try JSONParser.parse(card.json.pretty).pretty == card.json.pretty)
  }

  @Test func nothingThatPeopleWroteReachesATerminalUnescaped() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1], tags: [Self.hostile])
    try small.store.editLabels(of: id) { $0.notes.append(.init(secondsSince1970: 0, text: Self.hostile)) }
    let card = try RunCard(small.store.run(id), small.store.labels(of: id), now: now).card()
    for text in [card.text, card.json.pretty] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isHidden })
    }
    #expect(card.text.contains("\\u{1B}[31m"))
    #expect(card.json["run"]?["tags"] == .array([.text(Self.hostile)]))
  }

  @Test func aLogHasEveryRowAndGrowsUnderOneHeading() throws {
    let small = try SmallStore()
    let run = try small.store.run(small.add(losses: [1, 0.123456789, 0.5]))
    let rows = try RecordRows("records", of: run)
    var growing = GrowingTable(keeping: ["iteration", "outer_loss"])
    let first = growing.lines(try rows.table(0..<1, of: run))
    let rest = growing.lines(try rows.table(1..<3, of: run))
    #expect(first.split(separator: "\n").count == 3)
    #expect(
      rest == "        2     0.12346\n        3     0.50000\n"
        || rest == "        2     0.12346\n        3         0.5\n")
    let document = rows.document(try rows.table(1..<2, of: run).rowObjects[0])
    #expect(document["outer_loss"] == .number(0.123456789))
    #expect(!document.compact.contains("\n"))
    #expect(try RecordRows("pairs", of: run).table(0..<3, of: run).rows.count == 6)
    #expect(throws: StoreError.self) { try RecordRows("nothing", of: run) }
  }

  @Test func anExportHoldsEveryRowOfEveryTableUnrounded() throws {
    let small = try SmallStore()
    let id = try small.add(losses: [1, 0.1 + 0.2], checkpoints: [2])
    let run = try small.store.run(id)
    let files = try RunExport.csvFiles(of: run, small.store.labels(of: id), now: now)
    #expect(files.map(\.name) == ["records.csv", "pairs.csv", "observed.csv", "run.json"])
    #expect(files[0].text.contains("2,0.30000000000000004,"))
    #expect(files[1].text.split(separator: "\r\n").count == 5)
    #expect(files[1].text.contains("18446744073709551615"))
    let document = try RunExport.document(of: run, small.store.labels(of: id), now: now)
    #expect(document["tables"]?["records"]?["outer_loss"] == .array([.number(1), .number(0.1 + 0.2)]))
    #expect(try JSONParser.parse(document.pretty).pretty == document.pretty)
  }

  @Test func aTableLosesItsEmptyColumnsFirstAndThenItsLastOnes() {
    var table = Table(columns: [.init("id"), .init("name"), .init("long"), .init("tags")])
    table.append([.text("1"), .missing, .text("xxxxxxxxxx"), .text("yyyy")])
    #expect(table.fitted(to: 80).table == table)
    let (narrow, left) = table.fitted(to: 20)
    #expect(narrow.columns.map(\.heading) == ["id", "long", "tags"])
    #expect(left.isEmpty)
    #expect(table.fitted(to: 15).leftOut == ["tags"])
    #expect(table.fitted(to: 1).table.columns.count == 1)
  }

  @Test func aCurveGoesFromTheGreatestToTheLeastInEightSteps() {
    #expect(Sparkline([8, 7, 6, 5, 4, 3, 2, 1], width: 8).text == "█▇▆▅▄▃▂▁")
    #expect(Sparkline([1, 1, 3, 3], width: 2).text == "▁█")
    #expect(Sparkline([2, 2], width: 9).text == "▁▁")
    #expect(Sparkline([.nan, 1, 2], width: 3).text == " ▁█")
    #expect(Sparkline([], width: 9).text == "")
  }
}
