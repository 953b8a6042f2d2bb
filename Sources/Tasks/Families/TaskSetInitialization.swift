package import Numerics

extension TaskSet.Initializer {
  /// Fills `weights`, fanIn x fanOut, with the draw at an address, as TensorFlow 1 defines these names (spec §4.3).
  package func fill(
    _ weights: UnsafeMutableBufferPointer<Float>, fanIn: Int, fanOut: Int, _ randomness: Randomness, _ address: Address
  ) {
    fill(weights, rows: fanIn, columns: fanOut, bothFans: fanIn + fanOut, randomness, address)
  }

  /// Fills the kernel of a convolution, (places · channelsIn) x channelsOut: TensorFlow counts its places in both fans.
  package func fillKernel(
    _ weights: UnsafeMutableBufferPointer<Float>, places: Int, channelsIn: Int, channelsOut: Int,
    _ randomness: Randomness, _ address: Address
  ) {
    fill(
      weights, rows: places * channelsIn, columns: channelsOut, bothFans: places * (channelsIn + channelsOut),
      randomness, address)
  }

  private func fill(
    _ weights: UnsafeMutableBufferPointer<Float>, rows fanIn: Int, columns fanOut: Int, bothFans: Int,
    _ randomness: Randomness, _ address: Address
  ) {
    precondition(weights.count == fanIn * fanOut, "\(weights.count) weights of \(fanIn) x \(fanOut)")
    let (rows, both) = (Float(fanIn), Float(bothFans))
    switch self {
    case .heNormal: weights.fillTruncated(variance: 2 / rows, randomness, address)
    case .glorotNormal: weights.fillTruncated(variance: 2 / both, randomness, address)
    case .varianceScaling(let scale): weights.fillTruncated(variance: Float(scale) / rows, randomness, address)
    case .heUniform: weights.fillUniform(bound: (6 / rows).squareRoot(), randomness, address)
    case .glorotUniform: weights.fillUniform(bound: (6 / both).squareRoot(), randomness, address)
    case .uniform(let bound): weights.fillUniform(bound: Float(bound), randomness, address)
    case .normal(let deviation), .truncatedNormal(let deviation):
      randomness.normals(address, into: weights)
      weights.scale(by: Float(deviation))
    case .orthogonal(let gain):
      weights.fillOrthonormal(fanIn: fanIn, fanOut: fanOut, randomness, address)
      weights.scale(by: Float(gain))
    }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  fileprivate func scale(by factor: Float) {
    guard let baseAddress else { return }
    Arithmetic.affine(baseAddress, count: count, scale: factor, offset: 0, into: baseAddress)
  }

  /// Normal numbers cut at two of their deviations, then widened to the variance: cut, they have the deviation 0.8796.
  fileprivate func fillTruncated(variance: Float, _ randomness: Randomness, _ address: Address) {
    randomness.truncatedNormals(address, into: self)
    scale(by: variance.squareRoot() / 0.879_625_66)
  }

  fileprivate func fillUniform(bound: Float, _ randomness: Randomness, _ address: Address) {
    guard let baseAddress else { return }
    randomness.uniforms(address, into: self)
    Arithmetic.affine(baseAddress, count: count, scale: 2 * bound, offset: -bound, into: baseAddress)
  }

  /// Orthonormal rows or columns, whichever are fewer, of normal numbers.
  fileprivate func fillOrthonormal(fanIn: Int, fanOut: Int, _ randomness: Randomness, _ address: Address) {
    randomness.normals(address, into: self)
    guard let baseAddress else { return }
    if fanIn <= fanOut { return Orthonormal.rows(baseAddress, count: fanIn, length: fanOut) }
    var columns = [Float](self)
    columns.withUnsafeMutableBufferPointer { columns in
      Orthonormal.rows(columns.baseAddress!, count: fanOut, length: fanIn)
      for i in 0..<fanIn {
        for j in 0..<fanOut { self[i * fanOut + j] = columns[j * fanIn + i] }
      }
    }
  }
}

extension TaskSet.Activation {
  var function: Elementwise {
    switch self {
    case .relu: .relu
    case .tanh: .tanh
    case .cos: .cos
    case .elu: .elu
    case .sigmoid: .sigmoid
    case .swish: .swish
    case .leakyReLU4: .leakyRelu(slope: 0.4)
    case .leakyReLU2: .leakyRelu(slope: 0.2)
    case .leakyReLU1: .leakyRelu(slope: 0.1)
    }
  }
}
