import Numerics
import RunSchema

/// A plane through the space of a task's parameters: an origin and two directions.
struct Plane: Sendable {
  let origin: [Double]
  let first: [Double]
  let second: [Double]

  /// The point that lies `a` times the first and `b` times the second direction from the origin.
  func point(_ a: Double, _ b: Double, _ layout: Layout) -> Tensors {
    Tensors(layout, values: origin.indices.map { Float(origin[$0] + a * first[$0] + b * second[$0]) })
  }

  /// Where on the plane the foot of a point's perpendicular lies.
  func coordinates(of point: Tensors) -> (a: Double, b: Double) {
    var (p, q, aa, ab, bb) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for i in origin.indices {
      let d = Double(point.values[i]) - origin[i]
      p += d * first[i]
      q += d * second[i]
      aa += first[i] * first[i]
      ab += first[i] * second[i]
      bb += second[i] * second[i]
    }
    let determinant = aa * bb - ab * ab
    return ((p * bb - q * ab) / determinant, (q * aa - p * ab) / determinant)
  }
}

extension Plane {
  /// The plane of two parameters themselves.
  static let ofTwoParameters = Plane(origin: [0, 0], first: [1, 0], second: [0, 1])

  /// Two drawn directions, each of whose filters has the norm that the origin's filter has (Li et al. 2018,
  /// arXiv 1712.09913, §4). A filter is what leads to one output: the last axis counts filters; a tensor of rank 0 or 1 is one.
  static func random(through centre: Tensors, seed: UInt64) throws(ExperimentError) -> Plane {
    // The evaluation's own key: no seed of a run meets it but by choice.
    let randomness = Randomness(key: Randomness(key: seed).seed(Address(.evaluation)))
    let directions = [0, 1].map { number in
      var drawn = Tensors(zeros: centre.layout)
      drawn.values.withUnsafeMutableBufferPointer {
        randomness.normals(Address(.perturbation, particle: number), into: $0)
      }
      var direction = drawn.values.map(Double.init)
      for slot in centre.layout.slots {
        let filters = slot.rank < 2 ? 1 : slot.shape[slot.rank - 1]
        for filter in 0..<filters {
          let places = stride(from: slot.offset + filter, to: slot.range.upperBound, by: filters)
          func norm(_ values: (Int) -> Double) -> Double {
            places.reduce(0) { $0 + values($1) * values($1) }.squareRoot()
          }
          let factor = norm { Double(centre.values[$0]) } / norm { direction[$0] }
          for place in places { direction[place] *= factor }
        }
      }
      return direction
    }
    guard directions.allSatisfy({ $0.contains { $0 != 0 } && $0.allSatisfy(\.isFinite) }) else {
      throw ExperimentError(
        .usage, doing: "drawing directions that are scaled to a task's parameters",
        problem: "the parameters at the end of the first path are 0 or no finite numbers",
        advice: "draw along principal directions")
    }
    return Plane(origin: centre.values.map(Double.init), first: directions[0], second: directions[1])
  }
}
