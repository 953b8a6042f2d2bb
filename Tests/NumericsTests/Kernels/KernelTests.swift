import Foundation
import Numerics
import Testing

struct ReductionTests {
  @Test func aSumIsEightLanesAndATree() {
    for count in 1...70 {
      let x = MatrixProductTests.normals(count, 1)
      var lanes = [Float](repeating: 0, count: 8)
      for (i, value) in x.enumerated() { lanes[i % 8] += value }
      let expected =
        ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
      #expect(Reduction.sum(x, count: count) == expected, "\(count)")
    }
  }

  @Test func aSumOverAnAxisRunsInOrder() {
    for outer in [1, 2, 3] {
      for middle in [1, 2, 9] {
        for inner in [2, 3, 7, 8, 9, 17] {
          let x = MatrixProductTests.normals(outer * middle * inner, 1)
          var result = [Float](repeating: .nan, count: outer * inner)
          Reduction.sum(x, outer: outer, middle: middle, inner: inner, into: &result)
          for o in 0..<outer {
            for i in 0..<inner {
              let expected = (0..<middle).reduce(Float(0)) { $0 + x[(o * middle + $1) * inner + i] }
              #expect(result[o * inner + i] == expected)
            }
          }
        }
      }
    }
  }
}

struct ElementwiseTests {
  static let all: [Elementwise] = [
    .exp, .log, .squareRoot, .square, .reciprocal, .tanh, .sigmoid, .relu, .sin, .cos, .swish, .distanceRoot, .elu,
    .leakyRelu(slope: 0.2),
  ]

  @Test(arguments: all)
  func anElementsBitsDependNeitherOnItsPlaceNorOnItsNeighbours(_ function: Elementwise) {
    let x = MatrixProductTests.normals(41, 1)
    let g = MatrixProductTests.normals(41, 2)
    var y = [Float](repeating: 0, count: 41)
    var d = y
    function.apply(x, count: 41, into: &y)
    function.pullBack(g, x: x, y: y, count: 41, into: &d)
    for i in 0..<41 {
      var one: Float = 0
      var derivative: Float = 0
      function.apply([x[i]], count: 1, into: &one)
      function.pullBack([g[i]], x: [x[i]], y: [y[i]], count: 1, into: &derivative)
      #expect(one.bitPattern == y[i].bitPattern || one.isNaN && y[i].isNaN)
      #expect(derivative.bitPattern == d[i].bitPattern || derivative.isNaN && d[i].isNaN)
    }
  }

  @Test(arguments: all)
  func aNaNStaysANaN(_ function: Elementwise) {
    var y: Float = 0
    function.apply([.nan], count: 1, into: &y)
    #expect(y.isNaN)
  }

  @Test func nothingBehindTheLastElementIsTouched() {
    for count in 0...20 {
      var y = [Float](repeating: 9, count: 30)
      Elementwise.square.apply(MatrixProductTests.normals(30, 1), count: count, into: &y)
      #expect(y[count...].allSatisfy { $0 == 9 })
    }
  }
}

