// What pictures show is what was recorded: the SVG is read back by its ticks and held to plain loops over the records.

import Analysis
import Foundation
import RunStore
import Testing

@Suite struct PlotsValues {
  private let store: DrawnRuns

  init() throws { store = try DrawnRuns() }

  private func run(_ index: Int = 0, records: Int = 40, _ loss: (@Sendable (Int) -> Double)? = nil) throws -> Run {
    var shape = DrawnRuns.Shape()
    shape.records = records
    shape.families = ["quadratic", "mlp", "conv"]
    shape.loss = loss ?? { 1 / (1 + 0.05 * Double($0)) + 0.05 * Double(($0 + index) * 7919 % 13) / 13 }
    return try store.add(shape, seed: UInt64(index))
  }

  private func picture(
    _ kind: PlotKind, _ runs: [Run], _ options: PlotOptions = PlotOptions()
  ) throws -> PictureReading {
    try PictureReading(Chart(kind, of: [PlotSubject("a subject", runs)], options))
  }

  private func column(_ run: Run, _ table: String, _ name: String) throws -> [Double] {
    try #require(try run.column(table, name).doubles)
  }

  /// m(1) = x(1), m(i) = 0.9 m(i-1) + 0.1 x(i).
  private func smoothed(_ values: [Double]) -> [Double] {
    var average: Double?
    return values.map { value in
      average = average.map { 0.9 * $0 + (1 - 0.9) * value } ?? value
      return average!
    }
  }

  /// Coordinates are written to a tenth of a pixel, and so are the ticks by which they are read.
  private static let tolerance = 0.2

  private func expect(
    _ line: PictureReading.Line?, _ xs: [Double], _ ys: [Double], in panel: PictureReading.Panel, _ what: String,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let line = try #require(line, "\(what): no line", sourceLocation: location)
    // Points at one place are drawn once.
    var (expected, last): ([Point], Point?) = ([], nil)
    for (x, y) in zip(xs, ys) {
      if let last, panel.x.pixels(x, last.x) < 0.05, panel.y.pixels(y, last.y) < 0.05 { continue }
      expected.append(Point(x, y))
      last = expected.last
    }
    #expect(line.points.count == expected.count, "\(what): points", sourceLocation: location)
    for (drawn, point) in zip(line.points, expected) {
      let distance = max(panel.x.pixels(drawn.x, point.x), panel.y.pixels(drawn.y, point.y))
      #expect(distance <= Self.tolerance, "\(what): \(drawn) instead of \(point)", sourceLocation: location)
    }
  }

  private func iterations(_ count: Int) -> [Double] { (1...count).map(Double.init) }

  @Test func theLossIsDrawnAsRecordedAndSmoothed() throws {
    let run = try run()
    let losses = try column(run, "records", "outer_loss")
    let panel = try picture(.loss, [run]).panels[0]
    try expect(panel.faint.first, iterations(40), losses, in: panel, "as recorded")
    try expect(panel.strong.first, iterations(40), smoothed(losses), in: panel, "smoothed")
    #expect(panel.lines.count == 2 && !panel.y.isLogarithmic)
  }

  @Test func theLossIsDrawnAlongWhatWasAskedForAndOnALogarithmicAxis() throws {
    let run = try run { pow(10, 2 - 0.1 * Double($0)) }
    let losses = try column(run, "records", "outer_loss")
    for (abscissa, table, name) in [
      (PlotAbscissa.innerSteps, "records", "inner_steps"), (.seconds, "observed", "seconds"),
    ] {
      var sum = 0.0
      let xs = try column(run, table, name).map { step in
        sum += step
        return sum
      }
      let panel = try picture(.loss, [run], PlotOptions(abscissa: abscissa)).panels[0]
      #expect(panel.y.isLogarithmic)
      try expect(panel.faint.first, xs, losses, in: panel, "as recorded along \(abscissa)")
      try expect(panel.strong.first, xs, smoothed(losses), in: panel, "smoothed along \(abscissa)")
    }
  }

