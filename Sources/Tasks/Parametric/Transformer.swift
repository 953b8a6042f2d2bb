internal import Graph
internal import Numerics

/// The layers of a transformer (Vaswani et al. 2017), on rows of features that belong to sequences of one length.
struct Transformer {
  let blueprint: Blueprint
  let batchSize: Int
  let length: Int
  /// Of the layer normalizations.
  let epsilon: Float
  /// Of weights but those that a layer names itself.
  let initializer: TaskSet.Initializer

  /// A layer normalization whose scale starts at 1 and its offset at 0.
  func normalized(_ x: Term, _ name: String) -> Term {
    let width = [x.shape[1]]
    return x.layerNormalized(
      scale: blueprint.parameter(name + ".scale", width, .constant(1)),
      offset: blueprint.parameter(name + ".offset", width, .constant(0)), epsilon: epsilon)
  }

  /// softmax(Q Kᵀ / √d + bias) V for each head and sequence, its heads side by side, then a linear layer.
  /// - Parameter bias: [batch, heads · length, length] or what repeats to it.
  func attention(
    _ x: Term, heads: Int, headSize: Int, _ name: String, bias: Term?, dropout rate: Float
  ) -> Term {
    let width = heads * headSize
    func projected(_ part: String) -> Term {
      blueprint.linear(x, width, name + "." + part, initializer)
        .reshaped([batchSize, length, heads, headSize]).exchangingAxes(1)
        .reshaped([batchSize * heads, length, headSize])
    }
    let (queries, keys, values) = (projected("query"), projected("key"), projected("value"))
    var logits = queries.matrixProducts(transposed: keys) * (1 / Float(headSize).squareRoot())
    if let bias { logits = (logits.reshaped([batchSize, heads * length, length]) + bias).reshaped(logits.shape) }
    let weights = blueprint.dropout(logits.softmax(), rate)
    let seen = weights.matrixProducts(values)
      .reshaped([batchSize, heads, length, headSize]).exchangingAxes(1)
      .reshaped([batchSize * length, width])
    return blueprint.linear(seen, x.shape[1], name + ".output", initializer)
  }
}

extension Blueprint {
  private static let dropoutPrefix = "dropout"

  /// x with elements set to 0 by chance, the others enlarged by as much. Which, comes with the batch: see `fillDropout`.
  func dropout(_ x: Term, _ rate: Float) -> Term {
    guard rate > 0 else { return x }
    let kept = recording.input("\(Self.dropoutPrefix)\(dropouts.count)", x.shape)
    dropouts.append(rate)
    return x * kept
  }

  /// Writes the factors of the dropouts whose rates these are: 0 with the rate's probability, else 1 / (1 - rate).
  static func fillDropout(_ rates: [Float], _ memory: BatchMemory) {
    for (index, rate) in rates.enumerated() {
      let factors = memory.floats("\(dropoutPrefix)\(index)")
      memory.randomness.uniforms(memory.address(4 + index), into: factors)
      let enlarged = 1 / (1 - rate)
      for i in factors.indices { factors[i] = factors[i] < rate ? 0 : enlarged }
    }
  }
}
