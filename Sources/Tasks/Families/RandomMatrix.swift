package import Numerics

/// A distribution over square matrices, ready to be drawn from (spec §4.5).
package struct RandomMatrix: Hashable, Sendable {
  package let dimension: Int
  private let form: Form

  private enum Form: Hashable {
    case normal(mean: Float, deviation: Float)
    case uniform(from: Float, width: Float)
    /// Q^T diag(spectrum) Q.
    case rotated(spectrum: [Float])
  }

  package init(_ distribution: TaskSet.MatrixDistribution, dimension: Int) {
    precondition(dimension > 0, "a matrix of dimension \(dimension)")
    self.dimension = dimension
    // Where the k-th of the spectrum's `dimension` values lies between its ends.
    let places = (0..<dimension).map { dimension == 1 ? 0 : Double($0) / Double(dimension - 1) }
    form =
      switch distribution {
      case .normal(let mean, let deviation): .normal(mean: Float(mean), deviation: Float(deviation))
      case .uniform(let low, let high): .uniform(from: Float(low), width: Float(high - low))
      case .linearSpectrum(let low, let high):
        .rotated(spectrum: places.map { Float(low + (high - low) * $0) })
      case .logarithmicSpectrum(let low, let high):
        .rotated(
          spectrum: places.map { place in
            let (first, last) = (CorrectlyRounded.log(low), CorrectlyRounded.log(high))
            return Float(CorrectlyRounded.exp(first + (last - first) * place))
          })
      }
  }

  /// Fills `matrix`, dimension x dimension, with the draw at an address.
  package func draw(
    _ randomness: Randomness, _ address: Address, into matrix: UnsafeMutablePointer<Float>, in workspace: Workspace
  ) {
    let count = dimension * dimension
    let elements = UnsafeMutableBufferPointer(start: matrix, count: count)
    switch form {
    case .normal(let mean, let deviation):
      randomness.normals(address, into: elements)
      Arithmetic.affine(matrix, count: count, scale: deviation, offset: mean, into: matrix)
    case .uniform(let low, let width):
      randomness.uniforms(address, into: elements)
      Arithmetic.affine(matrix, count: count, scale: width, offset: low, into: matrix)
    case .rotated(let spectrum):
      workspace.withFloats(2 * count + MatrixProduct.scratchCount) { memory in
        let rotation = UnsafeMutableBufferPointer(start: memory, count: count)
        randomness.uniforms(address, into: rotation)
        Self.rotate(spectrum, memory, into: matrix)
      }
    }
  }

  /// Q^T diag(spectrum) Q, where Q comes of uniform numbers u as the orthonormal rows of 2u - 1.
  /// - Parameter memory: u, then as much room again, then a matrix product's scratch.
  private static func rotate(
    _ spectrum: [Float], _ memory: UnsafeMutablePointer<Float>, into matrix: UnsafeMutablePointer<Float>
  ) {
    let n = spectrum.count
    let (q, scaled) = (memory, memory + n * n)
    Arithmetic.affine(q, count: n * n, scale: 2, offset: -1, into: q)
    Orthonormal.rows(q, count: n, length: n)
    for i in 0..<n {
      Arithmetic.affine(q + i * n, count: n, scale: spectrum[i], offset: 0, into: scaled + i * n)
    }
    MatrixProduct.multiply(
      MatrixProduct.Operand(q, columns: n).transposed, MatrixProduct.Operand(scaled, columns: n),
      rows: n, inner: n, columns: n, from: .zero, into: matrix, scratch: memory + 2 * n * n)
  }
}

extension TaskSet.VectorDistribution {
  /// A vector of that many elements: the draw at an address.
  func draw(_ randomness: Randomness, _ address: Address, count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      let elements = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      let base = elements.baseAddress!
      switch self {
      case .normal(let mean, let deviation):
        randomness.normals(address, into: elements)
        Arithmetic.affine(base, count: count, scale: Float(deviation), offset: Float(mean), into: base)
      case .uniform(let low, let high):
        randomness.uniforms(address, into: elements)
        Arithmetic.affine(base, count: count, scale: Float(high - low), offset: Float(low), into: base)
      }
      filled = count
    }
  }
}
