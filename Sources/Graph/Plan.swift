package import Numerics

/// How an expression is computed: the order of its kernels and the place of every array, fixed once.
///
/// A plan is immutable; any number of threads may run it at once, each with memory of its own. A run allocates nothing.
package struct Plan: Sendable {
  /// An input's place in the caller's memory.
  package struct Input: Sendable {
    package let name: String
    package let shape: [Int]
    /// The first element, in floats from the start of the memory. Indices are Int32 in the same places.
    package let offset: Int
  }

  package let parameters: Layout
  package let inputs: [Input]
  /// What the plan computes, for those who compute it in another way.
  package let expression: Expression
  /// The terms that are given out beside the loss.
  package let observations: Layout
  /// The floats of memory that a run needs, the inputs included.
  package let scratchCount: Int

  /// The floating-point operations of the loss alone, and of the loss with its gradient: two for each multiply-add of a
  /// product, one for each number that another kernel makes. The same on every machine.
  package var operations: (loss: Int, gradient: Int) { (forward.operationCount, both.operationCount) }

  private let forward: Schedule
  private let both: Schedule
  private let constants: ConstantBlock

  package init(_ expression: Expression) {
    var offset = 0
    var inputs: [Input] = []
    var values: [Float] = []
    var places = [Place?](repeating: nil, count: expression.nodes.count)
    for (index, node) in expression.nodes.enumerated() {
      switch node.source {
      case .parameter(let offset): places[index] = Place(.parameters, offset)
      case .constant(let constant):
        places[index] = Place(.constants, values.count)
        values += constant
      case .input(let name):
        places[index] = Place(.memory, offset)
        inputs.append(Input(name: name, shape: node.shape, offset: offset))
        offset = Schedule.aligned(offset + node.count)
      case .view, .operation: continue
      }
    }
    self.expression = expression
    self.parameters = expression.parameters
    self.inputs = inputs
    self.constants = ConstantBlock(values)
    self.observations = expression.observations
    self.forward = Schedule(expression, withGradients: [], observing: [], places: places, firstFree: offset)
    self.both = Schedule(
      expression, withGradients: expression.gradients, observing: expression.observedNodes, places: places,
      firstFree: offset)
    self.scratchCount = max(forward.memoryCount, both.memoryCount)
  }

  /// The place of the input of that name, which the expression must have.
  package func input(_ name: String) -> Input {
    guard let input = inputs.first(where: { $0.name == name }) else {
      preconditionFailure("the expression has no input named \(name)")
    }
    return input
  }

  /// The loss. `memory` has `scratchCount` floats, of which the inputs are filled in.
  package func loss(
    _ parameters: UnsafePointer<Float>, in memory: UnsafeMutablePointer<Float>, _ workspace: Workspace
  ) -> Float {
    forward.run(
      .init(parameters: parameters, constants: constants.base, memory: memory, gradient: memory), in: workspace)
  }

  /// The loss and its gradient, which has the layout of the parameters and overwrites what was there.
  /// - Parameter observations: where the observed terms go, laid out as `observations` says; nil where nobody asks.
  package func loss(
    _ parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    observations: UnsafeMutablePointer<Float>? = nil, in memory: UnsafeMutablePointer<Float>, _ workspace: Workspace
  ) -> Float {
    let regions = Regions(parameters: parameters, constants: constants.base, memory: memory, gradient: gradient)
    let loss = both.run(regions, in: workspace)
    if let observations { both.copyObservations(self.observations, from: regions, into: observations) }
    return loss
  }
}

extension Plan {
  /// The loss; `fill` writes the batch into the memory it is given.
  package func loss(
    _ parameters: Tensors, in workspace: Workspace, fill: (UnsafeMutablePointer<Float>) -> Void
  ) -> Float {
    precondition(parameters.values.count == self.parameters.count, "parameters of another layout")
    return workspace.withFloats(scratchCount) { memory in
      fill(memory)
      return parameters.values.withUnsafeBufferPointer { loss($0.baseAddress!, in: memory, workspace) }
    }
  }

  /// The loss and its gradient; `fill` writes the batch into the memory it is given.
  package func loss(
    _ parameters: Tensors, gradient: inout Tensors, observations: UnsafeMutablePointer<Float>? = nil,
    in workspace: Workspace, fill: (UnsafeMutablePointer<Float>) -> Void
  ) -> Float {
    precondition(parameters.values.count == self.parameters.count, "parameters of another layout")
    precondition(gradient.values.count == self.parameters.count, "a gradient of another layout")
    return workspace.withFloats(scratchCount) { memory in
      fill(memory)
      return parameters.values.withUnsafeBufferPointer { parameters in
        gradient.values.withUnsafeMutableBufferPointer { gradient in
          loss(
            parameters.baseAddress!, gradient: gradient.baseAddress!, observations: observations, in: memory,
            workspace)
        }
      }
    }
  }
}

/// The constants of an expression, at one address for as long as the plan lives. Sendable since nobody writes to it.
private final class ConstantBlock: @unchecked Sendable {
  let base: UnsafePointer<Float>

  init(_ values: [Float]) {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(values.count, 1))
    memory.initialize(from: values, count: values.count)
    base = UnsafePointer(memory)
  }

  deinit { base.deallocate() }
}
