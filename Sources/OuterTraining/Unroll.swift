package import Numerics
internal import Tasks

/// One member of an antithetic pair over one truncation: the unit of work that a thread or a rank gets.
package struct Unroll: Sendable {
  package let problem: OuterProblem
  package let theta: Tensors
  package let outerIteration: Int
  package let particle: Int
  package let sign: AntitheticSign
  /// Shared with the other member of the pair.
  package let perturbation: PairPerturbation
  /// Inner steps to take.
  package let steps: Int
  /// Where to go on; nil to start with a new task.
  package let start: Start?

  package struct Start: Sendable {
    package let drawnAt: Int
    package let innerStep: Int
    package let state: InnerState
  }
}

/// What one unroll gives back.
package struct UnrollResult: Sendable {
  /// Sums of the normalised losses over the steps before a new task began, and from its first step on.
  package var lossBeforeReset = 0.0
  package var lossAfterReset = 0.0
  package var steps = 0
  /// Steps whose training loss was not a finite number.
  package var nonFiniteSteps = 0
  /// True where a new task began in this unroll, at its start or on the way.
  package var reset = false
  /// Where inner training stands, and in which episode; the state is nil where that task has come to its end.
  package var drawnAt: Int
  package var innerStep = 0
  package var end: InnerState?

  package var meanLoss: Double { (lossBeforeReset + lossAfterReset) / Double(steps) }
}

extension Unroll {
  /// Trains for `steps` inner steps, over the end of a task if it comes.
  package func run(in workspace: Workspace) -> UnrollResult {
    let perturbed = perturbation.applied(to: theta, sign)
    var result = UnrollResult(drawnAt: start?.drawnAt ?? outerIteration)
    result.reset = start == nil
    var training = training(drawnAt: result.drawnAt, theta: perturbed, from: start)
    var horizon = problem.horizon(drawnAt: result.drawnAt, particle: particle)
    for _ in 0..<steps {
      if training.step == horizon {
        result.drawnAt = outerIteration
        result.reset = true
        training = self.training(drawnAt: outerIteration, theta: perturbed, from: nil)
        horizon = problem.horizon(drawnAt: outerIteration, particle: particle)
      }
      let trainLoss = training.advance(in: workspace)
      let loss = training.outerLoss(problem.outerLoss, trainLoss: trainLoss, in: workspace)
      if result.reset { result.lossAfterReset += loss } else { result.lossBeforeReset += loss }
      if !trainLoss.isFinite { result.nonFiniteSteps += 1 }
    }
    result.steps = steps
    result.innerStep = training.step
    result.end = training.step < horizon ? training.state : nil
    return result
  }

  private func training(drawnAt: Int, theta: Tensors, from start: Start?) -> InnerTraining {
    let task = problem.tasks.task(problem.draw(drawnAt: drawnAt, particle: particle))
    let optimizer = problem.learned.optimizer(theta: theta, for: task.parameters)
    guard let start else { return InnerTraining(task, with: optimizer) }
    return InnerTraining(task, with: optimizer, from: start.state, step: start.innerStep)
  }
}
