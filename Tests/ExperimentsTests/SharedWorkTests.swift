import Experiments
import Foundation
import Numerics
import Optimizers
import OuterTraining
import Synchronization
import Tasks
import Testing

/// Threads that help inside of a piece of work change no bit of it, and do each part once.
@Suite struct SharedWorkTests {
  /// A crew that is always there: every range that may be shared is. Some pieces begin in order but come late.
  private final class EagerCrew: Crew {
    let shares = Atomic<Int>(0)
    private let pool = ThreadPool(threads: 3)
    var isWaiting: Bool { true }

    func share(_ count: Int, in workspace: Workspace, _ piece: (Int, Workspace) -> Void) {
      shares.add(1, ordering: .relaxed)
      withoutActuallyEscaping(piece) { piece in
        nonisolated(unsafe) let piece = piece
        _ = pool.map(order: Array(0..<count)) { turn, workspace in
          if turn % 16 == 0 { usleep(300) }
          piece(turn, workspace)
        }
      }
    }
  }

  private static let learned: [(name: String, make: @Sendable () throws -> any LearnedOptimizer)] = [
    ("hierarchical", { HierarchicalLearnedOptimizer() }), ("mlp", { MLPLearnedOptimizer() }),
    ("adafactor_mlp", { AdafactorMLPLearnedOptimizer() }),
    (
      "hierarchical, halved and clipped",
      {
        var configuration = HierarchicalConfiguration()
        configuration.normalizer = .halvedAndClipped
        return try HierarchicalLearnedOptimizer(configuration)
      }
    ),
  ]

  /// Two large tensors, whose last blocks are short, and a small one.
  private let layout = Layout([("large", [301, 111]), ("middle", [61, 43]), ("small", [37])])

  /// Parameters and state after three updates.
  private func updated(_ rule: any Optimizer, in workspace: Workspace) -> [UInt32] {
    var parameters = normal(layout, 0)
    var state = rule.initialState()
    for step in 0..<3 {
      rule.update(
        &parameters, &state, seeing: Observation(gradient: normal(layout, step + 1), loss: 1, step: step),
        in: workspace)
    }
    return (parameters.values + state.values).map(\.bitPattern)
  }

  private func normal(_ layout: Layout, _ particle: Int) -> Tensors {
    var tensors = Tensors(zeros: layout)
    tensors.values.withUnsafeMutableBufferPointer {
      Randomness(key: 2).normals(Address(.initialParameters, particle: particle), into: $0)
    }
    return tensors
  }

  @Test(arguments: learned.indices)
  func aSharedUpdateHasTheBitsOfALoneOne(_ index: Int) throws {
    let crew = EagerCrew()
    let name = Self.learned[index].name
    let learned = try Self.learned[index].make()
    let rule = learned.optimizer(theta: learned.initialTheta(Randomness(key: 5)), for: layout)
    let shared = updated(rule, in: Workspace(crew: crew))
    #expect(crew.shares.load(ordering: .relaxed) >= 3)
    #expect(shared == updated(rule, in: Workspace()), "\(name)")
  }

  @Test func aSharedUpdateByAdamHasTheBitsOfALoneOne() {
    let (crew, rule) = (EagerCrew(), Adam(learningRate: .constant(0.01)).optimizer(for: layout))
    let shared = updated(rule, in: Workspace(crew: crew))
    #expect(crew.shares.load(ordering: .relaxed) == 3)
    #expect(shared == updated(rule, in: Workspace()))
  }

  /// Families whose first draw of more than 10^7 multiply-adds has kernels worth sharing.
  @Test(arguments: SampledTaskRecipeTests.names.filter { !["taskset_quadratic", "losg", "lopt"].contains($0) })
  func aSharedGradientHasTheBitsOfALoneOne(_ family: String) throws {
    let length =
      ["char_rnn", "word_rnn", "text_classification", "lm_rnn", "lm_transformer"].contains(family)
      ? ", maximum_length: 16" : ""
    let recipe = try Recipe("tasks: [{family: \(family)\(length)}]", name: "one")
    let tasks = try Experiment(recipe: recipe, seed: 1, calibrations: [[]]).problem.tasks.members[0].family
    let draws = (0..<30).lazy.map { tasks.task(seed: $0) }
    let task = try #require(draws.first { ($0.operations?.gradient ?? 0) > 20_000_000 })
    let crew = EagerCrew()
    let results = [Workspace(), Workspace(crew: crew)].map { workspace in
      var gradient = Tensors(zeros: task.parameters)
      var state = task.initialModelState()
      let loss = task.loss(
        task.initialParameters(), &state, on: Batch(.train, 3), gradient: &gradient, in: workspace)
      return ([loss] + gradient.values + state.values).map(\.bitPattern)
    }
    #expect(crew.shares.load(ordering: .relaxed) > 0)
    #expect(results[0] == results[1])
  }

  @Test func everyPieceIsDoneOnceThoughSeveralShareAtATime() {
    let pool = ThreadPool(threads: 5)
    for round in 0..<300 {
      let sums = pool.map(order: [0, 1, 2]) { job, workspace in
        let marks = UnsafeMutablePointer<UInt8>.allocate(capacity: 1_000)
        marks.initialize(repeating: 0, count: 1_000)
        defer { marks.deallocate() }
        for _ in 0..<3 {
          workspace.share(0..<1_000, grain: 10 + job) { part, _ in for i in part { marks[i] += 1 } }
        }
        return (0..<1_000).count { marks[$0] == 3 }
      }
      guard sums == [1_000, 1_000, 1_000] else {
        Issue.record("round \(round): \(sums)")
        return
      }
    }
  }

  @Test func whoHasNothingToDoHelps() {
    let pool = ThreadPool(threads: 4)
    let helpers = pool.map(order: [0]) { _, workspace in
      let own = ObjectIdentifier(workspace)
      let helped = Atomic<Int>(0)
      // Threads that were just made may take their time.
      for _ in 0..<60_000 where helped.load(ordering: .relaxed) == 0 {
        workspace.share(0..<64, grain: 1) { _, workspace in
          if ObjectIdentifier(workspace) != own { helped.add(1, ordering: .relaxed) }
          usleep(10)
        }
      }
      return helped.load(ordering: .relaxed)
    }
    #expect(helpers[0] > 0)
  }

  @Test func turnsComeInOrder() {
    let crew = EagerCrew()
    var order: [Int] = []
    let turns = Turns(from: 7)
    Workspace(crew: crew).share(7..<500, grain: 3) { part, _ in turns.take(part) { order += Array(part) } }
    #expect(order == Array(7..<500))
    #expect(crew.shares.load(ordering: .relaxed) == 1)
  }
}
