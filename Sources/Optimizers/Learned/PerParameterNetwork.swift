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
  private let constantWeights: Int
  private let firstBias: Int
  private let secondWeights: Int
  private let secondBias: Int
  private let outputWeights: Int
  private let outputBias: Int
  private let feedbackWeights: Int
  private let feedbackBias: Int

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
  var scratchCount: Int { hidden * (1 + columns + Self.blockWidth + 8) }

  /// The places of one tensor's folded first layer and of the hidden values, within memory of `scratchCount` floats.
  struct Scratch {
    /// [hidden], the first layer's bias with the constants folded in.
    let bias: UnsafeMutablePointer<Float>
    /// [hidden / 4][columns][4], the first layer's weights with the columns' scales folded in.
    let weights: UnsafeMutablePointer<Float>
    /// [hidden][16], the first hidden layer of a block.
    let values: UnsafeMutablePointer<Float>
    /// [hidden][8], the sums of the second hidden layer over the elements, a lane for every eighth element.
    let sums: UnsafeMutablePointer<Float>

    init(_ memory: UnsafeMutablePointer<Float>, of network: PerParameterNetwork) {
      values = memory
      sums = values + network.hidden * PerParameterNetwork.blockWidth
      weights = sums + network.hidden * 8
      bias = weights + network.hidden * network.columns
    }
  }

  /// Folds the scales of the columns and the constant inputs of a tensor into the first layer, and sets the sums to 0.
  func prepare(_ scratch: Scratch, scales: UnsafePointer<Float>, constants u: UnsafePointer<Float>) {
    packed.withUnsafeBufferPointer { packed in
      let base = packed.baseAddress!
      for group in 0..<hidden / 4 {
        for column in 0..<columns {
          let place = 4 * (group * columns + column)
          (SIMD4(base + place) * SIMD4(repeating: scales[column])).store(to: scratch.weights + place)
        }
      }
      foldConstants(scratch, base, u)
    }
  }

  /// The same for columns that need no scale.
  func prepareUnscaled(_ scratch: Scratch, constants u: UnsafePointer<Float>) {
    packed.withUnsafeBufferPointer { packed in
      scratch.weights.update(from: packed.baseAddress!, count: hidden * columns)
      foldConstants(scratch, packed.baseAddress!, u)
    }
  }

  /// bias + sum over the constants of constant * weight, in their order; and sums of 0.
  private func foldConstants(_ scratch: Scratch, _ base: UnsafePointer<Float>, _ u: UnsafePointer<Float>) {
    // Sixteen units at a time, whose chains do not wait for each other.
    var first = 0
    while first + 16 <= hidden {
      var (a, b) = (Vector(from: base + firstBias + first), Vector(from: base + firstBias + first + 8))
      var w = base + constantWeights + first
      for constant in 0..<constants {
        let u = Vector(repeating: u[constant])
        a = fma(u, Vector(from: w), a)
        b = fma(u, Vector(from: w + 8), b)
        w += hidden
      }
      a.store(to: scratch.bias + first)
      b.store(to: scratch.bias + first + 8)
      first += 16
    }
    while first < hidden {
      var sum = SIMD4(base + firstBias + first)
      for constant in 0..<constants {
        sum.addProduct(SIMD4(repeating: u[constant]), SIMD4(base + constantWeights + constant * hidden + first))
      }
      sum.store(to: scratch.bias + first)
      first += 4
    }
    scratch.sums.update(repeating: 0, count: hidden * 8)
  }

  /// The outputs of a block of 16 elements: directions and magnitudes, two vectors each.
  struct Outputs {
    var direction: (Vector, Vector)
    var magnitude: (Vector, Vector)
  }

  /// Direction and magnitude of the 16 elements whose inputs are `block`, [columns][16].
  func apply(_ scratch: Scratch, to block: UnsafePointer<Float>) -> Outputs {
    packed.withUnsafeBufferPointer { packed in
      let base = packed.baseAddress!
      firstLayer(scratch, block)
      var outputs = initialOutputs(base)
      for unit in stride(from: 0, to: hidden, by: 4) {
        let tile = secondLayer(scratch, base, unit)
        tile.add(to: &outputs, weights: base + outputWeights + 2 * unit)
      }
      return outputs
    }
  }

  /// The same, and adds the second hidden layer of the first `count` elements to the sums.
  func applySumming(_ scratch: Scratch, to block: UnsafePointer<Float>, count: Int) -> Outputs {
    packed.withUnsafeBufferPointer { packed in
      let base = packed.baseAddress!
      firstLayer(scratch, block)
      var outputs = initialOutputs(base)
      if count == Self.blockWidth {
        for unit in stride(from: 0, to: hidden, by: 4) {
          let tile = secondLayer(scratch, base, unit)
          tile.add(to: &outputs, weights: base + outputWeights + 2 * unit)
          tile.add(to: scratch.sums + 8 * unit)
        }
      } else {
        for unit in stride(from: 0, to: hidden, by: 4) {
          let tile = secondLayer(scratch, base, unit)
          tile.add(to: &outputs, weights: base + outputWeights + 2 * unit)
          tile.keeping(Lanes(count), Lanes(count - 8)).add(to: scratch.sums + 8 * unit)
        }
      }
      return outputs
    }
  }

  /// Writes the mean feedback of a tensor of `count` elements: mean(second hidden layer) W + b.
  func writeFeedback(_ scratch: Scratch, count: Int, to result: UnsafeMutablePointer<Float>) {
    packed.withUnsafeBufferPointer { packed in
      let base = packed.baseAddress!
      let means = scratch.values
      for unit in 0..<hidden { means[unit] = Vector(from: scratch.sums + 8 * unit).laneSum / Float(count) }
      Lanes.forEach(feedback) { first, lanes in
        var sum = lanes.load(base + feedbackBias + first)
        var weights = base + feedbackWeights + first
        for unit in 0..<hidden {
          sum = fma(Vector(repeating: means[unit]), lanes.load(weights), sum)
          weights += feedback
        }
        lanes.store(sum, to: result + first)
      }
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

extension SIMD4<Float> {
  /// The four floats at `pointer`.
  @inline(__always)
  fileprivate init(_ pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
  }

  /// Writes the four floats to `pointer`.
  @inline(__always)
  fileprivate func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: SIMD4<Float>.self)
  }
}