  @Test func aGroupIsDrawnAsItsMedianAndQuartiles() throws {
    let runs = try (0..<5).map { index in
      try run(index) { Double(index * index) + 3 / Double($0 + 1) + Double($0 * (index + 3) % 7) / 10 }
    }
    let curves = try runs.map { smoothed(try column($0, "records", "outer_loss")) }
    // Of five sorted numbers the quartiles are the second and the fourth.
    let sorted = (0..<40).map { record in curves.map { $0[record] }.sorted() }
    let panel = try picture(.loss, runs).panels[0]
    try expect(panel.strong.first, iterations(40), sorted.map { $0[2] }, in: panel, "median")
    let band = try #require(panel.bands.first)
    #expect(band.count == 80 && panel.bands.count == 1)
    for (record, quartiles) in sorted.enumerated() {
      #expect(panel.y.pixels(band[record].y, quartiles[3]) <= Self.tolerance, "upper quartile of \(record)")
      #expect(panel.y.pixels(band[79 - record].y, quartiles[1]) <= Self.tolerance, "lower quartile of \(record)")
    }
    #expect(panel.faint.count == 5)
    for (line, curve) in zip(panel.faint, curves) {
      try expect(line, iterations(40), curve, in: panel, "a run of the group")
    }
  }

  @Test func normsAndCostAreDrawnAsRecorded() throws {
    let run = try run()
    let seconds = try column(run, "observed", "seconds")
    let steps = try column(run, "records", "inner_steps")
    let norms = try picture(.norms, [run]).panels
    let cost = try picture(.cost, [run]).panels
    let quantities: [(panel: PictureReading.Panel, title: String, values: [Double], isSmoothed: Bool)] = [
      (norms[0], "Theta", try column(run, "records", "theta_norm"), false),
      (norms[1], "Gradient estimate, before clipping", try column(run, "records", "gradient_norm"), true),
      (norms[2], "Update of theta", try column(run, "records", "update_norm"), true),
      (
        norms[3], "Clipped components of the gradient", try column(run, "records", "clipped_share").map { 100 * $0 },
        true
      ),
      (cost[0], "An outer iteration", seconds, true), (cost[1], "Speed", zip(steps, seconds).map { $0 / $1 }, true),
      (cost[2], "Storing a record", try column(run, "observed", "storing_seconds").map { 1000 * $0 }, true),
      (cost[3], "Greatest memory so far", try column(run, "observed", "peak_memory").map { $0 / 1_048_576 }, false),
    ]
    for (panel, title, values, isSmoothed) in quantities {
      #expect(panel.title == title)
      let line = isSmoothed ? smoothed(values) : values
      try expect(panel.strong.first, iterations(40), line, in: panel, title)
      try expect(panel.faint.first, iterations(40), values, in: panel, title + ", faint")
    }
  }

  @Test func truncationIsDrawnAsMeansAndExtremesOverThePairs() throws {
    let run = try run()
    let panels = try picture(.truncation, [run]).panels
    for (panel, quantity) in zip(panels, [("truncation", 1.0), ("inner_step", 1), ("reset", 100)]) {
      let (name, factor) = quantity
      let values = try column(run, "pairs", name).map { $0 * factor }
      let rows = (0..<40).map { Array(values[4 * $0..<4 * $0 + 4]) }
      try expect(
        panel.strong.first, iterations(40), rows.map { $0.reduce(0, +) / 4 }, in: panel, "mean of \(name)")
      guard name != "reset" else { continue }
      let band = try #require(panel.bands.first)
      for (record, row) in rows.enumerated() {
        #expect(panel.y.pixels(band[record].y, row.max()!) <= Self.tolerance, "greatest \(name) of \(record)")
        #expect(panel.y.pixels(band[79 - record].y, row.min()!) <= Self.tolerance, "least \(name) of \(record)")
      }
    }
  }

  @Test func theLossOfEachFamilyIsTheMeanOfItsPairs() throws {
    let run = try run()
    let (families, positive) = (try column(run, "pairs", "task_family"), try column(run, "pairs", "positive_loss"))
    let negative = try column(run, "pairs", "negative_loss")
    let panels = try picture(.tasks, [run]).panels
    #expect(panels.map(\.title) == ["quadratic", "mlp", "conv"])
    for (family, panel) in panels.enumerated() {
      var (xs, means): ([Double], [Double]) = ([], [])
      for record in 0..<40 {
        let rows = (4 * record..<4 * record + 4).filter { families[$0] == Double(family) }
        if rows.isEmpty { continue }
        xs.append(Double(record + 1))
        means.append(rows.reduce(0) { $0 + (positive[$1] + negative[$1]) / 2 } / Double(rows.count))
      }
      try expect(panel.strong.first, xs, smoothed(means), in: panel, panel.title)
      try expect(panel.faint.first, xs, means, in: panel, panel.title + ", faint")
    }
  }

