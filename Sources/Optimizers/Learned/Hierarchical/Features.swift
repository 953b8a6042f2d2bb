internal import Numerics

/// The first pass over a tensor: accumulators move, and what both networks want to know of the tensor is measured.

/// Where one tensor's numbers lie during an update.
struct TensorPlaces {
  let count: Int
  let parameters: UnsafeMutablePointer<Float>
  let gradient: UnsafePointer<Float>
  /// [decays][count]
  let momenta: UnsafeMutablePointer<Float>
  /// [decays][count]
  let secondMoments: UnsafeMutablePointer<Float>
  /// The gradient after the clip.
  let clipped: UnsafeMutablePointer<Float>
  /// log(|w| + 1e-8)
  let logWeights: UnsafeMutablePointer<Float>
  /// [decays][count], (q + 1e-6)^(-1/2)
  let roots: UnsafeMutablePointer<Float>
  /// The parameters some steps ago, if they are a feature.
  let older: UnsafeMutablePointer<Float>?
}

/// What is measured of a tensor: each is one number.
struct TensorMeasures {
  var meanSquareGradient: Float = 0
  var gradientNorm: Float = 0
  var weightNorm: Float = 0
  var meanWeight: Float = 0
  var meanMomentum: Float = 0
  var meanSecondMoment: Float = 0
  var weightVariance: Float = 0
  var momentumVariance: Float = 0
  var secondMomentVariance: Float = 0
}

/// Sums in eight lanes: lane i takes elements i, i + 8, i + 16, … in this order; `Vector.laneSum` ends them.
struct Features {
  let decays: [Float]

  /// Elements from which on threads share the decays: some ten microseconds a decay.
  private static let sharedLength = 8192

  /// Clips the gradient, moves the accumulators (spec §1.1.4, §1.1.5) and measures. `meanSquares` gets the mean square of each
  /// column of the per-parameter network's inputs, in the order g, w, log|w|, m, q, m (q + 1e-6)^(-1/2), (q + 1e-6)^(-1/2), older w.
  func accumulate(
    _ t: TensorPlaces, clip: Float, meanSquares: UnsafeMutablePointer<Float>, in workspace: Workspace
  ) -> TensorMeasures {
    let count = Float(t.count)
    let all = Float(t.count * decays.count)
    var measures = TensorMeasures()
    measureElements(t, clip: clip, meanSquares, &measures)
    workspace.withFloats(2 * decays.count) { sums in
      workspace.share(0..<decays.count, grain: t.count < Self.sharedLength ? decays.count : 1) { part, _ in
        for j in part { (sums[2 * j], sums[2 * j + 1]) = moveAccumulators(t, decay: j, meanSquares + 3 + j) }
      }
      var (momentumSum, secondMomentSum): (Float, Float) = (0, 0)
      for j in 0..<decays.count {
        momentumSum += sums[2 * j]
        secondMomentSum += sums[2 * j + 1]
      }
      measures.meanMomentum = momentumSum / all
      measures.meanSecondMoment = secondMomentSum / all
    }
    measures.weightVariance = squaredDeviations(t.parameters, t.count, from: measures.meanWeight) / count
    let deviations = squaredDeviations(
      (t.momenta, measures.meanMomentum), (t.secondMoments, measures.meanSecondMoment), t.count * decays.count)
    measures.momentumVariance = deviations.0 / all
    measures.secondMomentVariance = deviations.1 / all
    if let older = t.older {
      meanSquares[3 + 4 * decays.count] = squaredDeviations(older, t.count, from: 0) / count
    }
    return measures
  }

  /// Gradient and parameters.
  private func measureElements(
    _ t: TensorPlaces, clip: Float, _ meanSquares: UnsafeMutablePointer<Float>, _ measures: inout TensorMeasures
  ) {
    let count = Float(t.count)
    let tiny = Vector(repeating: 1e-8)
    var gg = Vector.zero
    var sum = Vector.zero
    var ww = Vector.zero
    var ll = Vector.zero
    Lanes.forEach(t.count) { i, lanes in
      let g = lanes.load(t.gradient + i).clamped(-clip, clip)
      lanes.store(g, to: t.clipped + i)
      gg = fma(g, g, gg)
      let w = lanes.load(t.parameters + i)
      sum += w
      ww = fma(w, w, ww)
      let l = lanes.keeping(Elementary.log(w.absolute + tiny))
      lanes.store(l, to: t.logWeights + i)
      ll = fma(l, l, ll)
    }
    measures.meanSquareGradient = gg.laneSum / count
    measures.gradientNorm = gg.laneSum.squareRoot()
    measures.weightNorm = ww.laneSum.squareRoot()
    measures.meanWeight = sum.laneSum / count
    meanSquares[0] = measures.meanSquareGradient
    meanSquares[1] = ww.laneSum / count
    meanSquares[2] = ll.laneSum / count
  }

