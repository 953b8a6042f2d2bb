import Analysis
import Testing

/// The picture of how a time grows: a straight line on two logarithmic axes, and the power said.
@Suite struct GrowthPlotTests {
  private let series = [
    GrowthPlot.Series("pairs", [(8, 0.08, 0.07, 0.1), (1, 0.01, 0.01, 0.011), (2, 0.02, 0.018, 0.03)]),
    GrowthPlot.Series("threads", [(1, 0.2, 0.19, 0.21), (2, 0.1, 0.09, 0.12)]),
    GrowthPlot.Series("steps", [(20, 0.5, 0.4, 0.6)]),
  ]

  @Test func thePowerIsThatOfTheLastStep() throws {
    #expect(abs(try #require(series[0].lastPower) - 1) < 1e-12)
    #expect(abs(try #require(series[1].lastPower) + 1) < 1e-12)
    #expect(series[2].lastPower == nil)
  }

  @Test func whatIsDrawnIsWhatWasMeasured() throws {
    let panels = try PictureReading(GrowthPlot(title: "Growth", series).chart()).panels
    for (panel, series) in zip(panels, series.dropLast()) {
      let values = series.values
      #expect(panel.x.isLogarithmic && panel.y.isLogarithmic)
      let line = try #require(panel.strong.first).points
      let band = try #require(panel.bands.first)
      #expect(line.count == values.count && band.count == 2 * values.count)
      for (index, value) in values.enumerated() {
        let below = band[band.count - 1 - index]
        #expect(panel.x.pixels(line[index].x, value.size) <= 0.2)
        for (drawn, seconds) in [(line[index], value.median), (band[index], value.highest), (below, value.lowest)] {
          #expect(panel.y.pixels(drawn.y, 1e3 * seconds) <= 0.2, "\(series.quantity) \(value.size): \(drawn)")
        }
      }
    }
  }

  @Test(arguments: [240, 360, 800, 1600])
  func nothingOverlapsAndAllIsDrawn(_ width: Int) {
    let chart = GrowthPlot(title: "Growth of an outer iteration · 2 threads", series).chart()
    #expect(chart.panels.map(\.x.label) == ["pairs", "threads", "steps"])
    #expect(chart.panels.allSatisfy { $0.x.scale == .logarithmic && $0.y.scale == .logarithmic })
    guard case .line(let points, _, _) = chart.panels[0].marks[1] else { return #expect(Bool(false), "no line") }
    #expect(points.map(\.x) == [1, 2, 8] && points.map(\.y) == [10, 20, 80])
    #expect(chart.notes.contains("From 2 to 8 pairs: as the power 1.0."))
    PictureCheck.check(chart, width: width, "growth")
  }
}
