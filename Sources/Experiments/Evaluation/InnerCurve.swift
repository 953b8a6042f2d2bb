package import Numerics
package import Optimizers
import OuterTraining
package import Tasks

/// One task trained from its own start with one optimizer: the losses on the way.
///
/// A function of task, optimizer and plan alone. What is not finite is kept as it is; training goes on.
package struct InnerCurve: Equatable, Sendable {
  /// How long a task is trained, and how often its loss is examined beside the training.
  package struct Plan: Hashable, Sendable {
    package let steps: Int
    /// Steps between two examinations; the first is before the first step, the last after the last.
    package let interval: Int
    /// The examined split, of which batches 0 ..< `batches` are taken each time, so that examinations differ by the
    /// parameters alone.
    package let split: Split
    package let batches: Int

    package init(steps: Int, interval: Int, split: Split = .outerValid, batches: Int = 4) {
      precondition(steps > 0 && interval > 0 && batches > 0, "\(steps) steps, examined every \(interval)")
      self.steps = steps
      self.interval = interval
      self.split = split
      self.batches = batches
    }
  }

  /// A mean loss on the examined batches.
  package struct Examination: Equatable, Sendable {
    /// Steps taken before it.
    package let step: Int
    package let loss: Double
  }

  package let plan: Plan
  /// The training loss of each step, at the parameters before it.
  package let train: [Float]
  package let valid: [Examination]

  /// Trains `task` from its start. The optimizer is one for the task's layout.
  package init(of task: any Task, with optimizer: any Optimizer, _ plan: Plan, in workspace: Workspace) {
    var training = InnerTraining(task, with: optimizer)
    var train: [Float] = []
    train.reserveCapacity(plan.steps)
    var valid = [Self.examination(of: training, plan, in: workspace)]
    for step in 1...plan.steps {
      train.append(training.advance(in: workspace))
      guard step % plan.interval == 0 || step == plan.steps else { continue }
      valid.append(Self.examination(of: training, plan, in: workspace))
    }
    self.plan = plan
    self.train = train
    self.valid = valid
  }

  /// Before the first step.
  package var initialLoss: Double { valid[0].loss }
  /// After the last step.
  package var finalLoss: Double { valid[valid.count - 1].loss }

  /// The least examined loss behind the start; nil where none is a number.
  package var best: Examination? {
    valid.dropFirst().filter { !$0.loss.isNaN }.min { $0.loss < $1.loss }
  }

  /// Whether some loss on the way was no finite number.
  package var diverged: Bool { !train.allSatisfy(\.isFinite) || !valid.allSatisfy(\.loss.isFinite) }

  private static func examination(
    of training: InnerTraining, _ plan: Plan, in workspace: Workspace
  ) -> Examination {
    let losses = (0..<plan.batches).map {
      Double(training.loss(on: Batch(plan.split, $0), in: workspace))
    }
    return Examination(step: training.step, loss: losses.reduce(0, +) / Double(plan.batches))
  }
}
