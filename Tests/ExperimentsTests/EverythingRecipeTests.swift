import Experiments
import Numerics
import OuterTraining
import RunSchema
import Tasks
import Testing

/// The recipe over all families: that they are all in it, and what each of them costs.
struct EverythingRecipeTests {
  static let experiment = Result {
    try Experiment(recipe: RecipeLibrary.recipe("everything"), seed: 0)
  }

  @Test func allFamiliesAreInIt() throws {
    let entries = try Self.experiment.get().recipe.tasks
    let families = entries.map(\.family.rawValue)
    let taskSet = entries.compactMap { entry -> TaskSetFamily? in
      if case .sampled(let sampled) = entry.kind { sampled.family } else { nil }
    }
    #expect(Set(taskSet) == Set(TaskSetFamily.allCases) && taskSet.count == 12)
    for family in ParametricTaskRecipe.Family.allCases { #expect(families.contains(family.rawValue)) }
    #expect(families.contains("fixed") && families.contains("test_function"))
  }

  /// Steps are shared out by weight: of 20,000 draws each family has its part, within five deviations of a binomial.
  @Test func eachFamilyIsDrawnAsOftenAsItsWeightSays() throws {
    let tasks = try Self.experiment.get().problem.tasks
    let total = tasks.members.reduce(0) { $0 + $1.weight }
    var counts = [Int](repeating: 0, count: tasks.members.count)
    for index in 0..<20_000 {
      counts[tasks.draw(outerIteration: index / 16, particle: index % 16, Randomness(key: 1)).family] += 1
    }
    for (member, count) in zip(tasks.members, counts) {
      let share = member.weight / total
      #expect(abs(Double(count) - 20_000 * share) < 5 * (20_000 * share * (1 - share)).squareRoot(), "\(member.family)")
    }
  }

  /// The limits hold a step's operations, the gradient's and an outer loss's, to what a core of 10 GFLOP/s does in 20 ms, and
  /// what an optimizer keeps of the parameters to some megabytes.
  @Test func everyDrawIsWithinWhatAnIterationOfASecondAllows() throws {
    for member in try Self.experiment.get().problem.tasks.members {
      var (operations, parameters) = ([Int](), [Int]())
      for seed in 0..<5 as Range<UInt64> {
        let task = member.family.task(seed: seed)
        let step = task.operations ?? StepOperations(loss: 0, gradient: 0)
        operations.append(step.gradient + step.loss)
        parameters.append(task.parameters.count)
      }
      #expect(operations.max()! < 200_000_000 && parameters.max()! <= 200_000, "\(member.family.name)")
      print(
        "\(member.family.name): \(parameters.reduce(0, +) / 5) parameters,"
          + " \(operations.reduce(0, +) / 5) operations a step, the means of five draws")
    }
  }
}
