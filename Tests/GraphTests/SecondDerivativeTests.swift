import DoublePrecision
import Graph
import Testing

/// Derivatives of expressions in which gradients occur: the judges are those of plain operations.
struct SecondDerivativeTests {
  static let functions: [OperationTests.Case] = OperationTests.functions.filter { $0.0 != .distanceRoot }.map {
    function, range in
    OperationTests.Case("the slope of \(function)", range: range) {
      let w = $0.parameter("w", [13])
      return (w.mapped(function) * w.sin).sum().gradients(by: [w])[0]
    }
  }

  static let others: [OperationTests.Case] = [
    OperationTests.Case("the gradient of a scaled cross-entropy", inputs: ["y": [1, 0, 4]]) {
      let (w, scale) = ($0.parameter("w", [3, 5]), $0.parameter("scale", []))
      return (w.softmaxCrossEntropy($0.indices("y", [3])).exp * scale).gradients(by: [w])[0]
    },
    OperationTests.Case("the gradient of a softmax") {
      let w = $0.parameter("w", [3, 4])
      return w.softmax().squared.sum().gradients(by: [w])[0]
    },
    OperationTests.Case("the gradient of matrix products by both factors") {
      let (a, b) = ($0.parameter("a", [2, 3, 4]), $0.parameter("b", [2, 4, 5]))
      let gradients = a.matrixProducts(b).sin.sum().gradients(by: [a, b])
      return gradients[0].matrixProducts(gradients[1])
    },
    OperationTests.Case("the gradient of slices that tile an array, and of others") {
      let w = $0.parameter("w", [6, 2])
      let tiles = w.slice(0..<2, axis: 0).exp * w.slice(2..<4, axis: 0) * w.slice(4..<6, axis: 0).sin
      let gradient = (tiles.sum() + (w.slice(1..<3, axis: 0) * w.slice(2..<4, axis: 0)).sum()).gradients(by: [w])[0]
      return gradient * gradient
    },
    OperationTests.Case(
      "three steps of gradient descent, by rate and start",
      inputs: ["x": (0..<12).map { Double($0 % 5) - 2 }, "y": [2, 0, 1, 1]]
    ) {
      let (x, y) = ($0.input("x", [4, 3]), $0.indices("y", [4]))
      let rate = $0.parameter("rate", [])
      var w = [
        $0.parameter("w0", [3, 5]), $0.parameter("b0", [5]), $0.parameter("w1", [5, 3]), $0.parameter("b1", [3]),
      ]
      func loss() -> Term { x.dense(w[0], w[1]).tanh.dense(w[2], w[3]).softmaxCrossEntropy(y) }
      for _ in 0..<3 { w = zip(w, loss().gradients(by: w)).map { $0 - rate * $1 } }
      return loss()
    },
    OperationTests.Case("the gradient of a gradient's gradient") {
      let w = $0.parameter("w", [5])
      func slope(_ f: Term) -> Term { f.sum().gradients(by: [w])[0] }
      return slope(slope(w.tanh * w.exp) * w.cos)
    },
  ]

  @Test(arguments: functions + others)
  func derivativeIsThatOfCentralDifferences(_ test: OperationTests.Case) {
    OperationTests().derivativeIsThatOfCentralDifferences(test)
  }

  @Test(arguments: functions + others)
  func planComputesWhatDoublePrecisionComputes(_ test: OperationTests.Case) {
    OperationTests().planComputesWhatDoublePrecisionComputes(test)
  }

  /// A term that another is made of has the influence only that it has beside it; one that comes later has none.
  @Test func influenceByWayOfAnotherTermDoesNotCount() {
    let expression = Expression { recording in
      let a = recording.parameter("a", [])
      let b = a * a
      let loss = a * b
      let gradients = loss.gradients(by: [a, b, loss * 2])
      return gradients[0] + 10 * gradients[1] + 100 * gradients[2]
    }
    // b + 10 a at a = 3.
    #expect(DoubleInterpreter(expression: expression).loss(parameters: [3], inputs: [:]) == 39)
  }

  @Test func indicesMayBeCutInPieces() {
    let test = OperationTests.Case("rows that a part of the indices names", inputs: ["i": [3, 0, 2, 3, 2, 1]]) {
      $0.parameter("w", [4, 3]).rows($0.indices("i", [6]).reshaped([2, 3]).slice(1..<2, axis: 0).reshaped([3]))
    }
    OperationTests().derivativeIsThatOfCentralDifferences(test)
    OperationTests().planComputesWhatDoublePrecisionComputes(test)
    let value = DoubleInterpreter(expression: test.expression).values(
      parameters: (0..<12).map(Double.init), inputs: test.inputs)
    #expect(value.contains { $0 == [9, 10, 11, 6, 7, 8, 3, 4, 5] })
  }
}