struct ArithmeticTests {
  @Test func theShorterArrayIsRepeated() {
    for (aCount, bCount) in [(1, 1), (12, 12), (12, 1), (1, 12), (12, 3), (3, 12), (40, 10), (9, 9), (1, 7)] {
      let a = MatrixProductTests.normals(aCount, 1)
      let b = MatrixProductTests.normals(bCount, 2)
      let count = max(aCount, bCount)
      let cases: [(Arithmetic, (Float, Float) -> Float)] = [
        (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
      ]
      for (arithmetic, plain) in cases {
        var result = [Float](repeating: 9, count: count + 8)
        arithmetic.apply(a, aCount, b, bCount, into: &result)
        #expect((0..<count).allSatisfy { result[$0] == plain(a[$0 % aCount], b[$0 % bCount]) })
        #expect(result[count...].allSatisfy { $0 == 9 })
      }
    }
  }
}

struct SoftmaxCrossEntropyTests {
  @Test func lossAndGradientAreThoseOfTheFormula() {
    for rows in [1, 2, 7, 8, 9, 128] {
      for columns in [2, 3, 8, 10, 16, 21] {
        let logits = MatrixProductTests.normals(rows * columns, 1).map { 3 * $0 }
        let labels = (0..<rows).map { Int32(($0 * 7 + 1) % columns) }
        var scratch = [Float](repeating: .nan, count: SoftmaxCrossEntropy.scratchCount(rows: rows))
        var gradient = [Float](repeating: .nan, count: rows * columns)
        let loss = SoftmaxCrossEntropy.loss(logits, labels, rows: rows, columns: columns, scratch: &scratch)
        SoftmaxCrossEntropy.gradient(logits, labels, rows: rows, columns: columns, scale: 2, into: &gradient)
        var expected = 0.0
        for i in 0..<rows {
          let powers = (0..<columns).map { Foundation.exp(Double(logits[i * columns + $0])) }
          let sum = powers.reduce(0, +)
          expected -= Foundation.log(powers[Int(labels[i])] / sum) / Double(rows)
          for j in 0..<columns {
            let right = (powers[j] / sum - (j == Int(labels[i]) ? 1 : 0)) * 2 / Double(rows)
            // Logits up to 12 are exact; a power, the sum and two products round by some 1e-7 each.
            #expect(abs(Double(gradient[i * columns + j]) - right) < 1e-6 * 2 / Double(rows))
          }
        }
        #expect(abs(Double(loss) - expected) < 2e-6 * max(1, expected), "\(rows) x \(columns)")
      }
    }
  }

  /// Eight rows at once have the bits of rows that come alone. The share of a row must be the same: rows are a power of two.
  @Test(arguments: [2, 7, 8, 9, 10, 15, 16, 17])
  func eightRowsAtOnceChangeNoBit(_ columns: Int) {
    let rows = 32
    var logits = MatrixProductTests.normals(rows * columns, 1).map { 3 * $0 }
    for (place, odd) in zip(stride(from: 0, to: rows * columns, by: 5), [-Float.infinity, 0, -0, 1e30, -90]) {
      logits[place] = odd
    }
    let labels = (0..<rows).map { Int32(($0 * 7 + 1) % columns) }
    var scratch = [Float](repeating: .nan, count: SoftmaxCrossEntropy.scratchCount(rows: rows))
    var gradient = [Float](repeating: .nan, count: rows * columns)
    SoftmaxCrossEntropy.gradient(logits, labels, rows: rows, columns: columns, scale: 2 * Float(rows), into: &gradient)
    let losses = (0..<rows).map { row in
      let part = Array(logits[row * columns..<(row + 1) * columns])
      var alone = [Float](repeating: .nan, count: columns)
      SoftmaxCrossEntropy.gradient(part, [labels[row]], rows: 1, columns: columns, scale: 2, into: &alone)
      let bits = gradient[row * columns..<(row + 1) * columns].map(\.bitPattern)
      #expect(alone.map(\.bitPattern) == bits, "row \(row)")
      return SoftmaxCrossEntropy.loss(part, [labels[row]], rows: 1, columns: columns, scratch: &scratch)
    }
    let loss = SoftmaxCrossEntropy.loss(logits, labels, rows: rows, columns: columns, scratch: &scratch)
    #expect(loss == Reduction.sum(losses, count: rows) / Float(rows))
  }

  @Test func largeLogitsDoNotOverflow() {
    var scratch = [Float](repeating: 0, count: SoftmaxCrossEntropy.scratchCount(rows: 1))
    let loss = SoftmaxCrossEntropy.loss([1e30, 0, -1e30], [1], rows: 1, columns: 3, scratch: &scratch)
    #expect(loss == 1e30)
  }

  @Test func aNaNLogitGivesANaNLoss() {
    var scratch = [Float](repeating: 0, count: SoftmaxCrossEntropy.scratchCount(rows: 1))
    for place in 0..<11 {
      var logits = [Float](repeating: 1, count: 11)
      logits[place] = .nan
      #expect(SoftmaxCrossEntropy.loss(logits, [3], rows: 1, columns: 11, scratch: &scratch).isNaN)
    }
  }
}
