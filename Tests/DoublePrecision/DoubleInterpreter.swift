package import Graph
internal import Numerics

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Computes an expression and its gradient in double precision with plain loops: the judge of kernels and derivatives.
package struct DoubleInterpreter {
  package let expression: Expression

  package init(expression: Expression) { self.expression = expression }

  /// The values of the nodes up to one, which is the last unless said.
  package func values(
    parameters: [Double], inputs: [String: [Double]], through last: Int? = nil
  ) -> [[Double]] {
    var values: [[Double]] = []
    for node in expression.nodes.prefix(last.map { $0 + 1 } ?? expression.nodes.count) {
      let value: [Double] =
        switch node.source {
        case .parameter(let offset): Array(parameters[offset..<offset + node.count])
        case .input(let name): inputs[name]!
        case .constant(let constant): constant.map(Double.init)
        case .view(let of): values[of]
        case .operation(let operation, let operands): apply(operation, operands.map { values[$0] })
        }
      precondition(value.count == node.count, "\(node) has \(value.count) values")
      values.append(value)
    }
    return values
  }

  package func loss(parameters: [Double], inputs: [String: [Double]]) -> Double {
    values(parameters: parameters, inputs: inputs, through: expression.loss)[expression.loss][0]
  }

  package func gradient(parameters: [Double], inputs: [String: [Double]]) -> [Double] {
    let values = values(parameters: parameters, inputs: inputs)
    return expression.gradients.flatMap { values[$0] }
  }

  private func apply(_ operation: any Operation, _ x: [[Double]]) -> [Double] {
    switch operation {
    case let o as MatrixMultiply: return product(o, x)
    case let o as BatchedProduct:
      let (m, k, n) = (o.product.rows, o.product.inner, o.product.columns)
      return (0..<o.count).flatMap { b in
        product(o.product, [Array(x[0][b * m * k..<(b + 1) * m * k]), Array(x[1][b * k * n..<(b + 1) * k * n])])
      }
    case let o as Softmax: return (0..<o.rows).flatMap { softmax(x[0], $0, o.columns) }
    case let o as ExchangeAxes:
      return grid(o.outer * o.second, o.first * o.inner) { row, column in
        let (outer, j, i) = (row / o.second, row % o.second, column / o.inner)
        return x[0][((outer * o.first + i) * o.second + j) * o.inner + column % o.inner]
      }
    case let o as Map: return x[0].map { value(o.function, $0) }
    case let o as MapDerivative: return zip(x[0], x[1]).map { $0 * derivative(o.function, $1) }
    case let o as Combine: return combined(o, x)
    case let o as Affine: return x[0].map { Double(o.scale) * $0 + Double(o.offset) }
    case let o as Sum:
      return grid(o.outer, o.inner) { i, k in
        (0..<o.middle).reduce(0.0) { sum, j in sum + x[0][(i * o.middle + j) * o.inner + k] }
      }
    case let o as Expand:
      return grid(o.outer * o.middle, o.inner) { i, k in x[0][i / o.middle * o.inner + k] }
    case is Copy: return x[0]
    case let o as Transpose: return grid(o.columns, o.rows) { x[0][$1 * o.columns + $0] }
    case let o as Slice: return grid(o.outer, o.count) { x[0][$0 * o.whole + o.start + $1] }
    case let o as Pad:
      return grid(o.outer, o.whole) { i, k in
        k >= o.start && k < o.start + o.count ? x[0][i * o.count + k - o.start] : 0
      }
    case let o as Concatenate:
      return grid(o.outer, o.firstCount + o.secondCount) { i, k in
        k < o.firstCount ? x[0][i * o.firstCount + k] : x[1][i * o.secondCount + k - o.firstCount]
      }
    case let o as GatherRows: return grid(o.count, o.width) { x[0][Int(x[1][$0]) * o.width + $1] }
    case let o as ScatterRows:
      return grid(o.tableRows, o.width) { row, j in
        (0..<o.count).reduce(0.0) { sum, i in Int(x[1][i]) == row ? sum + x[0][i * o.width + j] : sum }
      }
    case let o as CrossEntropy:
      let losses = (0..<o.rows).map { crossEntropy(x[0], $0, o.columns, Int(x[1][$0])) }
      return [losses.reduce(0, +) / Double(o.rows)]
    case let o as CrossEntropyDerivative:
      return grid(o.rows, o.columns) { i, j in
        (softmax(x[0], i, o.columns)[j] - (j == Int(x[1][i]) ? 1 : 0)) * x[2][0] / Double(o.rows)
      }
    case let o as WeightedCrossEntropy:
      return [(0..<o.rows).reduce(0.0) { $0 + x[2][$1] * crossEntropy(x[0], $1, o.columns, Int(x[1][$1])) }]
    case let o as WeightedCrossEntropyDerivative:
      return grid(o.rows, o.columns) { i, j in
        (softmax(x[0], i, o.columns)[j] - (j == Int(x[1][i]) ? 1 : 0)) * x[2][i]
      }
    case let o as Patches: return patches(o.windows, o.count, x[0])
    case let o as PatchSum: return patchSum(o.windows, o.count, x[0])
    case let o as PermuteColumns: return grid(o.rows, o.order.count) { x[0][$0 * o.order.count + o.order[$1]] }
    case let o as Largest:
      return grid(o.outer, o.inner) { i, k in (0..<o.middle).map { x[0][(i * o.middle + $0) * o.inner + k] }.max()! }
    case let o as LargestDerivative:
      return grid(o.outer * o.middle, o.inner) { i, k in
        let (o1, m) = (i / o.middle, i % o.middle)
        let column = (0..<o.middle).map { x[1][(o1 * o.middle + $0) * o.inner + k] }
        return column.firstIndex(of: column.max()!) == m ? x[0][o1 * o.inner + k] : 0
      }
    default: fatalError("the interpreter does not know \(operation)")
    }
  }

  private func grid(_ rows: Int, _ columns: Int, _ f: (Int, Int) -> Double) -> [Double] {
    (0..<rows * columns).map { f($0 / columns, $0 % columns) }
  }

  /// The pixel that a place of a patch shows, as an index into all images; nil for a zero around them.
  private func pixel(_ w: Windows, _ row: Int, _ column: Int) -> Int? {
    let (image, position) = (row / w.positionCount, row % w.positionCount)
    let (kernelRow, rest) = (column / (w.size * w.channels), column % (w.size * w.channels))
    let i = position / w.outputColumns * w.stride - w.top + kernelRow
    let j = position % w.outputColumns * w.stride - w.left + rest / w.channels
    guard (0..<w.rows).contains(i), (0..<w.columns).contains(j) else { return nil }
    return ((image * w.rows + i) * w.columns + j) * w.channels + rest % w.channels
  }

  private func patches(_ w: Windows, _ count: Int, _ x: [Double]) -> [Double] {
    grid(count * w.positionCount, w.patchCount) { row, column in pixel(w, row, column).map { x[$0] } ?? 0 }
  }

  private func patchSum(_ w: Windows, _ count: Int, _ x: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: count * w.imageCount)
    for k in x.indices {
      if let place = pixel(w, k / w.patchCount, k % w.patchCount) { sums[place] += x[k] }
    }
    return sums
  }

  private func product(_ o: MatrixMultiply, _ x: [[Double]]) -> [Double] {
    grid(o.rows, o.columns) { i, j in
      (0..<o.inner).reduce(o.hasBias ? x[2][j] : 0) { sum, k in
        let a = o.left == .plain ? x[0][i * o.inner + k] : x[0][k * o.rows + i]
        let b = o.right == .plain ? x[1][k * o.columns + j] : x[1][j * o.inner + k]
        return sum + a * b
      }
    }
  }

  private func combined(_ o: Combine, _ x: [[Double]]) -> [Double] {
    (0..<max(o.firstCount, o.secondCount)).map {
      let (a, b) = (x[0][$0 % o.firstCount], x[1][$0 % o.secondCount])
      switch o.arithmetic {
      case .add: return a + b
      case .subtract: return a - b
      case .multiply: return a * b
      case .divide: return a / b
      }
    }
  }

  private func softmax(_ logits: [Double], _ row: Int, _ columns: Int) -> [Double] {
    let row = logits[row * columns..<(row + 1) * columns]
    let largest = row.max()!
    let powers = row.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// log(sum of e^z) - z_label, finite where the softmax of the label is too small for a number.
  private func crossEntropy(_ logits: [Double], _ row: Int, _ columns: Int, _ label: Int) -> Double {
    let row = logits[row * columns..<(row + 1) * columns]
    let largest = row.max()!
    return log(row.reduce(0) { $0 + exp($1 - largest) }) + largest - row[row.startIndex + label]
  }

  private func value(_ function: Elementwise, _ x: Double) -> Double {
    switch function {
    case .exp: exp(x)
    case .log: log(x)
    case .squareRoot, .distanceRoot: x.squareRoot()
    case .square: x * x
    case .reciprocal: 1 / x
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .relu: max(x, 0)
    case .sin: sin(x)
    case .cos: cos(x)
    case .swish: x / (1 + exp(-x))
    case .elu: x > 0 ? x : expm1(x)
    case .leakyRelu(let slope): x > 0 ? x : Double(slope) * x
    case .magnitude: abs(x)
    case .clamp(let low, let high): min(max(x, Double(low)), Double(high))
    }
  }

  /// Written out from x alone, not from the formulas that the kernels use.
  private func derivative(_ function: Elementwise, _ x: Double) -> Double {
    let s = 1 / (1 + exp(-x))
    switch function {
    case .exp: return exp(x)
    case .log: return 1 / x
    case .squareRoot, .distanceRoot: return 1 / (2 * x.squareRoot())
    case .square: return 2 * x
    case .reciprocal: return -1 / (x * x)
    case .tanh: return 1 / (cosh(x) * cosh(x))
    case .sigmoid: return exp(-x) * s * s
    case .relu: return x > 0 ? 1 : 0
    case .sin: return cos(x)
    case .cos: return -sin(x)
    case .swish: return s + x * exp(-x) * s * s
    case .elu: return x > 0 ? 1 : exp(x)
    case .leakyRelu(let slope): return x > 0 ? 1 : Double(slope)
    case .magnitude: return x > 0 ? 1 : -1
    case .clamp(let low, let high): return x > Double(low) && x < Double(high) ? 1 : 0
    }
  }
}
