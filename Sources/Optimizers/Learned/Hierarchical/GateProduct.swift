internal import Numerics

/// z = x W + b for all gates of the LSTM: each number a chain of fused products in the order of the inputs, starting at the
/// bias. How many rows and columns a tile takes changes no chain, and so no bit.
///
/// A tile keeps eight vectors in registers, as many chains as two units of four cycles' latency need. The more rows it has,
/// the fewer weights it loads: they come from the second cache.
struct GateProduct {
  /// [inputs][outputs]
  let weights: UnsafePointer<Float>
  /// [outputs]
  let bias: UnsafePointer<Float>
  let inputs: Int
  /// A multiple of 32.
  let outputs: Int

  /// `x` is [rows][inputs], `z` room for [rows][outputs].
  func multiply(rows: Int, x: UnsafePointer<Float>, z: UnsafeMutablePointer<Float>) {
    var row = 0
    while rows - row >= 4 {
      for column in stride(from: 0, to: outputs, by: 16) { fourRows(x + row * inputs, z + row * outputs, column) }
      row += 4
    }
    if rows - row >= 2 {
      for column in stride(from: 0, to: outputs, by: 32) {
        twoRows(x + row * inputs, x + (row + 1) * inputs, z + row * outputs, z + (row + 1) * outputs, column)
      }
      row += 2
    }
    guard row < rows else { return }
    let (lastX, lastZ) = (x + row * inputs, z + row * outputs)
    let whole = outputs & ~63
    for column in stride(from: 0, to: whole, by: 64) { oneRow(lastX, lastZ, column) }
    // Half a tile: twice the same row.
    if whole < outputs { twoRows(lastX, lastX, lastZ, lastZ, whole) }
  }

  /// Four rows times 16 columns.
  @inline(__always)
  private func fourRows(_ x: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ column: Int) {
    var (a0, a1) = (Vector(from: bias + column), Vector(from: bias + column + 8))
    var (b0, b1, c0, c1, d0, d1) = (a0, a1, a0, a1, a0, a1)
    let (second, third, fourth) = (x + inputs, x + 2 * inputs, x + 3 * inputs)
    var w = weights + column
    for i in 0..<inputs {
      let (w0, w1) = (Vector(from: w), Vector(from: w + 8))
      let a = Vector(repeating: x[i])
      a0 = fma(a, w0, a0)
      a1 = fma(a, w1, a1)
      let b = Vector(repeating: second[i])
      b0 = fma(b, w0, b0)
      b1 = fma(b, w1, b1)
      let c = Vector(repeating: third[i])
      c0 = fma(c, w0, c0)
      c1 = fma(c, w1, c1)
      let d = Vector(repeating: fourth[i])
      d0 = fma(d, w0, d0)
      d1 = fma(d, w1, d1)
      w += outputs
    }
    store(a0, a1, to: z + column)
    store(b0, b1, to: z + outputs + column)
    store(c0, c1, to: z + 2 * outputs + column)
    store(d0, d1, to: z + 3 * outputs + column)
  }

  /// Two rows times 32 columns.
  @inline(__always)
  private func twoRows(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>,
    _ secondZ: UnsafeMutablePointer<Float>, _ column: Int
  ) {
    var (a0, a1) = (Vector(from: bias + column), Vector(from: bias + column + 8))
    var (a2, a3) = (Vector(from: bias + column + 16), Vector(from: bias + column + 24))
    var (b0, b1, b2, b3) = (a0, a1, a2, a3)
    var w = weights + column
    for i in 0..<inputs {
      let (w0, w1, w2, w3) = (Vector(from: w), Vector(from: w + 8), Vector(from: w + 16), Vector(from: w + 24))
      let a = Vector(repeating: first[i])
      a0 = fma(a, w0, a0)
      a1 = fma(a, w1, a1)
      a2 = fma(a, w2, a2)
      a3 = fma(a, w3, a3)
      let b = Vector(repeating: second[i])
      b0 = fma(b, w0, b0)
      b1 = fma(b, w1, b1)
      b2 = fma(b, w2, b2)
      b3 = fma(b, w3, b3)
      w += outputs
    }
    store(a0, a1, to: z + column)
    store(a2, a3, to: z + column + 16)
    store(b0, b1, to: secondZ + column)
    store(b2, b3, to: secondZ + column + 16)
  }

  /// One row times 64 columns.
  @inline(__always)
  private func oneRow(_ x: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ column: Int) {
    let b = bias + column
    var (c0, c1, c2, c3) = (Vector(from: b), Vector(from: b + 8), Vector(from: b + 16), Vector(from: b + 24))
    var (c4, c5, c6, c7) = (Vector(from: b + 32), Vector(from: b + 40), Vector(from: b + 48), Vector(from: b + 56))
    var w = weights + column
    for i in 0..<inputs {
      let a = Vector(repeating: x[i])
      c0 = fma(a, Vector(from: w), c0)
      c1 = fma(a, Vector(from: w + 8), c1)
      c2 = fma(a, Vector(from: w + 16), c2)
      c3 = fma(a, Vector(from: w + 24), c3)
      c4 = fma(a, Vector(from: w + 32), c4)
      c5 = fma(a, Vector(from: w + 40), c5)
      c6 = fma(a, Vector(from: w + 48), c6)
      c7 = fma(a, Vector(from: w + 56), c7)
      w += outputs
    }
    store(c0, c1, to: z + column)
    store(c2, c3, to: z + column + 16)
    store(c4, c5, to: z + column + 32)
    store(c6, c7, to: z + column + 48)
  }

  @inline(__always)
  private func store(_ a: Vector, _ b: Vector, to z: UnsafeMutablePointer<Float>) {
    a.store(to: z)
    b.store(to: z + 8)
  }
}
