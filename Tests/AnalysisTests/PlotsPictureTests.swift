// Pictures: well formed, nothing outside, nothing on top of another, the same bytes each time.

import Analysis
import Foundation
import RunStore
import Testing

@Suite struct PlotsPictures {
  private static let widths = [240, 360, 800, 1600]

  private func check(_ runs: [(run: Run, labels: Labels)], _ what: String) throws {
    for kind in PlotKind.allCases {
      for grouping in [PlotSubject.Grouping.automatic, .group] {
        let subjects = PlotSubject.subjects(runs, by: grouping)
        let chart = try Chart(kind, of: subjects, PlotOptions(abscissa: kind == .norms ? .seconds : .iterations))
        for width in Self.widths { PictureCheck.check(chart, width: width, "\(kind) of \(what)") }
        let plain = TerminalPlot(columns: 60, colours: .none).text(chart)
        #expect(!plain.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        for line in plain.split(separator: "\n") { #expect(line.count <= 60, "\(what): \(line)") }
      }
    }
  }

  @Test(arguments: [0, 1, 3, 30])
  func nothingOverlapsAndNothingLiesOutside(count: Int) throws {
    let store = try DrawnRuns()
    for index in 0..<count {
      var shape = DrawnRuns.Shape()
      shape.records = 20 + index % 5
      shape.group = [nil, DrawnRuns.hostile, "g"][index % 3]
      shape.name = index % 2 == 0 ? "run-\(index)-" + String(repeating: "W", count: 50) : nil
      try store.add(shape, seed: UInt64(index))
    }
    try check(try store.all(), "\(count) runs")
  }

  @Test(
    arguments: [
      ("none", 0), ("one", 1), ("constant", 25), ("zero", 25), ("nan", 25), ("mixed", 25), ("greatest", 25),
      ("tiny", 25),
      ("two", 2),
    ])
  func strangeLossesAreDrawnToo(name: String, records: Int) throws {
    let losses: [String: @Sendable (Int) -> Double] = [
      "constant": { _ in 0.731 }, "zero": { _ in 0 }, "nan": { _ in .nan },
      "mixed": { [.nan, 1, -.infinity, 2, .infinity, 1e-3, 1e6][$0 % 7] },
      "greatest": { $0 % 2 == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude },
      "tiny": { Double($0) * .leastNonzeroMagnitude },
    ]
    let store = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.records = records
    if let loss = losses[name] { shape.loss = loss }
    try store.add(shape)
    try check(try store.all(), name)
  }

  @Test func manyFamiliesAndNumbersWithoutAFamilyAreDrawn() throws {
    let store = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.families = (0..<40).map { "family \($0) " + String(repeating: "m", count: $0) }
    try store.add(shape)
    shape.families = []
    try store.add(shape)
    try check(try store.all(), "40 families")
  }

  @Test func aMillionRecordsMakeNoLargerPictureThanAThousand() {
    func picture(_ records: Int) -> String {
      var curve = Curve(records: records, bins: 600)
      for record in 0..<records {
        curve.add(record: record, x: Double(record + 1), Double(record &* 2_654_435_761 % 1009))
      }
      curve.finish()
      let axis = Axis.fitting("loss", curve.raw.joined().map(\.y))
      let chart = Chart(
        title: "t",
        panels: [
          Panel(
            x: .fitting("x", [1, Double(records)], isWhole: true), y: axis,
            marks: curve.raw.map { .line($0, .numbered(0), .faint) } + [.line(curve.smoothed, .numbered(0), .strong)])
        ])
      return SVGPicture(chart, width: 800, theme: .light).svg
    }
    #expect(picture(1_000_000).utf8.count < picture(1_000).utf8.count * 3 / 2)
    #expect(picture(1_000_000).utf8.count < 40_000)
  }

