import Experiments
import Foundation
import RunStore
import Testing

/// Commits overlap with the next iteration; what is shown is on the disk all the same, in order, and nothing twice.
@Suite struct SessionTests {
  @Test func whatIsShownCanBeReadByOthers() throws {
    let path = NSTemporaryDirectory() + "SessionTests-" + UUID().uuidString
    defer {
      do { try FileManager.default.removeItem(atPath: path) } catch { print("left \(path): \(error)") }
    }
    let recipe = try Recipe(
      "tasks: [{family: quadratic_10}]\nlearned_optimizer: {kind: mlp}\niterations: 25\ncheckpoint_every: 4\n"
        + "estimator: {kind: persistent_es, pairs: 1, truncation: {steps: 2}, horizon: {steps: 9}}", name: "small")
    let store = Store(at: path)
    let session = try Session.new(recipe, seed: 0, in: store, RunSettings(threads: 2))
    var shown: [(iteration: Int, stored: Int)] = []
    let outcome = try session.train(until: 25) { record in
      do {
        shown.append((record.outerIteration, try store.run(session.id).recordCount))
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(outcome?.iterations == 25)
    #expect(shown.map(\.iteration) == Array(1...25))
    #expect(shown.allSatisfy { $0.stored >= $0.iteration }, "\(shown)")
    #expect(try store.check(session.id).isWhole)
  }
}
