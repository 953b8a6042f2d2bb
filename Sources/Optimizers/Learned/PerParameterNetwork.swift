internal import Numerics

/// The small network that gives each element of a tensor its step: inputs -> hidden -> hidden -> direction, magnitude and,
/// for the hierarchical optimizer, feedback. ReLU after both hidden layers (spec §1.1.9, §1.2, §1.3).
///
/// Only the first `columns` inputs differ between the elements of a tensor. The others, and the scales that normalise the
/// columns, are folded into the first layer once a tensor; the feedback outputs are only ever averaged, and a mean commutes
/// with a linear layer, so that what is summed over the elements is the second hidden layer. The bits of this folded form
/// are the definition; `reference` in the tests is the formula as written.
struct PerParameterNetwork: Sendable {
  /// How many elements a call of `apply` takes: two vectors.
  static let blockWidth = 16

  /// The number of inputs that differ from element to element.
  let columns: Int
  /// The number of inputs that are the same for all elements of a tensor.
  let constants: Int
  /// The number of hidden units, rounded up to a multiple of four; units beyond the given ones have weights 0.
  let hidden: Int
  /// The number of outputs behind direction and magnitude.
  let feedback: Int

  /// All weights in the order in which the loops read them: see `init`.
  let packed: [Float]
  let constantWeights: Int
  let firstBias: Int
  private let secondWeights: Int
  private let secondBias: Int
  private let outputWeights: Int
  private let outputBias: Int
  let feedbackWeights: Int
  let feedbackBias: Int

  /// The network whose weights theta has under "network/0/w" ((columns + constants) x units), "network/0/b", "network/1/w", …
  init(theta: Tensors, columns: Int, constants: Int, units: Int, feedback: Int) {
    let hidden = (units + 3) / 4 * 4
    self.columns = columns
    self.constants = constants
    self.hidden = hidden
    self.feedback = feedback
    let first = Matrix(theta, "network/0/w")
    let second = Matrix(theta, "network/1/w")
    let last = Matrix(theta, "network/2/w")
    let bias = (0..<3).map { Matrix(theta, "network/\($0)/b") }

    // Layer 1 by groups of four units, not yet scaled: [hidden / 4][columns][4].
    constantWeights = hidden * columns  // [constants][hidden]
    firstBias = constantWeights + constants * hidden  // [hidden]
    secondWeights = firstBias + hidden  // [hidden / 4][hidden][4]
    secondBias = secondWeights + hidden * hidden  // [hidden]
    outputWeights = secondBias + hidden  // [hidden][2]
    outputBias = outputWeights + 2 * hidden  // [2]
    feedbackWeights = outputBias + 2  // [hidden][feedback]
    feedbackBias = feedbackWeights + hidden * feedback  // [feedback]
    let count = feedbackBias + feedback
    packed = [Float](unsafeUninitializedCapacity: count) { packed, initialized in
      var place = packed.baseAddress!
      first.copyGroups(rows: 0..<columns, groups: hidden / 4, to: &place)
      first.copy(rows: columns..<columns + constants, columns: 0..<hidden, to: &place)
      bias[0].copy(rows: 0..<1, columns: 0..<hidden, to: &place)
      second.copyGroups(rows: 0..<hidden, groups: hidden / 4, to: &place)
      bias[1].copy(rows: 0..<1, columns: 0..<hidden, to: &place)
      last.copy(rows: 0..<hidden, columns: 0..<2, to: &place)
      bias[2].copy(rows: 0..<1, columns: 0..<2, to: &place)
      last.copy(rows: 0..<hidden, columns: 2..<2 + feedback, to: &place)
      bias[2].copy(rows: 0..<1, columns: 2..<2 + feedback, to: &place)
      initialized = place - packed.baseAddress!
      precondition(initialized == count, "\(initialized) weights packed of \(count)")
    }
  }

  /// The floats that `Scratch` needs.
  var scratchCount: Int { partCount + hidden * (8 + columns + 1) }

  /// Those of them that each thread has for itself where several work on a tensor.
  var partCount: Int { (hidden + 2 * columns) * Self.blockWidth }

  /// The places of one tensor's folded first layer and of the hidden values, within memory of `scratchCount` floats.
  struct Scratch {
    /// [hidden], the first layer's bias with the constants folded in.
    let bias: UnsafeMutablePointer<Float>
    /// [hidden / 4][columns][4], the first layer's weights with the columns' scales folded in.
    let weights: UnsafeMutablePointer<Float>
    /// [hidden][16], the first hidden layer of a block.
    private(set) var values: UnsafeMutablePointer<Float>
    /// [columns][16], room for the inputs of a block.
    private(set) var block: UnsafeMutablePointer<Float>
    /// The same for the block behind it.
    private(set) var nextBlock: UnsafeMutablePointer<Float>
    /// [hidden][8], the sums of the second hidden layer over the elements, a lane for every eighth element.
    let sums: UnsafeMutablePointer<Float>

