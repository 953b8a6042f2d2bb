import Foundation
import Numerics
import OuterTraining
import RunSchema
import RunStore
import Tasks
import Testing

@testable import Experiments

/// Weights of a recipe's tasks as shares of draws, or of work.
struct WorkShareTests {
  private static let draws = 20_000

  private static func experiment(_ share: String) throws -> Experiment {
    try Experiment(
      recipe: RecipeLibrary.recipe("everything", overrides: [.init(path: ["share"], value: share)]), seed: 0)
  }

  private static func counts(_ experiment: Experiment) -> [Double] {
    let tasks = experiment.problem.tasks
    var counts = tasks.members.map { _ in 0.0 }
    for index in 0..<draws {
      counts[tasks.draw(outerIteration: index / 16, particle: index % 16, Randomness(key: 1)).family] += 1
    }
    return counts
  }

  /// The greatest distance of a family's share of draws or of work from what its weight says, in deviations of a binomial.
  private static func deviation(_ experiment: Experiment, _ counts: [Double], by cost: (Int) -> Double) -> Double {
    let weights = experiment.recipe.tasks.enumerated().map { $1.weight / cost($0) }
    return zip(weights, counts).map { weight, count in
      let share = weight / weights.reduce(0, +)
      return abs(count - Double(draws) * share) / (Double(draws) * share * (1 - share)).squareRoot()
    }.max()!
  }

  /// Over all families: by weight and work a step each has its part, within five deviations. Neither holds of the other.
  @Test func workIsSharedOutByWeightWhereTheRecipeSaysSo() throws {
    let (byDraws, byWork) = (try Self.experiment("draws"), try Self.experiment("work"))
    let work = byWork.stepWork
    #expect(work.count == 23 && byDraws.stepWork == work)
    let (drawn, worked) = (Self.counts(byDraws), Self.counts(byWork))
    #expect(Self.deviation(byDraws, drawn) { _ in 1 } < 5)
    #expect(Self.deviation(byWork, worked) { work[$0] } < 5)
    #expect(Self.deviation(byDraws, drawn) { work[$0] } > 20 && Self.deviation(byWork, worked) { _ in 1 } > 20)
  }

  /// Entries of one price but for tenfold differences: the counted operations of the very tasks that were drawn add up to shares
  /// that are the weights'.
  @Test func theWorkOfWhatIsDrawnIsThatOfTheWeights() throws {
    let recipe = try Recipe(
      """
      share: work
      learned_optimizer: {kind: mlp}
      tasks:
        - {family: mlp, hidden: [4], batch_size: 16}
        - {family: mlp, hidden: [40], batch_size: 16, weight: 2}
        - {family: fixed, fixed: TwoD_Bowl10, calibration_steps: 0, weight: 0.01}
      """, name: "three")
    let experiment = try Experiment(recipe: recipe, seed: 3)
    let (tasks, loss) = (experiment.problem.tasks, recipe.outerLoss.outerLoss)
    var work = [0.0, 0, 0]
    for index in 0..<4_000 {
      let draw = tasks.draw(outerIteration: index, particle: 0, Randomness(key: 2))
      work[draw.family] += StepWork.work(on: tasks.task(draw), under: recipe.learnedOptimizer.optimizer, loss)
    }
    let total = work.reduce(0, +)
    // Four thousand draws, of which a hundred and more are of each: a tenth is some deviations.
    #expect(abs(work[0] / total - 1 / 3.01) < 0.04 && abs(work[1] / total - 2 / 3.01) < 0.04, "\(work)")
    #expect(experiment.stepWork[1] > 5 * experiment.stepWork[0], "\(experiment.stepWork)")
  }

  /// Loss and gradient, two outer losses and a tenth of one, and the products of the optimizer that reads 8 features an element
  /// and 11 a tensor.
  @Test func aStepIsItsLossesItsGradientAndItsOptimizer() throws {
    let recipe = try Recipe(
      "learned_optimizer: {kind: mlp}\ntasks: [{family: digits_mlp}]\nouter_loss: {batches: 2}", name: "one")
    let task = try Experiment(recipe: recipe, seed: 1).problem.tasks.members[0].family.task(seed: 0)
    let operations = try #require(task.operations)
    let update = 2 * (task.parameters.count * (8 * 32 + 32 * 32 + 32 * 2) + task.parameters.slots.count * 11 * 32)
    let expected = Double(operations.gradient) + 2.1 * Double(operations.loss) + Double(update)
    let work = StepWork.work(on: task, under: recipe.learnedOptimizer.optimizer, recipe.outerLoss.outerLoss)
    #expect(abs(work - expected) < 1e-9 * expected && task.parameters.slots.count == 4)
    let train = StepWork.work(on: task, under: recipe.learnedOptimizer.optimizer, .train)
    #expect(abs(work - train - 2 * Double(operations.loss)) < 1e-9 * expected)
  }

  @Test func whatWasCountedIsPartOfTheIdentityAndReadAgain() throws {
    let recipe = try Recipe("share: work\ntasks: [{family: quadratic}, {family: digits_mlp}]", name: "two")
    func identity(_ experiment: Experiment) throws -> NamedArrays {
      try Identity.description(
        of: experiment, firstIteration: 0, origin: nil, durability: .each, code: CodeFactsSearch().facts()
      ).identity
    }
    let experiment = try Experiment(recipe: recipe, seed: 1)
    let arrays = try identity(experiment)
    #expect(arrays[IdentityNames.stepWork]?.values == .float64(experiment.stepWork))
    let other = try Experiment(recipe: recipe, seed: 1, calibrations: experiment.calibrations, stepWork: [5, 10])
    #expect(try identity(other).digest != arrays.digest)
    let read = try IdentityReader(identity(other), of: "test", in: Store(at: "nowhere")).experiment()
    #expect(read.stepWork == [5, 10] && read.problem.tasks.members.map(\.weight) == [0.2, 0.1])
    var damaged = NamedArrays()
    for name in arrays.names where name != IdentityNames.stepWork { damaged.append(arrays[name]!) }
    #expect(throws: ExperimentError.self) {
      try IdentityReader(damaged, of: "test", in: Store(at: "nowhere")).experiment()
    }
    // Runs that were made before it was counted share draws.
    let plain = try Experiment(recipe: Recipe("tasks: [{family: quadratic}, {family: digits_mlp}]", name: "p"), seed: 1)
    #expect(!plain.recipe.resolved.compact.contains("share"))
    var old = NamedArrays()
    let its = try identity(plain)
    for name in its.names where name != IdentityNames.stepWork { old.append(its[name]!) }
    #expect(try IdentityReader(old, of: "test", in: Store(at: "nowhere")).experiment().stepWork.isEmpty)
    #expect(try Experiment(recipe: Recipe("tasks: [{family: quadratic}]", name: "one"), seed: 1).stepWork.isEmpty)
  }
}
