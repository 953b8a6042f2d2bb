internal import Graph
internal import Numerics

/// The batches of a parametric image task: images brought to size x size pixels, values in 0 ... 1 or 2x - 1.
struct ParametricImages: Sendable {
  let images: TaskSetImages
  let size: Int
  let batchSize: Int
  var centersData = false

  var channels: Int { images.channels }
  /// The numbers of one image.
  var width: Int { size * size * channels }
  var classes: Int { images.dataSet.classCount }

  /// Declares the inputs "features" (batch x rows x columns x channels) and "labels", which `fill` writes.
  func inputs(in blueprint: Blueprint) -> (features: Term, labels: Term) {
    (
      blueprint.recording.input("features", [batchSize, size, size, channels]),
      blueprint.recording.indices("labels", [batchSize])
    )
  }

  func fill(_ memory: BatchMemory) {
    let (features, labels) = (memory.floats("features").baseAddress!, memory.indices("labels"))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: images.dataSet.width) { image in
      images.partition.forEachExample(of: memory.batch, count: batchSize, seed: memory.seed) { position, example in
        images.dataSet.copy(example, to: image.baseAddress!)
        resize(image.baseAddress!, into: features + position * width)
        labels[position] = images.dataSet.labels[example]
      }
    }
  }

  /// Bilinear: the centre of pixel i of n lies at (i + 1/2) / n. Nothing is smoothed where the image gets smaller.
  private func resize(_ image: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    let (scale, offset): (Float, Float) = centersData ? (2, -1) : (1, 0)
    for i in 0..<size {
      let row = Position(i, of: size, in: images.rows)
      for j in 0..<size {
        let column = Position(j, of: size, in: images.columns)
        for c in 0..<channels {
          func pixel(_ i: Int, _ j: Int) -> Float { image[(i * images.columns + j) * channels + c] }
          let upper = column.mix(pixel(row.first, column.first), pixel(row.first, column.second))
          let lower = column.mix(pixel(row.second, column.first), pixel(row.second, column.second))
          result[(i * size + j) * channels + c] = scale * row.mix(upper, lower) + offset
        }
      }
    }
  }

  /// Where a pixel lies between two of the image it is taken from.
  private struct Position {
    let first: Int
    let second: Int
    let share: Float

    init(_ index: Int, of count: Int, in length: Int) {
      let place = (Double(index) + 0.5) * Double(length) / Double(count) - 0.5
      let inside = max(0, min(place, Double(length - 1)))
      first = Int(inside)
      second = min(first + 1, length - 1)
      share = Float(inside - Double(first))
    }

    func mix(_ a: Float, _ b: Float) -> Float { a + share * (b - a) }
  }

  /// The mean softmax cross-entropy of the logits of the images.
  func classifier(
    seed: UInt64, normalization: Normalization, fill more: @escaping PlannedTask.Fill = { _ in },
    logits: (Term, Blueprint) -> Term
  ) -> any Task {
    PlannedTask(
      seed: seed, normalization: normalization,
      fill: { memory in
        fill(memory)
        more(memory)
      }
    ) { blueprint in
      let (features, labels) = inputs(in: blueprint)
      return logits(features, blueprint).softmaxCrossEntropy(labels)
    }
  }
}

extension Blueprint {
  /// x · weights + bias, the weights by one of LO's initializers.
  func linear(_ x: Term, _ width: Int, _ name: String, _ initializer: ParametricInitializer) -> Term {
    linear(x, width, name, initializer.taskSet(fanIn: x.shape[1]))
  }

  /// Hidden layers h <- activation(linear h), then a linear layer.
  func perceptron(
    _ x: Term, hidden: [Int], outputs: Int, _ name: String, _ activation: ParametricActivation,
    _ initializer: ParametricInitializer
  ) -> Term {
    var h = x
    for (layer, width) in hidden.enumerated() {
      h = linear(h, width, "\(name).\(layer)", initializer).activated(activation)
    }
    return linear(h, outputs, "\(name).\(hidden.count)", initializer)
  }
}

extension Term {
  func activated(_ activation: ParametricActivation) -> Term {
    switch activation {
    case .relu: relu
    case .relu6: relu6
    case .selu: selu
    case .tanh: tanh
    case .cos: cos
    case .sin: sin
    case .sigmoid: sigmoid
    case .swish: mapped(.swish)
    case .gelu: gelu
    case .leakyRelu: mapped(.leakyRelu(slope: -0.5))
    }
  }

  /// An image a row.
  var flattened: Term { reshaped([shape[0], count / shape[0]]) }
}