  /// m <- b m + (1 - b) g, q <- b q + (1 - b) g^2 for one decay b; returns the sums of both. The mean squares of m, q,
  /// m (q + 1e-6)^(-1/2) and (q + 1e-6)^(-1/2) go to `meanSquares`, each as many places behind the last as there are decays.
  private func moveAccumulators(
    _ t: TensorPlaces, decay j: Int, _ meanSquares: UnsafeMutablePointer<Float>
  ) -> (m: Float, q: Float) {
    let decay = Vector(repeating: decays[j])
    let rest = Vector(repeating: 1 - decays[j])
    let one = Vector(repeating: 1)
    let tiny = Vector(repeating: 1e-6)
    let momenta = t.momenta + j * t.count
    let secondMoments = t.secondMoments + j * t.count
    let roots = t.roots + j * t.count
    var sums = (
      m: Vector.zero, q: Vector.zero, mm: Vector.zero, qq: Vector.zero, scaled: Vector.zero, roots: Vector.zero
    )
    Lanes.forEach(t.count) { i, lanes in
      let g = lanes.load(t.clipped + i)
      let m = fma(decay, lanes.load(momenta + i), rest * g)
      let q = fma(decay, lanes.load(secondMoments + i), rest * (g * g))
      let r = lanes.keeping(one / (q + tiny).root)
      lanes.store(m, to: momenta + i)
      lanes.store(q, to: secondMoments + i)
      lanes.store(r, to: roots + i)
      let scaled = m * r
      sums.m += m
      sums.q += q
      sums.mm = fma(m, m, sums.mm)
      sums.qq = fma(q, q, sums.qq)
      sums.scaled = fma(scaled, scaled, sums.scaled)
      sums.roots = fma(r, r, sums.roots)
    }
    let count = Float(t.count)
    meanSquares[0] = sums.mm.laneSum / count
    meanSquares[decays.count] = sums.qq.laneSum / count
    meanSquares[2 * decays.count] = sums.scaled.laneSum / count
    meanSquares[3 * decays.count] = sums.roots.laneSum / count
    return (sums.m.laneSum, sums.q.laneSum)
  }

  /// Both sums in one pass: a chain of additions alone would wait for itself.
  private func squaredDeviations(
    _ x: (values: UnsafeMutablePointer<Float>, mean: Float), _ y: (values: UnsafeMutablePointer<Float>, mean: Float),
    _ count: Int
  ) -> (Float, Float) {
    let (xMean, yMean) = (Vector(repeating: x.mean), Vector(repeating: y.mean))
    var (xSum, ySum) = (Vector.zero, Vector.zero)
    Lanes.forEach(count) { i, lanes in
      let xDeviation = lanes.keeping(lanes.load(x.values + i) - xMean)
      let yDeviation = lanes.keeping(lanes.load(y.values + i) - yMean)
      xSum = fma(xDeviation, xDeviation, xSum)
      ySum = fma(yDeviation, yDeviation, ySum)
    }
    return (xSum.laneSum, ySum.laneSum)
  }

  private func squaredDeviations(_ x: UnsafePointer<Float>, _ count: Int, from mean: Float) -> Float {
    let mean = Vector(repeating: mean)
    var sum = Vector.zero
    Lanes.forEach(count) { i, lanes in
      let deviation = lanes.keeping(lanes.load(x + i) - mean)
      sum = fma(deviation, deviation, sum)
    }
    return sum.laneSum
  }
}

/// A tensor's own inputs of the LSTM (spec §1.1.6, rows 3 to 20).
struct LSTMFeatures: Sendable {
  /// 1 for a scalar, else -1.
  let isScalar: Float
  /// log(length) - 1 of the first four axes, those beyond the fourth multiplied into it; an absent axis has length 1.
  let shape: [Float]

  init(shape: [Int]) {
    isScalar = shape.isEmpty ? 1 : -1
    let lengths = (0..<4).map { axis in
      axis < 3 ? (axis < shape.count ? shape[axis] : 1) : shape.dropFirst(3).reduce(1, *)
    }
    self.shape = lengths.map { Elementary.log(Float($0)) - 1 }
  }

  /// Writes the 18 numbers, and returns log(|w| + 1e-8) of the whole tensor, which the per-parameter network sees.
  func write(
    _ t: TensorMeasures, trainingLoss: Float, validationLoss: Float, to x: UnsafeMutablePointer<Float>
  ) -> Float {
    let values = Vector(
      t.gradientNorm, t.meanMomentum, t.meanSecondMoment, t.meanWeight, t.weightNorm, t.momentumVariance,
      t.secondMomentVariance, t.weightVariance)
    let logs = Elementary.log(values.absolute + Vector(repeating: 1e-8))
    let cut = logs.clamped(-5, 5)
    x[0] = cut[0]
    x[1] = isScalar
    x[2] = cut[1]
    x[3] = sign(t.meanMomentum)
    x[4] = cut[2]
    x[5] = sign(t.meanSecondMoment)
    x[6] = cut[3]
    x[7] = sign(t.meanWeight)
    x[8] = cut[4]
    for axis in 0..<4 { x[9 + axis] = shape[axis] }
    x[13] = trainingLoss
    x[14] = validationLoss
    x[15] = cut[5]
    x[16] = cut[6]
    x[17] = cut[7]
    return logs[4]
  }

  /// 1, -1, or 0 for 0; a NaN stays.
  private func sign(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : x }
}