  @Test func theRecordsArePutTogetherFromTheirParts() throws {
    let store = try DrawnRuns()
    var shape = DrawnRuns.Shape()
    shape.records = 50
    shape.firstIteration = 10
    let run = try store.add(shape)
    let names = [ColumnName("records", "outer_loss"), ColumnName("pairs", "positive_loss")]
    func read(_ recordsAtOnce: Int, _ abscissa: PlotAbscissa) throws -> [[Double]] {
      var rows: [[Double]] = []
      let reading = RunReading(run: run, abscissa: abscissa, recordsAtOnce: recordsAtOnce)
      try reading.forEachPart(names) { part in
        #expect(part.firstRecord == rows.count && part.x.count <= recordsAtOnce)
        for record in part.x.indices {
          rows.append([part.x[record], part.value(0, of: record)] + part.values(1, of: record))
        }
      }
      return rows
    }
    for abscissa in PlotAbscissa.allCases {
      let whole = try read(1000, abscissa)
      #expect(whole.count == 50 && whole.allSatisfy { $0.count == 6 })
      #expect(try read(7, abscissa) == whole)
      #expect(whole.last?[0] == (abscissa == .iterations ? 60 : abscissa == .innerSteps ? 16_000 : whole.last?[0]))
    }
  }

  @Test func groupsBecomeOneCurveWithItsSpread() throws {
    let store = try DrawnRuns()
    for index in 0..<6 {
      var shape = DrawnRuns.Shape()
      shape.group = index < 5 ? "g" : nil
      shape.loss = { _ in Double(index) }
      try store.add(shape, seed: UInt64(index))
    }
    let subjects = PlotSubject.subjects(try store.all(), by: .group)
    #expect(subjects.map(\.runs.count).sorted() == [1, 5])
    let chart = try Chart(.loss, of: subjects.filter { $0.runs.count == 5 }, PlotOptions())
    let bands = chart.panels[0].marks.compactMap { mark -> [Strip]? in
      if case .band(let strips, _) = mark { strips } else { nil }
    }
    #expect(bands.count == 1 && bands[0].allSatisfy { $0.low == 1 && $0.high == 3 })
    #expect(chart.sources.count == 5 && chart.sources.allSatisfy { $0.contains("records_sha256") })
  }

  @Test func aThemeIsFixedOrFollowsTheReader() throws {
    let store = try DrawnRuns()
    let chart = try Chart(.loss, of: [PlotSubject("a", [try store.add(DrawnRuns.Shape())])], PlotOptions())
    let auto = SVGPicture(chart, width: 500, theme: .auto).svg
    let light = SVGPicture(chart, width: 500, theme: .light).svg
    let dark = SVGPicture(chart, width: 500, theme: .dark).svg
    #expect(auto.contains("prefers-color-scheme:dark") && auto.contains("#ffffff"))
    #expect(!light.contains("<style") && !light.contains("#15181c"))
    #expect(!dark.contains("<style") && dark.contains("#15181c"))
    #expect(SVGPicture(chart, width: 500, theme: .auto, use: .part(prefix: "q")).svg.contains("id=\"q-title\""))
  }

  @Test func thePictureSaysWhereItComesFrom() throws {
    let store = try DrawnRuns()
    let run = try store.add(DrawnRuns.Shape())
    var chart = try Chart(.loss, of: [PlotSubject("a", [run])], PlotOptions())
    chart.sources.insert("drawn by: runs plot <x>", at: 0)
    let parsed = ParsedXML(SVGPicture(chart, width: 500, theme: .light).svg)
    #expect(parsed.elements.map(\.name).prefix(3) == ["svg", "title", "desc"])
    let digest = try run.recordsDigest().hex
    #expect(parsed.text.contains("runs plot <x>") && parsed.text.contains(digest))
  }

  @Test func colourAtATerminalOnlyWhereItIsWanted() throws {
    let store = try DrawnRuns()
    let chart = try Chart(.loss, of: [PlotSubject("a", [try store.add(DrawnRuns.Shape())])], PlotOptions())
    #expect(TerminalPlot(columns: 80, colours: .ansi).text(chart).contains("\u{1B}[94m"))
    #expect(!TerminalPlot(columns: 80, colours: .none).text(chart).contains("\u{1B}"))
    #expect(TerminalPlot(columns: 3, colours: .none).text(chart).split(separator: "\n").allSatisfy { $0.count <= 30 })
  }
}
