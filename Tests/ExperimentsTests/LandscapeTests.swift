import Experiments
import Testing

/// Optimizers on one task, and the surface that they move on.
@Suite struct Landscapes {
  private func race(
    _ task: String, count: Int = 1, steps: Int = 60,
    _ optimizers: [String] = ["sgd=0.1", "adam=0.05", "momentum=0.02"],
    threads: Int = 2
  ) throws -> InnerRace {
    InnerRace(
      on: try RaceTasks(task, seed: 3, count: count), steps: steps, learned: [],
      baselines: try optimizers.map { try BaselineChoice(parsing: $0) }, threads: threads)
  }

  /// The surface of a function of two parameters is the function, and its axes are the parameters: f = (x - y)^2 / 2.
  @Test func twoParametersAreTheirOwnAxes() throws {
    let map = try Landscape(of: try race("diagonal_valley", count: 5), seed: 0, resolution: 17)
    #expect(map.directions == .parameters && map.axes?.x == "w[0]" && map.axes?.y == "w[1]")
    #expect(map.columns == 17 && map.rows == 13 && map.values.count == 17 * 13)
    for row in 0..<13 {
      for column in 0..<17 {
        let x = map.x.lowerBound + (map.x.upperBound - map.x.lowerBound) * Double(column) / 16
        let y = map.y.lowerBound + (map.y.upperBound - map.y.lowerBound) * Double(row) / 12
        // Single precision: parameters to 2^-24 of their size, below 4.
        #expect(abs(map.values[row * 17 + column] - (x - y) * (x - y) / 2) < 1e-5)
      }
    }
    // Equal units along both axes.
    let (width, height) = (map.x.upperBound - map.x.lowerBound, map.y.upperBound - map.y.lowerBound)
    #expect(abs(width / height - 4 / 3.0) < 1e-12)
  }

  /// Who follows the gradient alone keeps x + y (spec §9.4) and ends on the diagonal.
  @Test func handDesignedOptimizersEndAtTheNearestPointOfTheDiagonal() throws {
    let map = try Landscape(of: try race("diagonal_valley", count: 4, steps: 400), seed: 0, resolution: 5)
    #expect(map.paths.count == 3 && map.paths.allSatisfy { $0.count == 4 })
    for path in map.paths.joined() {
      #expect(path.points.count == 401)
      let (start, end) = (path.points[0], path.points[400])
      #expect(abs(start.x + start.y - end.x - end.y) < 1e-4, "\(path.optimizer)")
      #expect(abs(end.x - end.y) < 0.05, "\(path.optimizer): \(end)")
    }
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    for along in [Landscape.Directions.principal, .random] {
      let maps = try [1, 2].map {
        try Landscape(of: try race("quadratic", threads: $0), along: along, seed: 5, resolution: 9)
      }
      #expect(maps[0].values.map(\.bitPattern) == maps[1].values.map(\.bitPattern))
      #expect(maps[0].x == maps[1].x && maps[0].y == maps[1].y)
    }
    #expect(
      try race("quadratic", threads: 1).entries.map(\.curves) == race("quadratic", threads: 2).entries.map(\.curves))
  }

  /// Paths in a space of two dimensions lie in the plane wholly, and the plane's loss is theirs.
  @Test func principalDirectionsOfPathsInAPlaneHoldAllOfThem() throws {
    let map = try Landscape(
      of: try race("rosenbrock", ["sgd=0.001", "adam=0.1"]), along: .principal, seed: 0, resolution: 5)
    let shares = try #require(map.shares)
    #expect(abs(shares.first + shares.second - 1) < 1e-9 && shares.first >= shares.second)
    // Distances between points of a path are those between the parameters: turned, not stretched.
    let plain = try Landscape(
      of: try race("rosenbrock", ["sgd=0.001", "adam=0.1"]), along: .parameters, seed: 0, resolution: 5)
    for (turned, straight) in zip(map.paths.joined(), plain.paths.joined()) {
      func length(_ path: Landscape.Path) -> Double {
        let (a, b) = (path.points[0], path.points[path.points.count - 1])
        return ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
      }
      #expect(abs(length(turned) - length(straight)) < 1e-9 * (1 + length(straight)))
    }
  }

  /// The first path ends where random directions begin, and the loss there is its loss.
  @Test func randomDirectionsBeginAtTheEndOfTheFirstPath() throws {
    let map = try Landscape(of: try race("quadratic", ["sgd=0.01"]), along: .random, seed: 1, resolution: 5)
    let end = try #require(map.paths[0][0].points.last)
    #expect(end.x == 0 && end.y == 0)
    let other = try Landscape(of: try race("quadratic", ["sgd=0.01"]), along: .random, seed: 2, resolution: 5)
    #expect(other.values != map.values)
  }

  @Test func theBestRateOfTheGridIsChosen() throws {
    let tuned = try race("quadratic", count: 4, ["adam"]).entries[0]
    let rates = try Baseline.learningRates.map { try race("quadratic", count: 4, ["adam=\($0)"]).entries[0] }
    #expect(tuned.mean == rates.map(\.mean).min())
    #expect(rates.contains { $0.contestant.name == tuned.contestant.name && $0.curves == tuned.curves })
    #expect(tuned.curves.allSatisfy { $0.count == 61 && $0[0] == 1 })
  }

  @Test func whatCannotBeDrawnIsSaid() throws {
    #expect(throws: ExperimentError.self) { try BaselineChoice(parsing: "adamm") }
    #expect(throws: ExperimentError.self) { try BaselineChoice(parsing: "adam=0") }
    #expect(throws: ExperimentError.self) { try RaceTasks("rosenbrok", seed: 0, count: 1) }
    #expect(throws: ExperimentError.self) { try Landscape(of: try race("quadratic", count: 2), seed: 0) }
    #expect(throws: ExperimentError.self) { try Landscape(of: try race("quadratic"), along: .parameters, seed: 0) }
    // One start along the gradient of a valley is a straight line.
    #expect(throws: ExperimentError.self) {
      try Landscape(of: try race("diagonal_valley", ["sgd=0.1"]), along: .principal, seed: 0)
    }
  }
}
