import DoublePrecision
import Graph
import Numerics
import Testing

/// Each operation against central differences and against double precision.
struct OperationTests {
  /// One small expression around an operation.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let inputs: [String: [Double]]
    /// The range from which the parameters are drawn.
    let range: ClosedRange<Double>
    let expression: Expression

    init(
      _ name: String, inputs: [String: [Double]] = [:], range: ClosedRange<Double> = -2...2,
      _ body: (Recording) -> Term
    ) {
      testDescription = name
      self.inputs = inputs
      self.range = range
      expression = Expression { recording in
        let result = body(recording)
        // A weighted sum, so that each element of the result has a derivative of its own.
        let weights = (0..<result.count).map { Float(1 + $0 % 7) / 4 - 0.9 }
        return (result * recording.constant(weights, result.shape)).sum()
      }
    }
  }

  static let shapes: [[Int]] = [[], [1], [3], [8], [13], [1, 1], [2, 5], [9, 8], [3, 2, 4]]

  static let functions: [(Elementwise, ClosedRange<Double>)] = [
    (.exp, -2...2), (.log, 0.2...3), (.squareRoot, 0.2...3), (.distanceRoot, 0.2...3), (.square, -2...2),
    (.reciprocal, 0.3...2), (.tanh, -2...2), (.sigmoid, -3...3), (.relu, -2...2), (.sin, -4...4), (.cos, -4...4),
    (.swish, -3...3), (.elu, -2...2), (.leakyRelu(slope: 0.2), -2...2),
    (.magnitude, -2...2), (.clamp(low: -0.7, high: 1.1), -2...2),
  ]

  static let maps: [Case] = functions.flatMap { function, range in
    shapes.map { shape in
      Case("\(function) of \(shape)", range: range) { $0.parameter("w", shape).mapped(function) }
    }
  }

  static let combinations: [Case] = [
    ([4], [4]), ([13], [13]), ([], [5]), ([5], []), ([3, 9], [9]), ([9], [3, 9]), ([3, 9], [1]), ([2, 3, 4], [3, 4]),
    ([1], [1]), ([], []), ([1], []), ([1, 4], [4]), ([4], [1, 4]),
  ].flatMap { (first: [Int], second: [Int]) in
    [Arithmetic.add, .subtract, .multiply, .divide].map { arithmetic in
      Case("\(arithmetic) of \(first) and \(second)", range: 0.5...2) { recording in
        let (a, b) = (recording.parameter("a", first), recording.parameter("b", second))
        switch arithmetic {
        case .add: return a + b
        case .subtract: return a - b
        case .multiply: return a * b
        case .divide: return a / b
        }
      }
    }
  }

  static let products: [Case] = [(1, 1, 1), (3, 2, 5), (8, 8, 8), (7, 13, 17), (2, 1, 9)].flatMap { (m, k, n) in
    [
      Case("product of \(m) x \(k) and \(k) x \(n)") {
        $0.parameter("a", [m, k]).times($0.parameter("b", [k, n]))
      },
      Case("dense layer of \(m) x \(k) and \(k) x \(n)") {
        $0.parameter("x", [m, k]).dense($0.parameter("w", [k, n]), $0.parameter("b", [n]))
      },
      // The derivatives of these products are products of transposed matrices; their own derivatives too.
      Case("product with transposed matrices, \(m), \(k), \(n)") {
        let (a, b) = ($0.parameter("a", [k, m]), $0.parameter("b", [n, k]))
        return a.transposed().times(b.transposed())
      },
    ]
  }

  static let others: [Case] = [
    Case("scaling") { 3 * (1 - $0.parameter("w", [5]) * 0.5) + 2 },
    Case("negation") { -$0.parameter("w", [9]) },
    Case("sum of all") { $0.parameter("w", [3, 7]).sum() },
    Case("mean of all") { $0.parameter("w", [3, 7]).mean() },
    Case("sum over axis 0") { $0.parameter("w", [3, 7]).sum(axis: 0) },
    Case("sum over axis 1") { $0.parameter("w", [3, 7]).sum(axis: 1) },
    Case("mean over the middle axis") { $0.parameter("w", [3, 4, 5]).mean(axis: 1) },
    Case("repetition along a first axis") { $0.parameter("w", [3]).repeated(4, axis: 0) },
    Case("repetition along a last axis") { $0.parameter("w", [3]).repeated(4, axis: 1) },
    Case("repetition along a middle axis") { $0.parameter("w", [3, 2]).repeated(4, axis: 1) },
    Case("reshape") { $0.parameter("w", [3, 4]).reshaped([2, 6]).squared },
    Case("transpose") { $0.parameter("w", [3, 4]).transposed() },
    Case("slice of rows") { $0.parameter("w", [5, 3]).slice(1..<3, axis: 0) },
    Case("slice of columns") { $0.parameter("w", [5, 3]).slice(2..<3, axis: 1) },
    Case("slice of a slice's gradient") {
      let w = $0.parameter("w", [5])
      return w.slice(0..<3, axis: 0) * w.slice(2..<5, axis: 0)
    },
    Case("concatenation of rows") {
      $0.parameter("a", [2, 3]).concatenated($0.parameter("b", [4, 3]), axis: 0)
    },
    Case("concatenation of columns") {
      $0.parameter("a", [2, 3]).concatenated($0.parameter("b", [2, 1]), axis: 1)
    },
    Case("rows of a table", inputs: ["i": [2, 0, 2, 3, 2]]) {
      $0.parameter("w", [4, 3]).rows($0.indices("i", [5]))
    },
    Case("cross-entropy of one row", inputs: ["y": [1]]) {
      $0.parameter("w", [1, 3]).softmaxCrossEntropy($0.indices("y", [1]))
    },
    Case("cross-entropy", inputs: ["y": [1, 0, 9, 9, 4]]) {
      $0.parameter("w", [5, 10]).softmaxCrossEntropy($0.indices("y", [5]))
    },
    Case("cross-entropy of nine rows", inputs: ["y": [1, 0, 2, 2, 1, 0, 0, 0, 1]]) {
      ($0.parameter("w", [9, 3]) * 2).softmaxCrossEntropy($0.indices("y", [9]))
    },
    Case("weighted cross-entropy", inputs: ["y": [1, 0, 9, 9, 4], "v": [0.5, 0, 1.25, -0.75, 0.25]]) {
      $0.parameter("w", [5, 10]).softmaxCrossEntropy($0.indices("y", [5]), weights: $0.input("v", [5])) * 1.5
    },
    Case("a perceptron", inputs: ["x": (0..<12).map { Double($0 % 5) - 2 }, "y": [2, 0, 1, 1]]) {
      let hidden = $0.input("x", [4, 3]).dense($0.parameter("w0", [3, 5]), $0.parameter("b0", [5])).tanh
      return hidden.dense($0.parameter("w1", [5, 3]), $0.parameter("b1", [3])).softmaxCrossEntropy($0.indices("y", [4]))
    },
    Case("a term that is used three times") {
      let w = $0.parameter("w", [6])
      return w * w.sin + w.exp
    },
    Case("rows divided by their norms") {
      let w = $0.parameter("w", [3, 5])
      return w / w.squared.sum(axis: 1).squareRoot.repeated(5, axis: 1)
    },
  ]

  static let convolutions: [Case] = [
    (5, 4, 2, 1, Windows.Padding.same), (5, 4, 2, 2, .same), (4, 6, 1, 2, .same), (7, 5, 2, 1, .valid),
    (8, 7, 1, 2, .valid), (3, 3, 3, 2, .valid), (1, 2, 2, 2, .same),
  ].flatMap { rows, columns, channels, stride, padding in
    let windows = Windows(
      rows: rows, columns: columns, channels: channels, size: 3, stride: stride, padding: padding)!
    let name = "convolution of \(rows) x \(columns) x \(channels), stride \(stride), \(padding)"
    return [
      Case(name) {
        let images = $0.parameter("x", [2, rows, columns, channels])
        return images.convolved(windows, $0.parameter("w", [9 * channels, 4]), bias: $0.parameter("b", [4]))
      },
      Case(name + ", without bias") {
        $0.parameter("x", [1, rows, columns, channels]).convolved(windows, $0.parameter("w", [9 * channels, 1]))
      },
    ]
  }

  static let transposedConvolutions: [Case] = [(4, 6, 2, 2), (2, 2, 1, 2), (5, 3, 3, 2), (4, 4, 2, 1)].map {
    rows, columns, channels, stride in
    let windows = Windows(
      rows: rows, columns: columns, channels: channels, size: 3, stride: stride, padding: .same)!
    return Case("transposed convolution to \(rows) x \(columns) x \(channels), stride \(stride)") {
      let images = $0.parameter("x", [2, windows.outputRows, windows.outputColumns, 3])
      return images.transposedConvolved(windows, $0.parameter("w", [3, 9 * channels])) + $0.parameter("b", [channels])
    }
  }

  static let choices: [Case] = [
    Case("largest of all") { $0.parameter("w", [7]).largest() },
    Case("largest along the first axis") { $0.parameter("w", [5, 3]).largest(axis: 0) },
    Case("largest along the middle axis") { $0.parameter("w", [2, 5, 3]).largest(axis: 1) },
    Case("largest along the last axis") { $0.parameter("w", [3, 1, 9]).largest(axis: 2) },
    Case("columns in another order") { $0.parameter("w", [3, 5]).permutingColumns([2, 0, 4, 1, 3]) },
    Case("slices that tile an array") {
      let w = $0.parameter("w", [5, 3])
      return w.slice(3..<5, axis: 0).squared.sum()
        + (w.slice(0..<2, axis: 0).exp * w.slice(2..<3, axis: 0).reshaped([3])).sum()
    },
    Case("slices that tile an array which is used whole, too") {
      let w = $0.parameter("w", [2, 6])
      return (w.slice(0..<3, axis: 1) * w.slice(3..<6, axis: 1)).sum() + w.squared.sum()
    },
    Case("slices of two axes") {
      let w = $0.parameter("w", [4, 4])
      return w.slice(0..<2, axis: 0) * w.slice(1..<3, axis: 1).transposed()
    },
    Case("seven terms stacked") { recording in
      Term.stacked((0..<7).map { recording.parameter("w\($0)", [1 + $0 % 3, 2]) })
    },
    Case("a sequence cut into its steps") {
      let x = $0.parameter("x", [12, 3]).times($0.parameter("w", [3, 4]))
      let u = $0.parameter("u", [4, 4])
      var h = x.slice(0..<2, axis: 0).tanh
      var all = [h]
      for t in 1..<6 {
        h = (x.slice(2 * t..<2 * t + 2, axis: 0) + h.times(u)).tanh
        all.append(h)
      }
      return Term.stacked(all)
    },
  ]

  static let normalizations: [Case] = [
    Case("layer normalization") {
      $0.parameter("x", [3, 7]).layerNormalized(scale: $0.parameter("scale", [7]), offset: $0.parameter("offset", [7]))
    },
    Case("layer normalization over the last of three axes") {
      $0.parameter("x", [2, 3, 5])
        .layerNormalized(scale: $0.parameter("scale", [5]), offset: $0.parameter("offset", [5]), epsilon: 0.1)
    },
    Case("batch normalization by the batch") {
      let x = $0.parameter("x", [2, 3, 2, 5])
      let (mean, variance) = x.channelMoments()
      return x.batchNormalized(
        mean: mean, variance: variance, scale: $0.parameter("scale", [5]), offset: $0.parameter("offset", [5]))
    },
    Case("batch normalization by given statistics", inputs: ["m": [0.3, -1, 0.5], "v": [0.25, 2, 1]]) {
      $0.parameter("x", [4, 3])
        .batchNormalized(
          mean: $0.input("m", [3]), variance: $0.input("v", [3]), scale: $0.parameter("scale", [3]),
          offset: $0.parameter("offset", [3]))
    },
  ]

  static let attention: [Case] = [
    Case("matrix products") { $0.parameter("a", [3, 2, 5]).matrixProducts($0.parameter("b", [3, 5, 4])) },
    Case("matrix products with transposed matrices") {
      $0.parameter("a", [2, 9, 3]).matrixProducts(transposed: $0.parameter("b", [2, 7, 3]))
    },
    Case("the derivatives of matrix products, which have transposed factors") {
      let (a, b) = ($0.parameter("a", [2, 3, 4]) * 0.25, $0.parameter("b", [2, 5, 4]))
      return a.matrixProducts(transposed: b).matrixProducts(b).matrixProducts(transposed: a).squared
    },
    Case("softmax") { $0.parameter("z", [3, 11]).softmax() },
    Case("softmax of one number a row") { $0.parameter("z", [4, 1]).softmax() + 1 },
    Case("softmax over the last of three axes") { ($0.parameter("z", [2, 3, 5]) * 3).softmax().squared },
    Case("axes exchanged") { $0.parameter("x", [2, 3, 4, 5]).exchangingAxes(1) },
    Case("first axes exchanged") { $0.parameter("x", [3, 4]).exchangingAxes(0).squared },
    Case("gelu") { $0.parameter("x", [21]).gelu },
    Case("selu") { $0.parameter("x", [21]).selu },
    Case("relu6") { ($0.parameter("x", [21]) * 5).relu6 },
    Case("attention") {
      let (q, k) = ($0.parameter("q", [2, 3, 4]), $0.parameter("k", [2, 3, 4]))
      return q.matrixProducts(transposed: k).softmax().matrixProducts($0.parameter("v", [2, 3, 2]))
    },
  ]

  static let all =
    maps + combinations + products + others + convolutions + transposedConvolutions + choices + normalizations
    + attention

  @Test(arguments: all)
  func derivativeIsThatOfCentralDifferences(_ test: Case) {
    let interpreter = DoubleInterpreter(expression: test.expression)
    let at = Self.point(test)
    let gradient = interpreter.gradient(parameters: at, inputs: test.inputs)
    #expect(gradient.count == at.count)
    for i in at.indices {
      // Rounding: 1e-16 · |loss| / h = 1e-11; the third derivative: h^2 / 6 · |L'''| = 1e-10 for |L'''| = 50.
      let h = 1e-5
      var (low, high) = (at, at)
      low[i] -= h
      high[i] += h
      let difference =
        (interpreter.loss(parameters: high, inputs: test.inputs)
          - interpreter.loss(parameters: low, inputs: test.inputs)) / (high[i] - low[i])
      #expect(abs(gradient[i] - difference) < 1e-6 * max(1, abs(difference)), "element \(i)")
    }
  }

  @Test(arguments: all)
  func planComputesWhatDoublePrecisionComputes(_ test: Case) {
    let plan = Plan(test.expression)
    let interpreter = DoubleInterpreter(expression: test.expression)
    let at = Self.point(test)
    let parameters = Tensors(plan.parameters, values: at.map(Float.init))
    // From here on the parameters are those that a float can hold.
    let exact = parameters.values.map(Double.init)
    var gradient = Tensors(plan.parameters, values: at.map { _ in .nan })
    let workspace = Workspace()
    let loss = plan.loss(parameters, gradient: &gradient, in: workspace) { Self.fill($0, plan, test) }
    let expected = interpreter.loss(parameters: exact, inputs: test.inputs)
    // Sums of up to a hundred terms of size up to 10, each of which rounds by 6e-8.
    #expect(abs(Double(loss) - expected) < 1e-5 * max(1, abs(expected)))
    for (one, other) in zip(gradient.values, interpreter.gradient(parameters: exact, inputs: test.inputs)) {
      #expect(abs(Double(one) - other) < 1e-5 * max(1, abs(other)), "\(one), \(other)")
    }
    #expect(plan.loss(parameters, in: workspace) { Self.fill($0, plan, test) } == loss)
  }

  /// Parameters uniform in the case's range, none closer than 1e-3 to the kink at 0.
  static func point(_ test: Case) -> [Double] {
    (0..<test.expression.parameters.count).map { index in
      let fraction = Randomness(key: 3).uniform(Address(.evaluation), index: index)
      let value = test.range.lowerBound + (test.range.upperBound - test.range.lowerBound) * fraction
      return abs(value) < 1e-3 ? 0.1 : value
    }
  }

  /// Fills all memory with NaN, so that a kernel that reads what nobody has written is found out, and then the inputs.
  static func fill(_ memory: UnsafeMutablePointer<Float>, _ plan: Plan, _ test: Case) {
    memory.update(repeating: .nan, count: plan.scratchCount)
    for (index, input) in plan.inputs.enumerated() {
      let place = memory + input.offset
      let isIndex = test.expression.nodes.contains {
        if case .input(input.name) = $0.source { return $0.holdsIndices }
        return false
      }
      #expect(plan.input(input.name).offset == plan.inputs[index].offset)
      for (i, value) in test.inputs[input.name]!.enumerated() {
        if isIndex {
          UnsafeMutableRawPointer(place).assumingMemoryBound(to: Int32.self)[i] = Int32(value)
        } else {
          place[i] = Float(value)
        }
      }
    }
  }
}