/// Reads a tensor of theta by row and column, 0 beyond its last column or row.
struct Matrix {
  let values: ArraySlice<Float>
  let rows: Int
  let columns: Int

  init(_ theta: Tensors, _ name: String) {
    guard let slot = theta.layout[name] else { preconditionFailure("theta has no tensor \(name)") }
    values = theta[slot]
    columns = slot.shape.last ?? 1
    rows = slot.count / columns
  }

  subscript(row: Int, column: Int) -> Float {
    row < rows && column < columns ? values[values.startIndex + row * columns + column] : 0
  }

  /// Writes a part row by row, 0 beyond the matrix, and moves the place behind it.
  func copy(rows part: Range<Int>, columns range: Range<Int>, to place: inout UnsafeMutablePointer<Float>) {
    let inside = range.clamped(to: 0..<columns)
    values.withUnsafeBufferPointer { values in
      for row in part {
        let given = row < rows ? inside.count : 0
        if given > 0 { place.update(from: values.baseAddress! + row * columns + inside.lowerBound, count: given) }
        for column in given..<range.count { place[column] = 0 }
        place += range.count
      }
    }
  }

  /// Writes columns in groups of four, a group's rows one after the other: [groups][rows][4].
  func copyGroups(rows part: Range<Int>, groups: Int, to place: inout UnsafeMutablePointer<Float>) {
    for group in 0..<groups { copy(rows: part, columns: 4 * group..<4 * group + 4, to: &place) }
  }
}