    init(_ memory: UnsafeMutablePointer<Float>, of network: PerParameterNetwork) {
      values = memory
      block = values + network.hidden * PerParameterNetwork.blockWidth
      nextBlock = block + network.columns * PerParameterNetwork.blockWidth
      sums = memory + network.partCount
      weights = sums + network.hidden * 8
      bias = weights + network.hidden * network.columns
    }

    /// The same with a part of its own, in memory of `partCount` floats.
    func withPart(_ memory: UnsafeMutablePointer<Float>) -> Scratch {
      var scratch = self
      scratch.values = memory
      scratch.block = memory + (block - values)
      scratch.nextBlock = memory + (nextBlock - values)
      return scratch
    }
  }

  /// Direction and magnitude of the 16 elements whose inputs are `block`, [columns][16].
  func apply(_ scratch: Scratch, to block: UnsafePointer<Float>) -> Outputs {
    apply(scratch, to: block, count: Self.blockWidth, Nobody())
  }

  /// The same, and adds the second hidden layer of the first `count` elements to the sums.
  func applySumming(_ scratch: Scratch, to block: UnsafePointer<Float>, count: Int) -> Outputs {
    apply(scratch, to: block, count: count, Summing(sums: scratch.sums))
  }

  /// The same, but writes the second hidden layer to `kept`, [hidden][16], for `add`; 0 behind the first `count` elements.
  func applyKeeping(
    _ scratch: Scratch, to block: UnsafePointer<Float>, count: Int, in kept: UnsafeMutablePointer<Float>
  ) -> Outputs {
    apply(scratch, to: block, count: count, Keeping(kept: kept))
  }

  /// Adds the second hidden layer of a block to the sums, as `applySumming` does.
  func add(_ kept: UnsafePointer<Float>, to scratch: Scratch) {
    for unit in 0..<hidden {
      let (low, high) = (Vector(from: kept + 16 * unit), Vector(from: kept + 16 * unit + 8))
      (Vector(from: scratch.sums + 8 * unit) + low + high).store(to: scratch.sums + 8 * unit)
    }
  }

  /// Direction and magnitude of a block of which `count` elements are there; the taker gets the second hidden layer, 0 where no
  /// element is.
  @inline(__always)
  private func apply(
    _ scratch: Scratch, to block: UnsafePointer<Float>, count: Int, _ taker: some LayerTaker
  ) -> Outputs {
    packed.withUnsafeBufferPointer { packed in
      let base = packed.baseAddress!
      firstLayer(scratch, block)
      var outputs = initialOutputs(base)
      if count == Self.blockWidth {
        for unit in stride(from: 0, to: hidden, by: 4) {
          let tile = secondLayer(scratch, base, unit)
          tile.add(to: &outputs, weights: base + outputWeights + 2 * unit)
          taker.take(tile, unit)
        }
      } else {
        for unit in stride(from: 0, to: hidden, by: 4) {
          let tile = secondLayer(scratch, base, unit)
          tile.add(to: &outputs, weights: base + outputWeights + 2 * unit)
          taker.take(tile.keeping(Lanes(count), Lanes(count - 8)), unit)
        }
      }
      return outputs
    }
  }

  @inline(__always)
  private func firstLayer(_ scratch: Scratch, _ block: UnsafePointer<Float>) {
    for unit in stride(from: 0, to: hidden, by: 4) {
      let tile = Tile(
        inputs: block, count: columns, weights: scratch.weights + unit * columns, bias: scratch.bias + unit)
      tile.store(to: scratch.values + 16 * unit)
    }
  }

  @inline(__always)
  private func secondLayer(_ scratch: Scratch, _ base: UnsafePointer<Float>, _ unit: Int) -> Tile {
    Tile(
      inputs: scratch.values, count: hidden, weights: base + secondWeights + unit * hidden,
      bias: base + secondBias + unit)
  }

  @inline(__always)
  private func initialOutputs(_ base: UnsafePointer<Float>) -> Outputs {
    let direction = Vector(repeating: base[outputBias])
    let magnitude = Vector(repeating: base[outputBias + 1])
    return Outputs(direction: (direction, direction), magnitude: (magnitude, magnitude))
  }
}

/// What becomes of the second hidden layer of a block; it gets four units at a time, the first of which is number `unit`.
private protocol LayerTaker {
  func take(_ tile: Tile, _ unit: Int)
}

private struct Nobody: LayerTaker {
  @inline(__always)
  func take(_ tile: Tile, _ unit: Int) {}
}

