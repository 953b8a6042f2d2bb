internal import Graph
package import Numerics

/// One problem of TaskSet's quadratic_family (spec §4.5): the sum of ((A + N) w)^2, N fresh in each step. All splits have the
/// same distribution; a batch is the address of the noise.
///
/// The configuration's own seed gives A, the draw's seed the start and the noise. TaskSet seeds its instances through
/// TensorFlow, whose random numbers are not ours: the distribution of instances is TaskSet's, the single matrix is not.
package struct TaskSetQuadraticTask: Task {
  package let configuration: TaskSet.Quadratic
  package let parameters: Layout
  package let normalization: Normalization

  let plan: Plan
  let noise: RandomMatrix?
  private let start: Tensors
  let seed: UInt64

  package init(_ configuration: TaskSet.Quadratic, seed: UInt64) {
    self.configuration = configuration
    self.seed = seed
    let workspace = Workspace()
    noise = configuration.matrixNoise.map { RandomMatrix($0, dimension: configuration.dimension) }
    let matrix = Self.matrix(of: configuration, in: workspace)
    let expression = Self.expression(configuration, matrix)
    parameters = expression.parameters
    plan = Plan(expression)
    start = Tensors(
      parameters,
      values: configuration.start.draw(
        Randomness(key: seed), Address(.initialParameters), count: configuration.dimension))
    let lowest: Double =
      switch configuration.output {
      case .identity: 0
      case .log: CorrectlyRounded.log(1e-8) * configuration.lossScale
      }
    let initial = plan.meanLoss(at: start, over: .outerValid, in: workspace) { [noise, plan] memory, batch in
      Self.fill(memory, with: noise, of: batch, seed: seed, plan, workspace)
    }
    normalization = Normalization(initial: initial, best: lowest)
  }

  /// A, dimension x dimension: the same for all draws of a configuration.
  package static func matrix(of configuration: TaskSet.Quadratic, in workspace: Workspace) -> [Float] {
    let n = configuration.dimension
    var matrix = [Float](repeating: 0, count: n * n)
    matrix.withUnsafeMutableBufferPointer {
      RandomMatrix(configuration.matrix, dimension: n).draw(
        Randomness(key: UInt64(configuration.seed)), Address(.taskConfiguration), into: $0.baseAddress!,
        in: workspace)
    }
    return matrix
  }

  private static func expression(_ configuration: TaskSet.Quadratic, _ matrix: [Float]) -> Expression {
    let n = configuration.dimension
    let scale = Float(configuration.lossScale)
    return Expression { recording in
      let w = recording.parameter("weight", [n])
      let constant = recording.constant(matrix, [n, n])
      let a = configuration.matrixNoise == nil ? constant : constant + recording.input("noise", [n, n])
      let sum = a.times(w.reshaped([n, 1])).squared.sum()
      return switch configuration.output {
      case .identity: sum * scale
      case .log: (sum + 1e-8).log * scale  // a sum of squares is never below 0
      }
    }
  }

  package var operations: StepOperations? { plan.stepOperations }

  package func initialParameters() -> Tensors { start }

  package func loss(_ parameters: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    plan.loss(parameters, in: workspace) {
      Self.fill($0, with: noise, of: batch, seed: seed, plan, workspace)
    }
  }

  package func loss(
    _ parameters: Tensors, on batch: Batch, gradient: inout Tensors, in workspace: Workspace
  ) -> Float {
    plan.loss(parameters, gradient: &gradient, in: workspace) {
      Self.fill($0, with: noise, of: batch, seed: seed, plan, workspace)
    }
  }

  /// Draws the batch's noise, if there is any, to where the plan reads it.
  static func fill(
    _ memory: UnsafeMutablePointer<Float>, with noise: RandomMatrix?, of batch: Batch, seed: UInt64, _ plan: Plan,
    _ workspace: Workspace
  ) {
    guard let noise else { return }
    noise.draw(Randomness(key: seed), batch.address, into: memory + plan.inputs[0].offset, in: workspace)
  }
}
