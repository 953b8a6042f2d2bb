import Numerics
import Tasks

/// The loss of a task over a plane through its parameters, and the ways that optimizers took, as seen on it.
package struct Landscape: Sendable {
  package enum Directions: String, CaseIterable, Sendable {
    /// The two parameters of a task that has no more.
    case parameters
    /// Those in which the paths spread most.
    case principal
    /// Drawn ones, scaled filter by filter.
    case random
  }

  package struct Path: Sendable {
    package let optimizer: String
    package let seed: UInt64
    package let points: [(x: Double, y: Double)]
  }

  package let directions: Directions
  /// For principal directions: share of the paths' variance along each.
  package let shares: (first: Double, second: Double)?
  /// What x and y are where they are parameters: "w[0]", "w[1]".
  package let axes: (x: String, y: String)?
  package let x: ClosedRange<Double>
  package let y: ClosedRange<Double>
  package let columns: Int
  package let rows: Int
  /// The loss over the first training batches: row by row, the lowest y first, from edge to edge.
  package let values: [Double]
  package let batches: Int
  /// By entry of the race, then by task.
  package let paths: [[Path]]

  /// So many columns stand to so many rows as the picture's width to its height.
  package static let aspect = (columns: 4, rows: 3)
  private static let batches = 4
  /// So many points of a path say where the directions lie.
  private static let pointsPerPath = 50

  /// - Parameters:
  ///   - along: nil for the parameters of a task of two, else principal directions.
  ///   - resolution: columns of the grid.
  package init(
    of race: InnerRace, along: Directions? = nil, seed: UInt64, resolution: Int = 81
  ) throws(ExperimentError) {
    let layout = race.tasks.tasks[0].parameters
    let directions = along ?? (layout.count == 2 ? .parameters : .principal)
    guard race.tasks.tasks.count == 1 || race.tasks.areStartsOfOne else {
      throw ExperimentError(
        .usage, doing: "drawing the loss surface of \(race.tasks.name)",
        problem: "each draw of it has a surface of its own", advice: "give --draws 1")
    }
    guard directions != .parameters || layout.count == 2 else {
      throw ExperimentError(
        .usage, doing: "drawing the loss surface of \(race.tasks.name)",
        problem: "it has \(layout.count) parameters, not two", advice: "give --along principal or random")
    }
    let paths = race.paths()
    var shares: (first: Double, second: Double)?
    let plane: Plane
    switch directions {
    case .parameters: plane = .ofTwoParameters
    case .random: plane = try .random(through: paths[0][0].points.last!, seed: seed)
    case .principal:
      let principal = try PrincipalPlane(of: paths.joined().flatMap { Self.thinned($0.sound) })
      plane = principal.plane
      shares = principal.shares
    }
    self.directions = directions
    self.shares = shares
    axes = directions == .parameters ? Self.axes(layout) : nil
    let window = Window(
      around: paths.joined().flatMap { $0.sound.map { plane.coordinates(of: $0) } }, for: directions)
    (x, y, columns, batches) = (window.x, window.y, resolution, Self.batches)
    rows = (resolution - 1) * Self.aspect.rows / Self.aspect.columns + 1
    self.paths = zip(race.entries, paths).map { entry, ofTasks in
      zip(race.tasks.seeds, ofTasks).map { seed, path in
        Path(
          optimizer: entry.contestant.name, seed: seed,
          points: path.points.filter { $0.values.allSatisfy(\.isFinite) }.map { plane.coordinates(of: $0) }
            .map { (x: $0.a, y: $0.b) })
      }
    }
    var points: [Tensors] = []
    for row in 0..<rows {
      for column in 0..<columns {
        points.append(
          plane.point(
            window.x.at(Double(column) / Double(columns - 1)), window.y.at(Double(row) / Double(rows - 1)), layout))
      }
    }
    values = race.losses(at: points, batches: Self.batches)
  }

  private static func thinned(_ points: [Tensors]) -> [Tensors] {
    let step = max(1, points.count / pointsPerPath)
    return points.indices.filter { $0 % step == 0 || $0 == points.count - 1 }.map { points[$0] }
  }

  private static func axes(_ layout: Layout) -> (String, String) {
    let names = layout.slots.flatMap { slot in
      slot.count == 1 ? [slot.name] : (0..<slot.count).map { "\(slot.name)[\($0)]" }
    }
    return (names[0], names[1])
  }
}

extension InnerRace.Path {
  /// The points before the path, if ever, leaves all reason: finite, and with no more than twice the first loss.
  var sound: [Tensors] {
    let bound = losses[0] + losses[0].magnitude
    let end = losses.firstIndex { !($0 <= bound) } ?? points.count
    return points.prefix(max(end, 1)).filter { $0.values.allSatisfy(\.isFinite) }
  }
}

/// The part of a plane that is drawn.
private struct Window {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>

  /// All points with some air. Where units along x and y mean the same they are equally long; else neither side of the
  /// points is drawn more than three times as large as the other.
  init(around points: [(a: Double, b: Double)], for directions: Landscape.Directions) {
    var (x, y) = (Self.range(points.map(\.a)), Self.range(points.map(\.b)))
    if directions == .random {
      // The directions are as long as the parameters: their own length says how far to look.
      x = Self.joined(x, -1...1)
      y = Self.joined(y, -1...1)
    }
    let (air, aspect) = (1.16, Double(Landscape.aspect.columns) / Double(Landscape.aspect.rows))
    let (width, height) = (x.width * air, y.width * air)
    let slack = directions == .principal ? 3.0 : 1
    let wide = max(width, height * aspect / slack)
    self.x = Self.centred(x, wide > 0 ? wide : 1)
    self.y = Self.centred(y, max(height, (wide > 0 ? wide : 1) / aspect / slack))
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    (values.min() ?? 0)...(values.max() ?? 0)
  }

  private static func joined(_ one: ClosedRange<Double>, _ other: ClosedRange<Double>) -> ClosedRange<Double> {
    min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
  }

  private static func centred(_ range: ClosedRange<Double>, _ width: Double) -> ClosedRange<Double> {
    let middle = (range.lowerBound + range.upperBound) / 2
    return middle - width / 2...middle + width / 2
  }
}

extension ClosedRange<Double> {
  fileprivate var width: Double { upperBound - lowerBound }

  /// The place that divides the range at a share.
  fileprivate func at(_ share: Double) -> Double { lowerBound * (1 - share) + upperBound * share }
}
