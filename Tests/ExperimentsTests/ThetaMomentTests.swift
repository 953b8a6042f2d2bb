import Experiments
import Foundation
import OuterTraining
import RunStore
import Testing

/// `runs show ID@I`: theta from a stored state and records is the theta of the run, for estimators with and without memory.
struct ThetaMomentTests {
  @Test(arguments: ["full_es", "persistent_es"])
  func thetaFromRecordsHasTheBitsOfThetaComputedAgain(estimator: String) throws {
    let folder = NSTemporaryDirectory() + "theta-\(UUID().uuidString)"
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch {} }
    let store = Store(at: folder)
    let unroll = estimator == "full_es" ? "" : "truncation: {steps: 4}, "
    let recipe = try Recipe(
      """
      learned_optimizer: {kind: mlp, hidden_size: 4}
      estimator: {kind: \(estimator), pairs: 2, \(unroll)horizon: {kind: uniform, low: 5, high: 9}}
      checkpoint_every: 3
      """, name: "small")
    let session = try Session.new(recipe, seed: 3, in: store, RunSettings(threads: 1, durability: .none))
    _ = try session.train(until: 8) { _ in }
    let replay = try Replay(store.run(session.id), threads: 1)
    for iteration in 0...8 {
      let moment = try replay.theta(at: iteration)
      #expect(moment.sha256 == (try replay.point(at: iteration).state.thetaDigest), "\(estimator) at \(iteration)")
      #expect(moment.origin + moment.records == iteration)
    }
    #expect(try replay.theta(at: 8).records == 0)
    #expect(try replay.theta(at: 5).origin == 3)
    #expect(throws: ExperimentError.self) { try replay.theta(at: 9) }
  }
}
