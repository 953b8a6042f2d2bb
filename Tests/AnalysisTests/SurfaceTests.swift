// Surfaces: their levels, their lines, and what a picture makes of them.

import Analysis
import Testing

@Suite struct Surfaces {
  /// A field of a function over [-1, 1] squared.
  private func field(
    _ columns: Int, _ rows: Int, _ scale: ScaleChoice = .automatic, _ value: (Double, Double) -> Double
  ) -> HeightField {
    let values = (0..<rows).flatMap { row in
      (0..<columns).map { column in
        value(2 * Double(column) / Double(columns - 1) - 1, 2 * Double(row) / Double(rows - 1) - 1)
      }
    }
    return HeightField(columns: columns, rows: rows, values: values, scale)
  }

  private func area(_ loop: [Point]) -> Double {
    zip(loop, loop.dropFirst() + [loop[0]]).reduce(0) { $0 + ($1.0.x * $1.1.y - $1.1.x * $1.0.y) / 2 }
  }

  @Test func aConeIsCutInCirclesAndItsCornersAreEnclosed() {
    let cone = field(81, 81) { ($0 * $0 + $1 * $1).squareRoot() }
    let loops = MarchingSquares(cone, level: 0.5).loops
    // The region at or above the level is the square with a hole: a border and a circle of radius 20 cells.
    #expect(loops.count == 2)
    let areas = loops.map(area).sorted()
    #expect(areas.last == 6400)
    // Lines between points 1 cell apart lie within 1/8 cell of a circle of radius 20.
    #expect(abs(-areas[0] - .pi * 400) < 2 * .pi * 20 / 8)
    let hole = loops.min { area($0) < area($1) }!
    for point in hole {
      let r = ((point.x - 40) * (point.x - 40) + (point.y - 40) * (point.y - 40)).squareRoot()
      #expect(abs(r - 20) < 0.02, "\(r)")
    }
  }

  /// Whatever the corners are, the areas of what is enclosed add up to what lies above: saddles and flat fields too.
  @Test func enclosedAreasAreThoseAboveTheLevelWhateverTheField() {
    var state: UInt64 = 1
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 60)
    }
    for _ in 0..<60 {
      let noise = field(7, 6) { _, _ in next() }
      for level in [-1.0, 3, 7.5, 8, 15, 99] {
        let above = MarchingSquares(noise, level: level).loops.map(area).reduce(0, +)
        // By far more points than there are cells, each counted by the winding of the loops around it.
        #expect(above >= -1e-9 && above <= 30 + 1e-9, "\(level): \(above)")
        if level == -1 { #expect(above == 30) }
        if level == 99 { #expect(above == 0) }
        let below = MarchingSquares(
          HeightField(columns: 7, rows: 6, values: noise.values.map { -$0 }), level: -level + 1e-9
        ).loops.map(area).reduce(0, +)
        // Above and not above fill the grid, but for what interpolation towards the edge of 1e-9 takes, and for saddles
        // whose mean is the level itself.
        #expect(abs(above + below - 30) < 1e-6, "\(level): \(above) and \(below)")
      }
    }
  }

  @Test func levelsAreFewAscendingAndOfTheScaleThatTheValuesAskFor() {
    let bowl = field(41, 31) { 100 * ($0 * $0 + $1 * $1) }
    #expect(bowl.isLogarithmic)
    let plane = field(41, 31) { $0 + $1 }
    #expect(!plane.isLogarithmic)
    let steep = field(41, 31) { x, _ in x < 0 ? 1e-12 : 1e12 * x }
    #expect(field(41, 31, .linear) { 100 * ($0 * $0 + $1 * $1) }.isLogarithmic == false)
    for field in [bowl, plane, steep] {
      #expect((2...9).contains(field.levels.count), "\(field.levels)")
      #expect(zip(field.levels, field.levels.dropFirst()).allSatisfy { $0 < $1 })
    }
    #expect(field(3, 3) { _, _ in 0.7 }.levels.isEmpty && field(3, 3) { _, _ in .nan }.levels.isEmpty)
  }

  @Test(arguments: [240, 800])
  func aSurfaceIsDrawnAndItsLevelsAreWrittenWhereNothingElseIs(width: Int) {
    let strange: [(Double, Double) -> Double] = [
      { 100 * ($0 * $0 + $1 * $1) }, { $0 - $1 }, { _, _ in 1 }, { x, _ in x > 0 ? .nan : .infinity },
      { x, y in x > 0.5 ? .nan : x * y }, { x, _ in x * .greatestFiniteMagnitude }, { 0.5 * ($0 - $1) * ($0 - $1) },
    ]
    for (number, function) in strange.enumerated() {
      for starts in [1, 20] {
        let path = (0..<starts).map { start in
          (0..<30).map { Point(0.9 - 0.03 * Double($0), 0.05 * Double(start) - 0.02 * Double($0)) }
        }
        let chart = SurfacePlot(
          title: "t", x: Axis("x", range: -1...1), y: Axis("y", range: -1...1), field(21, 16, .automatic, function),
          [.init("a & <b>", path), .init(DrawnRuns.hostile, path), .init("c", path)], notes: ["n"]
        ).chart()
        PictureCheck.check(chart, width: width, "surface \(number) with \(starts) starts")
        let layout = ChartLayout(chart, width: width)
        for frame in layout.frames {
          let labels = frame.contours.compactMap { $0.label?.box }
          for (index, label) in labels.enumerated() {
            #expect(!labels[..<index].contains { $0.overlaps(label) }, "two levels lie on each other")
            #expect(
              label.x >= 0 && label.y >= 0 && label.right <= frame.plot.width && label.bottom <= frame.plot.height)
          }
          if number == 0, starts < 2, width > 300 { #expect(labels.count > 3, "\(labels.count) levels are written") }
        }
        for line in TerminalPlot(columns: 60, colours: .none).text(chart).split(separator: "\n") {
          #expect(line.count <= 60)
        }
      }
    }
  }

  @Test func curvesOfOneTaskAndOfManyAreDrawn() {
    for tasks in [1, 3, 8] {
      func curve(_ number: Int, _ task: Int) -> [Double] {
        (0...50).map { (step: Int) -> Double in
          let fallen = 1 + 0.1 * Double(step * (number + 1))
          return 1 / fallen + 0.01 * Double(task)
        }
      }
      let names = ["learned", "adam 0.1", DrawnRuns.hostile]
      let subjects = names.indices.map { number in
        InnerCurvesPlot.Subject(names[number], (0..<tasks).map { curve(number, $0) })
      }
      let chart = InnerCurvesPlot(task: "quadratic", loss: "normalised test loss", subjects).chart()
      for width in [240, 360, 800, 1600] { PictureCheck.check(chart, width: width, "curves of \(tasks)") }
      let bands = chart.panels[0].marks.compactMap { mark -> [Strip]? in
        if case .band(let strips, _) = mark { strips } else { nil }
      }
      #expect(bands.count == (tasks == 1 ? 0 : 3))
      #expect(bands.allSatisfy { $0.count == 51 && $0.allSatisfy { $0.low < $0.high } })
    }
  }
}
