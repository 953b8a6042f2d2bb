internal import Numerics

/// The LSTM that every tensor has a row in, and its two messages (spec §1.1.7).
struct LSTM: Sendable {
  /// The numbers that come in besides the hidden state.
  let inputs: Int
  /// The units; a multiple of 8.
  let units: Int
  /// The floats from one row of inputs and hidden state to the next.
  var rowCount: Int { inputs + units }

  /// All of theta: the weights are read where they lie, for a copy would take as long as some steps of a small task.
  private let theta: [Float]
  private let weightsOffset: Int  // [inputs + units][4 units], gates i, g, f, o
  private let biasOffset: Int  // [4 units]
  private let toNetwork: Linear
  private let toTensors: Linear

  init(theta: Tensors, inputs: Int, units: Int) {
    self.inputs = inputs
    self.units = units
    self.theta = theta.values
    weightsOffset = theta["lstm/w"].startIndex
    biasOffset = theta["lstm/b"].startIndex
    toNetwork = Linear(theta, "to_network")
    toTensors = Linear(theta, "to_tensors")
  }

  /// Moves each row's hidden state and cell: z = [x, h] W + b; c <- sigmoid(f + 1) c + sigmoid(i) tanh(g);
  /// h <- sigmoid(o) tanh(c). `x` is [rows][inputs + units], h included; `z` is room for [rows][4 units].
  func advance(
    rows: Int, x: UnsafePointer<Float>, z: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>,
    cell: UnsafeMutablePointer<Float>
  ) {
    multiply(rows: rows, x: x, z: z)
    let one = Vector(repeating: 1)
    for row in 0..<rows {
      let gates = z + row * 4 * units
      for unit in stride(from: 0, to: units, by: 8) {
        let i = Elementary.sigmoid(Vector(from: gates + unit))
        let g = Elementary.tanh(Vector(from: gates + units + unit))
        let f = Elementary.sigmoid(Vector(from: gates + 2 * units + unit) + one)
        let o = Elementary.sigmoid(Vector(from: gates + 3 * units + unit))
        let place = row * units + unit
        let c = fma(f, Vector(from: cell + place), i * g)
        c.store(to: cell + place)
        (o * Elementary.tanh(c)).store(to: hidden + place)
      }
    }
  }

  /// z = x W + b.
  private func multiply(rows: Int, x: UnsafePointer<Float>, z: UnsafeMutablePointer<Float>) {
    theta.withUnsafeBufferPointer { theta in
      let product = GateProduct(
        weights: theta.baseAddress! + weightsOffset, bias: theta.baseAddress! + biasOffset, inputs: rowCount,
        outputs: 4 * units)
      product.multiply(rows: rows, x: x, z: z)
    }
  }

  /// Writes a row's message to its tensor's network: h W + b.
  func writeToNetwork(_ hidden: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>) {
    toNetwork.apply(hidden, to: result)
  }

  /// Writes the message of all rows to all: the mean of h W + b, which is mean(h) W + b. `mean` is room for [units].
  func writeToTensors(
    rows: Int, hidden: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>
  ) {
    for unit in stride(from: 0, to: units, by: 8) {
      var sum = Vector.zero
      for row in 0..<rows { sum += Vector(from: hidden + row * units + unit) }
      (sum / Vector(repeating: Float(rows))).store(to: mean + unit)
    }
    toTensors.apply(mean, to: result)
  }
}

/// A small linear layer, its columns padded to whole vectors.
private struct Linear: Sendable {
  let inputs: Int
  let outputs: Int
  private let padded: Int
  private let weights: [Float]  // [inputs][padded]
  private let bias: [Float]  // [padded]

  init(_ theta: Tensors, _ name: String) {
    let matrix = Matrix(theta, name + "/w")
    let vector = Matrix(theta, name + "/b")
    let padded = (matrix.columns + 7) / 8 * 8
    inputs = matrix.rows
    outputs = matrix.columns
    self.padded = padded
    let (inputs, outputs) = (inputs, outputs)
    weights = [Float](unsafeUninitializedCapacity: inputs * padded) { weights, count in
      matrix.values.withUnsafeBufferPointer { values in
        for row in 0..<inputs {
          for column in 0..<padded {
            weights[row * padded + column] = column < outputs ? values[row * outputs + column] : 0
          }
        }
      }
      count = inputs * padded
    }
    bias = (0..<padded).map { vector[0, $0] }
  }

  /// result = x W + b, of which `outputs` floats are written.
  func apply(_ x: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>) {
    weights.withUnsafeBufferPointer { weights in
      bias.withUnsafeBufferPointer { bias in
        // Three vectors at a time, whose chains do not wait for each other; behind the end the last ones once more.
        for column in stride(from: 0, to: outputs, by: 24) {
          let second = min(column + 8, padded - 8)
          let third = min(column + 16, padded - 8)
          var a = Vector(from: bias.baseAddress! + column)
          var b = Vector(from: bias.baseAddress! + second)
          var c = Vector(from: bias.baseAddress! + third)
          var w = weights.baseAddress!
          for i in 0..<inputs {
            let x = Vector(repeating: x[i])
            a = fma(x, Vector(from: w + column), a)
            b = fma(x, Vector(from: w + second), b)
            c = fma(x, Vector(from: w + third), c)
            w += padded
          }
          Lanes(outputs - column).store(a, to: result + column)
          Lanes(outputs - second).store(b, to: result + second)
          Lanes(outputs - third).store(c, to: result + third)
        }
      }
    }
  }
}
