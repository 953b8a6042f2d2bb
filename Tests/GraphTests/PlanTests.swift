import Graph
import Numerics
import Testing

struct PlanTests {
  @Test func aParameterWithoutInfluenceHasTheGradientZero() {
    let plan = Plan(
      Expression { recording in
        _ = recording.parameter("idle", [3])
        return recording.parameter("w", [2]).squared.sum()
      })
    #expect(gradient(plan, [1, 2, 3, 4, 5]) == [0, 0, 0, 8, 10])
  }

  @Test func twoParametersMayHaveTheSameGradient() {
    let plan = Plan(
      Expression { recording in
        let (a, b) = (recording.parameter("a", [3]), recording.parameter("b", [3]))
        return (a + b).squared.sum()
      })
    #expect(gradient(plan, [1, 2, 3, 1, 1, 1]) == [4, 6, 8, 4, 6, 8])
  }

  @Test func aParameterMayBeAnothersGradient() {
    let plan = Plan(
      Expression { recording in
        let (a, b) = (recording.parameter("a", [3]), recording.parameter("b", [3]))
        return (a * b).sum()
      })
    #expect(gradient(plan, [1, 2, 3, 4, 5, 6]) == [4, 5, 6, 1, 2, 3])
  }

  @Test func theLossMayBeAParameterItself() {
    let plan = Plan(Expression { $0.parameter("w", [1]) })
    #expect(gradient(plan, [7]) == [1])
    #expect(plan.loss(Tensors(plan.parameters, values: [7]), in: Workspace()) { _ in } == 7)
  }

  @Test func aConstantLossHasNoGradient() {
    let plan = Plan(
      Expression { recording in
        _ = recording.parameter("w", [2])
        return recording.constant(3)
      })
    #expect(gradient(plan, [1, 2]) == [0, 0])
  }

  @Test func aLongSequenceCostsNodesAndMemoryInProportionToItsLength() {
    func sequence(_ steps: Int) -> Expression {
      Expression { recording in
        let inputs = recording.input("x", [steps * 4, 3]).times(recording.parameter("w", [3, 8]))
        let u = recording.parameter("u", [8, 8])
        var h = recording.constant([Float](repeating: 0, count: 32), [4, 8])
        var states: [Term] = []
        for t in 0..<steps {
          h = (inputs.slice(4 * t..<4 * t + 4, axis: 0) + h.times(u)).tanh
          states.append(h)
        }
        return Term.stacked(states).squared.sum()
      }
    }
    let (short, long) = (sequence(100), sequence(200))
    #expect(Double(long.nodes.count) < 2.05 * Double(short.nodes.count) && short.nodes.count < 2000)
    let (few, many) = (Plan(short).scratchCount, Plan(long).scratchCount)
    #expect(Double(many) < 2.05 * Double(few))
    // Inputs, their products, states and what the derivative keeps: some ten arrays of a step's 32 floats.
    #expect(few < 100 * 32 * 12 + 6000, "\(few)")
  }

  /// A task in training makes one after another.
  @Test func aRecordingIsLetGoOfOnceItsExpressionIsMade() {
    weak var seen: Recording?
    let expression = Expression { recording in
      seen = recording
      let w = recording.parameter("w", [2])
      recording.observe("square", w.squared)
      return w.squared.sum()
    }
    #expect(seen == nil && expression.parameters.count == 2)
  }

  @Test func observedTermsAreGivenOutWhereverTheyLie() {
    let plan = Plan(
      Expression { recording in
        let (w, x) = (recording.parameter("w", [2]), recording.input("x", [2]))
        let product = w * x
        recording.observe("moment", product.squared)
        recording.observe("parameter", w)
        // The derivative by w of the loss's first part is x itself.
        recording.observe("input", x.reshaped([2, 1]))
        return product.sum() + product.squared.exp.tanh.sum()
      })
    #expect(plan.observations == Layout([("moment", [2]), ("parameter", [2]), ("input", [2, 1])]))
    var (gradient, seen) = (Tensors(zeros: plan.parameters), Tensors(zeros: plan.observations))
    let at = Tensors(plan.parameters, values: [1, 2])
    let loss = seen.values.withUnsafeMutableBufferPointer { seen in
      plan.loss(at, gradient: &gradient, observations: seen.baseAddress, in: Workspace()) {
        $0.update(repeating: .nan, count: plan.scratchCount)
        ($0[plan.input("x").offset], $0[plan.input("x").offset + 1]) = (3, 0.5)
      }
    }
    #expect(seen.values == [9, 1, 1, 2, 3, 0.5])
    #expect(
      loss == plan.loss(at, in: Workspace()) { ($0[plan.input("x").offset], $0[plan.input("x").offset + 1]) = (3, 0.5) }
    )
  }

  @Test func aGradientIsOverwritten() {
    let plan = Plan(Expression { $0.parameter("w", [2]).squared.sum() })
    var gradient = Tensors(plan.parameters, values: [.nan, 5])
    for _ in 0..<2 {
      _ = plan.loss(
        Tensors(plan.parameters, values: [1, 2]), gradient: &gradient, in: Workspace()
      ) { _ in }
      #expect(gradient.values == [2, 4])
    }
  }

  @Test func memoryIsReusedAndNothingBehindItsEndIsTouched() {
    let expression = Expression { recording in
      var h = recording.input("x", [10, 20])
      for layer in 0..<6 {
        h = h.dense(recording.parameter("w\(layer)", [20, 20]), recording.parameter("b\(layer)", [20])).tanh
      }
      return h.squared.mean()
    }
    let plan = Plan(expression)
    let all = expression.nodes.reduce(0) { sum, node in
      if case .operation = node.source { return sum + node.count }
      return sum
    }
    #expect(plan.scratchCount - MatrixProduct.scratchCount < all / 2)

    let parameters = [Float](repeating: 0.1, count: plan.parameters.count)
    var gradient = [Float](repeating: 0, count: plan.parameters.count + 8)
    var memory = [Float](repeating: 0.5, count: plan.scratchCount + 8)
    for place in 0..<8 {
      memory[plan.scratchCount + place] = 77
      gradient[plan.parameters.count + place] = 77
    }
    _ = plan.loss(parameters, gradient: &gradient, in: &memory, Workspace())
    #expect(memory[plan.scratchCount...].allSatisfy { $0 == 77 })
    #expect(gradient[plan.parameters.count...].allSatisfy { $0 == 77 })
  }

  @Test func aRunDependsOnItsArgumentsOnly() {
    let expression = OperationTests.others.first { $0.testDescription == "a perceptron" }!
    let plan = Plan(expression.expression)
    let workspace = Workspace()
    let one = Tensors(plan.parameters, values: OperationTests.point(expression).map(Float.init))
    var other = one
    other.values[3] = .infinity
    func run(_ at: Tensors) -> [UInt32] {
      var gradient = Tensors(zeros: plan.parameters)
      let loss = plan.loss(at, gradient: &gradient, in: workspace) { OperationTests.fill($0, plan, expression) }
      return [loss.bitPattern] + gradient.values.map(\.bitPattern)
    }
    let first = run(one)
    _ = run(other)
    #expect(run(one) == first)
    #expect(Plan(expression.expression).scratchCount == plan.scratchCount)
  }

  private func gradient(_ plan: Plan, _ at: [Float]) -> [Float] {
    var gradient = Tensors(plan.parameters, values: at.map { _ in .nan })
    _ = plan.loss(Tensors(plan.parameters, values: at), gradient: &gradient, in: Workspace()) { _ in }
    return gradient.values
  }
}