  @Test func barsAreAsHighAsThereArePairs() throws {
    let run = try run()
    let losses = zip(try column(run, "pairs", "positive_loss"), try column(run, "pairs", "negative_loss"))
    // Hundredths, which lie further apart than bars are wide.
    let counts = Dictionary(grouping: losses.map { Int((100 * ($0 - $1)).rounded()) }) { $0 }.mapValues(\.count)
    let panel = try picture(.pairs, [run]).panels[0]
    #expect(panel.bars.count == counts.count && counts.count == 11)
    for (hundredths, count) in counts {
      let value = Double(hundredths) / 100
      let slack = 0.1 * abs(panel.x.value(1) - panel.x.value(0))
      let bar = try #require(panel.bars.first { $0.left - slack <= value && value <= $0.right + slack })
      #expect(panel.y.pixels(bar.height, Double(count)) <= Self.tolerance, "\(value): \(bar.height) for \(count)")
    }
  }

  @Test func layersOfTheMixAreTheSharesOfTheFamilies() throws {
    let run = try run()
    let names = ["quadratic", "mlp", "conv"]
    let families = try column(run, "pairs", "task_family")
    let reading = try picture(.mix, [run])
    let panel = reading.panels[0]
    let order = reading.texts.filter(names.contains)
    #expect(order.count == 3 && panel.layers.count == 3)
    // Forty records in eight bins of five, twenty pairs in each.
    for bin in 0..<8 {
      let pairs = families[20 * bin..<20 * bin + 20]
      var floor = 0.0
      for (name, layer) in zip(order, panel.layers) {
        let share = 100 * Double(pairs.count { names[Int($0)] == name }) / 20
        let corners = [layer[2 * bin], layer[31 - 2 * bin]]
        #expect(panel.x.pixels(corners[0].x, Double(5 * bin + 1)) <= Self.tolerance)
        #expect(panel.y.pixels(corners[0].y, floor + share) <= Self.tolerance, "top of \(name) in \(bin)")
        #expect(panel.y.pixels(corners[1].y, floor) <= Self.tolerance, "foot of \(name) in \(bin)")
        floor += share
      }
      #expect(abs(floor - 100) < 1e-9)
    }
  }

  @Test func innerCurvesAreTheLosses() throws {
    func curve(_ slope: Double) -> [Double] { (0...30).map { 1 / (1 + slope * Double($0)) } }
    let chart = InnerCurvesPlot(
      task: "quadratic", loss: "normalised test loss", [.init("slow", [curve(0.01)]), .init("fast", [curve(0.03)])]
    ).chart()
    let panel = try PictureReading(chart).panels[0]
    for (line, slope) in zip(panel.lines, [0.01, 0.03]) {
      try expect(line, (0...30).map(Double.init), curve(slope), in: panel, "slope \(slope)")
    }
    #expect(panel.lines.count == 2)
  }

  @Test func aSurfaceHasItsLevelsAndPathsWhereTheyAre() throws {
    // Not the same on both sides of either axis.
    func bowl(_ x: Double, _ y: Double) -> Double { (x - 0.1) * (x - 0.1) + 2 * (y + 0.2) * (y + 0.2) }
    let grid = (0..<61).map { -1 + Double($0) / 30 }
    let field = HeightField(
      columns: 61, rows: 61, values: grid.flatMap { y in grid.map { bowl($0, y) } }, .linear)
    let path = (0..<20).map { Point(0.9 * pow(0.8, Double($0)), -0.7 * pow(0.6, Double($0))) }
    let chart = SurfacePlot(
      title: "t", x: Axis("x", range: -1...1), y: Axis("y", range: -1...1), field, [.init("a", [path])]
    ).chart()
    let panel = try PictureReading(chart).panels[0]
    #expect(panel.contours.count >= field.levels.count)
    var met: Set<Double> = []
    for point in panel.contours.flatMap(\.points) {
      let value = bowl(point.x, point.y)
      let level = try #require(field.levels.min { abs($0 - value) < abs($1 - value) })
      met.insert(level)
      // A tenth of a pixel is 3e-4 here, and the bowl's slope at most 5; the straight lines between points lie within 1e-3.
      #expect(abs(value - level) < 4e-3, "\(point): \(value) on the line of \(level)")
    }
    #expect(met == Set(field.levels))
    try expect(panel.lines.first, path.map(\.x), path.map(\.y), in: panel, "path")
    for (dot, end) in zip(panel.dots, [path[0], path[19]]) {
      #expect(panel.x.pixels(dot.x, end.x) <= Self.tolerance && panel.y.pixels(dot.y, end.y) <= Self.tolerance)
    }
    #expect(panel.dots.count == 2)
  }
}
