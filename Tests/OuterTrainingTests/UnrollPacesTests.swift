import Numerics
import Tasks
import Testing

@testable import OuterTraining

/// The order in which unrolls begin follows from what their tasks took before, and from nothing random.
@Suite struct UnrollPacesTests {
  private struct NamedFamily: TaskFamily {
    let name: String
    func task(seed: UInt64) -> any Task { ToyTask(seed: seed) }
  }

  private var problem: OuterProblem {
    var problem = toyProblem(PersistentES(truncation: .constant(4), horizon: .constant(8)))
    problem.tasks = TaskDistribution([.init(NamedFamily(name: "cheap")), .init(NamedFamily(name: "dear"))])
    problem.pairs = 12
    return problem
  }

  private func result(of unroll: Unroll) -> UnrollResult {
    var result = UnrollResult(drawnAt: unroll.start?.drawnAt ?? unroll.outerIteration)
    result.steps = unroll.steps
    return result
  }

  private func unrolls(of problem: OuterProblem) -> [Unroll] {
    let state = problem.initialState()
    return problem.estimator.unrolls(
      from: state, in: problem,
      along: problem.perturbations(outerIteration: 0).map { PairPerturbation($0, count: state.theta.layout.count) })
  }

  private func families(_ unrolls: [Unroll]) -> [Int] {
    unrolls.map { $0.problem.draw(drawnAt: $0.start?.drawnAt ?? $0.outerIteration, particle: $0.particle).family }
  }

  @Test func dearFamiliesBeginFirstOnceTheyAreKnown() {
    let problem = problem
    let unrolls = unrolls(of: problem)
    let families = families(unrolls)
    #expect(Set(families) == [0, 1])
    let paces = UnrollPaces()
    let blind = paces.order(of: unrolls)
    // Nothing is known: in the order of particles, the one members first.
    #expect(blind == unrolls.indices.filter { $0 % 2 == 0 } + unrolls.indices.filter { $0 % 2 == 1 })
    paces.learn(
      from: unrolls, zip(unrolls, families).map { (result(of: $0), .milliseconds($1 == 1 ? 50 : 1)) })
    let order = paces.order(of: unrolls).map { families[$0] }
    #expect(order == order.sorted(by: >) && order != blind.map { families[$0] })
    // Noise within a factor of two changes nothing.
    paces.learn(
      from: unrolls, zip(unrolls, families).map { (result(of: $0), .milliseconds($1 == 1 ? 55 : 1)) })
    #expect(paces.order(of: unrolls).map { families[$0] } == order)
  }

  @Test func ofTasksEquallyDearTheLongestUnrollBeginsFirst() {
    var problem = problem
    problem.estimator = PersistentES(truncation: .uniform(4, 7), horizon: .constant(8))
    let unrolls = unrolls(of: problem)
    let steps = UnrollPaces().order(of: unrolls).map { unrolls[$0].steps }
    #expect(Set(steps).count > 1 && steps == steps.sorted(by: >))
  }
}
