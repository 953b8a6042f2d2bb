import Numerics

/// The plane that lies nearest to some points: through their mean, along the two directions in which they spread most.
struct PrincipalPlane {
  let plane: Plane
  /// Share of the points' variance along each direction.
  let shares: (first: Double, second: Double)

  /// The eigenvectors of X X', of points by points, since there are fewer points than parameters; X' times them, scaled to
  /// length 1, are those of X' X. By orthogonal iteration: some hundred products, and the same on every machine.
  init(of points: [Tensors]) throws(ExperimentError) {
    let (count, dimensions) = (points.count, points[0].values.count)
    var mean = [Double](repeating: 0, count: dimensions)
    for point in points { for i in 0..<dimensions { mean[i] += Double(point.values[i]) / Double(count) } }
    let rows = points.map { point in (0..<dimensions).map { Double(point.values[$0]) - mean[$0] } }
    let gram = rows.map { one in rows.map { Self.product(one, $0) } }
    let trace = (0..<count).reduce(0) { $0 + gram[$1][$1] }
    guard trace > 0, trace.isFinite else {
      throw ExperimentError(
        .usage, doing: "looking for the principal directions of paths", problem: "the paths have no finite spread",
        advice: "draw along random directions")
    }
    let (u, v) = Self.dominant(gram)
    func direction(_ weights: [Double]) -> [Double] {
      var sum = [Double](repeating: 0, count: dimensions)
      for (weight, row) in zip(weights, rows) { for i in 0..<dimensions { sum[i] += weight * row[i] } }
      return sum
    }
    func share(_ vector: [Double]) -> Double { Self.product(vector, gram.map { Self.product($0, vector) }) / trace }
    shares = (share(u), share(v))
    guard shares.second > 1e-12 else {
      throw ExperimentError(
        .usage, doing: "looking for the principal directions of paths", problem: "all paths lie on one line",
        advice: "draw along random directions, or add an optimizer")
    }
    plane = Plane(origin: mean, first: Self.normalised(direction(u)), second: Self.normalised(direction(v)))
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for i in x.indices { sum += x[i] * y[i] }
    return sum
  }

  private static func normalised(_ x: [Double]) -> [Double] {
    let norm = product(x, x).squareRoot()
    return norm > 0 ? x.map { $0 / norm } : x
  }

  /// The two eigenvectors of the greatest eigenvalues, the greater first.
  private static func dominant(_ matrix: [[Double]]) -> ([Double], [Double]) {
    func times(_ x: [Double]) -> [Double] { matrix.map { product($0, x) } }
    // Starts of all frequencies, so that none is orthogonal to what is sought but by chance.
    var u = normalised(matrix.indices.map { 1 + Double(($0 &* 7919) % 101) / 101 })
    var v = normalised(matrix.indices.map { $0 % 2 == 0 ? 1 : -0.5 + Double(($0 &* 104_729) % 103) / 103 })
    for _ in 0..<300 {
      let (nextU, image) = (normalised(times(u)), times(v))
      let overlap = product(nextU, image)
      (u, v) = (nextU, normalised(zip(image, nextU).map { $0 - overlap * $1 }))
    }
    return (u, v)
  }
}
