// Reports: one page, nothing from elsewhere, nothing of another's that acts.

import Analysis
import Foundation
import RunSchema
import RunStore
import Testing

@Suite struct Reports {
  /// The page as XML: elements without end get one, which HTML does not ask for.
  private func parsed(_ html: String) -> ParsedXML {
    var xml = html.replacingOccurrences(of: "<!DOCTYPE html>\n", with: "")
    xml = xml.replacing(#/<meta ([^>]*)>/#) { "<meta \($0.output.1)/>" }
    return ParsedXML(xml)
  }

  private func check(_ html: String) {
    let page = parsed(html)
    #expect(page.isWellFormed, "\(page.problem)")
    #expect(html.utf8.count < 1_000_000, "\(html.utf8.count) bytes")
    let acting: Set<String> = [
      "script", "iframe", "object", "embed", "link", "img", "form", "base", "b", "foreignObject",
    ]
    #expect(!page.elements.contains { acting.contains($0.name) })
    for element in page.elements {
      for (key, value) in element.attributes {
        #expect(!key.hasPrefix("on") && key != "style" && key != "src", "\(element.name) has \(key)")
        if key == "href" { #expect(value.hasPrefix("#")) }
      }
    }
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, "an id occurs twice")
    #expect(page.badNumbers.isEmpty)
    #expect(!html.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x1B })
    let addresses = html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    #expect(!addresses.contains("http://") && !addresses.contains("https://") && !addresses.contains("url("))
  }

  private func report(_ run: Run, in store: Store, theme: Theme = .auto) throws -> String {
    let lineage = LineageTree(of: [run.id], in: try RunOverview.all(in: store))
    return try Report(run, try store.labels(of: run.id), lineage, now: Instant(1_800_000_000)).html(theme: theme)
  }

  @Test(arguments: Theme.allCases)
  func aReportIsOnePageWithoutScriptOrNetwork(theme: Theme) throws {
    let drawn = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.group = DrawnRuns.hostile
    let parent = try drawn.add(shape)
    shape.parent = parent.id
    shape.name = "child"
    let child = try drawn.add(shape)
    try drawn.store.editLabels(of: child.id) {
      $0.tags = [DrawnRuns.hostile]
      $0.notes = [Labels.Note(secondsSince1970: 1, text: DrawnRuns.hostile)]
    }
    let html = try report(child, in: drawn.store, theme: theme)
    check(html)
    let again = try report(child, in: drawn.store, theme: theme)
    #expect(html == again)
    for words in ["Milestones", "Lineage", "To cite it", "@misc{run-\(child.id)", "runs verify \(child.id) --all"] {
      #expect(html.contains(words), "\(words)")
    }
    let digest = try child.recordsDigest().hex
    #expect(html.contains(digest))
    #expect(!html.contains("git checkout abc; rm"))
  }

  @Test func thePolicyAllowsTheOneStyleSheetByItsDigest() throws {
    let drawn = try DrawnRuns()
    let html = try report(try drawn.add(DrawnRuns.Shape()), in: drawn.store)
    let sheet = try #require(html.firstMatch(of: #/<style>([\s\S]*?)</style>/#)).output.1
    let digest = Digest.of(Array(sheet.utf8))
    let base64 = Data(digest.bytes).base64EncodedString()
    #expect(html.contains("default-src 'none'; style-src 'sha256-\(base64)'"))
    #expect(html.components(separatedBy: "<style").count == 2)
  }

  @Test(arguments: [0, 1, 2])
  func runsOfHardlyAnyRecordsHaveAReport(records: Int) throws {
    let drawn = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.records = records
    shape.loss = { _ in .nan }
    shape.families = []
    check(try report(try drawn.add(shape), in: drawn.store))
  }

  @Test func aReportStaysSmallWhateverTheRunHolds() throws {
    let drawn = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.records = 3_000
    shape.families = (0..<30).map { "family \($0)" }
    shape.loss = { Double($0 &* 2_654_435_761 % 1009) }
    let run = try drawn.add(shape)
    try drawn.store.editLabels(of: run.id) { labels in
      labels.notes = (0..<400).map {
        .init(secondsSince1970: Double($0), text: String(repeating: "<&>", count: 20_000))
      }
    }
    check(try report(run, in: drawn.store))
  }

  @Test(arguments: [1, 3, 30])
  func aComparisonIsOnePageToo(count: Int) throws {
    let drawn = try DrawnRuns()
    for index in 0..<count {
      var shape = DrawnRuns.Shape()
      shape.group = index % 2 == 0 ? DrawnRuns.hostile : nil
      shape.records = 10 + index
      try drawn.add(shape, seed: UInt64(index))
    }
    let runs = try drawn.all()
    let lineage = LineageTree(of: runs.map(\.run.id), in: try RunOverview.all(in: drawn.store))
    let compared = try runs.map { try ComparedRun($0.run.id, in: drawn.store) }
    for grouping in PlotSubject.Grouping.allCases {
      let html = try ComparisonReport(compared, by: grouping, lineage, now: Instant(0)).html(theme: .auto)
      check(html)
      // What `compare` says of the same runs: each heading, and of groups the statistics.
      let isGrouped = count > 1 && grouping != .none
      #expect((html.contains("<h3>Bits</h3>") || html.contains("<p>Bits: ")) == (count > 1), "\(grouping)")
      #expect(html.contains("<h3>Cost") == (count > 1), "\(grouping)")
      #expect(html.contains("percentile bootstrap") == isGrouped, "\(grouping)")
      #expect(html.contains("IQM") == isGrouped, "\(grouping)")
    }
  }

  @Test func aRunThatNamesItselfAsItsAncestorIsDrawnOnce() throws {
    let drawn = try DrawnRuns()
    let first = try drawn.add(DrawnRuns.Shape())
    var shape = DrawnRuns.Shape()
    shape.parent = RunID("nowhere")
    let orphan = try drawn.add(shape)
    shape.parent = first.id
    let child = try drawn.add(shape)
    shape.parent = child.id
    try drawn.add(shape)
    let orphans = try report(orphan, in: drawn.store)
    #expect(orphans.contains("not in this store"))
    let html = try report(child, in: drawn.store)
    check(html)
    #expect(html.components(separatedBy: "<circle").count - 1 == 2 * 3)
  }
}