private struct Summing: LayerTaker {
  let sums: UnsafeMutablePointer<Float>

  @inline(__always)
  func take(_ tile: Tile, _ unit: Int) { tile.add(to: sums + 8 * unit) }
}

private struct Keeping: LayerTaker {
  let kept: UnsafeMutablePointer<Float>

  @inline(__always)
  func take(_ tile: Tile, _ unit: Int) { tile.store(to: kept + 16 * unit) }
}

/// Four hidden units of 16 elements, after the ReLU: eight vectors that stay in registers.
private struct Tile {
  var a0, a1, b0, b1, c0, c1, d0, d1: Vector

  /// max(0, bias + sum over the inputs of weight * input): inputs [count][16], weights [count][4]. A NaN stays.
  @inline(__always)
  init(inputs: UnsafePointer<Float>, count: Int, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
    a0 = Vector(repeating: bias[0])
    b0 = Vector(repeating: bias[1])
    c0 = Vector(repeating: bias[2])
    d0 = Vector(repeating: bias[3])
    (a1, b1, c1, d1) = (a0, b0, c0, d0)
    var x = inputs
    var w = weights
    for _ in 0..<count {
      let x0 = Vector(from: x)
      let x1 = Vector(from: x + 8)
      let wa = Vector(repeating: w[0])
      a0 = fma(wa, x0, a0)
      a1 = fma(wa, x1, a1)
      let wb = Vector(repeating: w[1])
      b0 = fma(wb, x0, b0)
      b1 = fma(wb, x1, b1)
      let wc = Vector(repeating: w[2])
      c0 = fma(wc, x0, c0)
      c1 = fma(wc, x1, c1)
      let wd = Vector(repeating: w[3])
      d0 = fma(wd, x0, d0)
      d1 = fma(wd, x1, d1)
      x += 16
      w += 4
    }
    (a0, a1, b0, b1) = (a0.rectified, a1.rectified, b0.rectified, b1.rectified)
    (c0, c1, d0, d1) = (c0.rectified, c1.rectified, d0.rectified, d1.rectified)
  }

  /// Writes the units' values, [4][16].
  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Float>) {
    a0.store(to: pointer)
    a1.store(to: pointer + 8)
    b0.store(to: pointer + 16)
    b1.store(to: pointer + 24)
    c0.store(to: pointer + 32)
    c1.store(to: pointer + 40)
    d0.store(to: pointer + 48)
    d1.store(to: pointer + 56)
  }

  /// Adds the units' contributions to the outputs, unit by unit; weights [4][2].
  @inline(__always)
  func add(to outputs: inout PerParameterNetwork.Outputs, weights: UnsafePointer<Float>) {
    addUnit(a0, a1, weights, &outputs)
    addUnit(b0, b1, weights + 2, &outputs)
    addUnit(c0, c1, weights + 4, &outputs)
    addUnit(d0, d1, weights + 6, &outputs)
  }

  @inline(__always)
  private func addUnit(
    _ x0: Vector, _ x1: Vector, _ weights: UnsafePointer<Float>, _ outputs: inout PerParameterNetwork.Outputs
  ) {
    let direction = Vector(repeating: weights[0])
    let magnitude = Vector(repeating: weights[1])
    outputs.direction = (fma(direction, x0, outputs.direction.0), fma(direction, x1, outputs.direction.1))
    outputs.magnitude = (fma(magnitude, x0, outputs.magnitude.0), fma(magnitude, x1, outputs.magnitude.1))
  }

  /// Adds the values to sums by lane, [4][8]: first the first eight elements, then the others.
  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Float>) {
    (Vector(from: sums) + a0 + a1).store(to: sums)
    (Vector(from: sums + 8) + b0 + b1).store(to: sums + 8)
    (Vector(from: sums + 16) + c0 + c1).store(to: sums + 16)
    (Vector(from: sums + 24) + d0 + d1).store(to: sums + 24)
  }

  /// The tile with 0 outside these lanes of the first and of the last eight elements.
  @inline(__always)
  func keeping(_ first: Lanes, _ last: Lanes) -> Tile {
    var tile = self
    (tile.a0, tile.b0, tile.c0, tile.d0) = (
      first.keeping(a0), first.keeping(b0), first.keeping(c0), first.keeping(d0)
    )
    (tile.a1, tile.b1, tile.c1, tile.d1) = (last.keeping(a1), last.keeping(b1), last.keeping(c1), last.keeping(d1))
    return tile
  }
}

extension Vector {
  /// max(0, x) in each lane; a NaN stays.
  @inline(__always)
  fileprivate var rectified: Vector { replacing(with: Vector.zero, where: self .< Vector.zero) }
}
