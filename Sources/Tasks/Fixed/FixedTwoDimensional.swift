/// Functions of two parameters (spec §4.6).
extension FixedTask {
  static let twoDimensional: [FixedTask] = [
    FixedTask("TwoD_Bowl1", .twoDimensional, FixedProblem(.bowl(condition: 1, angle: 0, noise: 0))),
    FixedTask("TwoD_Bowl10", .twoDimensional, FixedProblem(.bowl(condition: 10, angle: 0, noise: 0))),
    FixedTask("TwoD_Bowl100", .twoDimensional, FixedProblem(.bowl(condition: 100, angle: 0, noise: 0))),
    FixedTask("TwoD_Bowl1000", .twoDimensional, FixedProblem(.bowl(condition: 1000, angle: 0, noise: 0))),
    FixedTask("TwoD_Rosenbrock", .twoDimensional, FixedProblem(.testFunction(.rosenbrock, noise: 0))),
    FixedTask("TwoD_Ackley", .twoDimensional, FixedProblem(.testFunction(.ackley, noise: 0))),
    FixedTask("TwoD_Beale", .twoDimensional, FixedProblem(.testFunction(.beale, noise: 0))),
    FixedTask("TwoD_StyblinskiTang", .twoDimensional, FixedProblem(.testFunction(.styblinskiTang, noise: 0))),
  ]
}

/// One of the problems of losg_tasks, with nothing random but its start.
struct FixedProblem: FixedModel {
  let problem: TaskSet.BaseProblem

  init(_ problem: TaskSet.BaseProblem) { self.problem = problem }

  var published: PublishedValue { problem.published }

  func problem(on material: FixedMaterial) -> PlannedProblem {
    let instance = ProblemInstance(problem, seed: 0)
    return PlannedProblem(
      scale: .init(best: problem.minimum, guess: 1), loss: { instance.loss(in: $0, scale: 1) })
  }
}
