package import Numerics

/// The sums of perturbations that particles keep, and the gradient that follows from them and the recorded differences.
///
/// `step` uses it, and so does whoever rebuilds theta's history from records: one definition for both.
package struct PerturbationHistory {
  package let accumulates: Bool

  /// One a particle; nil where no task has been perturbed yet, or where nothing accumulates.
  package private(set) var accumulators: [Tensors?]

  package init(accumulates: Bool, accumulators: [Tensors?]) {
    self.accumulates = accumulates
    self.accumulators = accumulators
  }

  /// The mean over pairs of (before · ξ + after · ε) / (2σ²), with ξ ← ξ + ε first and ξ ← ε after a reset (spec §3.6).
  ///
  /// Here ε is the whole perturbation, sigma times a standard normal. Where nothing accumulates ξ is ε: spec §3.2.
  package mutating func gradient(of pairs: [PairRecord], sigma: Float, layout: Layout) -> Tensors {
    gradient(
      of: pairs.map(\.difference), scale: Self.scale(sigma: sigma, pairs: pairs.count), layout: layout, in: Workspace()
    ) { pair in Perturbation(seed: pairs[pair].seed, sigma: sigma).values(count: layout.count) }.gradient
  }

  /// 1 / (2σ² pairs), which makes the sum over pairs the gradient.
  static func scale(sigma: Float, pairs: Int) -> Double { 1 / (2 * Double(sigma) * Double(sigma) * Double(pairs)) }

  /// The sum over pairs of scale · (before · ξ + after · ε), its Euclidean norm, and what becomes of each ξ; `perturbation`
  /// gives the ε of a pair by its index.
  ///
  /// Each element takes its products in the order of pairs, and the norm its squares in the order of elements, in double,
  /// whoever computes them.
  package mutating func gradient(
    of differences: [PairDifference], scale: Double, layout: Layout, in workspace: Workspace,
    along perturbation: (Int) -> [Float]
  ) -> (gradient: Tensors, norm: Double) {
    let pulls = differences.indices.map { pair in
      Pull(
        difference: differences[pair], scale: scale, perturbation: perturbation(pair),
        accumulator: accumulators[pair]?.values)
    }
    var norm = 0.0
    let sums = accumulates ? differences.filter { !$0.reset }.count : 0
    var arrays = Self.arrays(sums + 1, of: layout.count) { places in
      norm = add(pulls, count: layout.count, to: places[sums], keeping: places.dropLast(), in: workspace)
    }
    let gradient = Tensors(layout, values: arrays.removeLast())
    if accumulates {
      var kept = arrays.makeIterator()
      accumulators = pulls.map { Tensors(layout, values: $0.difference.reset ? $0.perturbation : kept.next()!) }
    }
    return (gradient, norm)
  }

  /// Arrays of the same size, side by side, all of which `write` gives their values.
  private static func arrays(
    _ count: Int, of size: Int, written: [UnsafeMutablePointer<Float>] = [],
    by write: ([UnsafeMutablePointer<Float>]) -> Void
  ) -> [[Float]] {
    guard written.count < count else {
      write(written)
      return []
    }
    var others: [[Float]] = []
    let first = [Float](unsafeUninitializedCapacity: size) { buffer, initialized in
      others = arrays(count, of: size, written: written + [buffer.baseAddress!], by: write)
      initialized = size
    }
    return [first] + others
  }

  /// Elements that are summed over all pairs before the next ones: they stay in the first cache.
  private static let sliceCount = 4096

  /// Writes the sum of all pulls, and the ξ that go on, of the pairs without a reset in their order. Returns the sum's norm.
  private func add(
    _ pulls: [Pull], count: Int, to gradient: UnsafeMutablePointer<Float>,
    keeping sums: ArraySlice<UnsafeMutablePointer<Float>>, in workspace: Workspace
  ) -> Double {
    var places = sums.makeIterator()
    let kept = pulls.map { accumulates && !$0.difference.reset ? places.next() : nil }
    var squares = 0.0
    let turns = Turns(from: 0)
    workspace.share(0..<count, grain: Self.sliceCount) { elements, _ in
      for first in stride(from: elements.lowerBound, to: elements.upperBound, by: Self.sliceCount) {
        let slice = first..<min(first + Self.sliceCount, elements.upperBound)
        (gradient + first).initialize(repeating: 0, count: slice.count)
        for (pull, kept) in zip(pulls, kept) {
          if accumulates { pull.add(slice, to: gradient, keeping: kept) } else { pull.add(slice, to: gradient) }
        }
        turns.take(slice) {
          for i in slice { squares += Double(gradient[i]) * Double(gradient[i]) }
        }
      }
    }
    return squares.squareRoot()
  }
}

/// What one pair pulls theta along, and how far.
private struct Pull {
  let difference: PairDifference
  let scale: Double
  /// ε.
  let perturbation: [Float]
  /// ξ before ε came to it; nil is 0.
  let accumulator: [Float]?

  /// gradient += (before + after) · ε, each element rounded once.
  func add(_ elements: Range<Int>, to gradient: UnsafeMutablePointer<Float>) {
    let factor = Vector(repeating: Float((difference.beforeReset + difference.afterReset) * scale))
    perturbation.withUnsafeBufferPointer { perturbation in
      guard let perturbation = perturbation.baseAddress else { return }
      Lanes.forEach(elements) { i, lanes in
        lanes.store(fma(factor, lanes.load(perturbation + i), lanes.load(gradient + i)), to: gradient + i)
      }
    }
  }

  /// gradient += before · (ξ + ε), then += after · ε, each element rounded once; ξ + ε goes to `sum` where it is kept.
  func add(_ elements: Range<Int>, to gradient: UnsafeMutablePointer<Float>, keeping sum: UnsafeMutablePointer<Float>?)
  {
    let before = Vector(repeating: Float(difference.beforeReset * scale))
    let after = Vector(repeating: Float(difference.afterReset * scale))
    withPointers { perturbation, accumulator in
      Lanes.forEach(elements) { i, lanes in
        let epsilon = lanes.load(perturbation + i)
        // 0 + ε: as from a sum of nothing, -0 becomes 0.
        let xi = (accumulator.map { lanes.load($0 + i) } ?? Vector.zero) + epsilon
        if let sum { lanes.store(xi, to: sum + i) }
        lanes.store(fma(after, epsilon, fma(before, xi, lanes.load(gradient + i))), to: gradient + i)
      }
    }
  }

  private func withPointers(_ body: (UnsafePointer<Float>, UnsafePointer<Float>?) -> Void) {
    perturbation.withUnsafeBufferPointer { perturbation in
      guard let perturbation = perturbation.baseAddress else { return }
      guard let accumulator else { return body(perturbation, nil) }
      accumulator.withUnsafeBufferPointer { body(perturbation, $0.baseAddress) }
    }
  }
}
