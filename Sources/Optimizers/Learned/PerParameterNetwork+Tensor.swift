internal import Numerics

/// What is done once a tensor: folding before its elements, sharing them out, feedback behind them.
extension PerParameterNetwork {
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

  /// Calls `body` for parts of a tensor's `count` elements: once for all of them, or, while other threads wait for work, once each
  /// for several parts of whole blocks, with values and a block of their own.
  func share(
    _ count: Int, grain: Int, _ scratch: Scratch, in workspace: Workspace,
    _ body: (_ elements: Range<Int>, _ scratch: Scratch, _ workspace: Workspace) -> Void
  ) {
    workspace.share(0..<count, grain: grain) { elements, workspace in
      if elements.count == count { return body(elements, scratch, workspace) }
      workspace.withFloats(partCount) { memory in body(elements, scratch.withPart(memory), workspace) }
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
