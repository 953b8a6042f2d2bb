import Foundation
import HDF5
import Testing

/// The main job on real input: what a user does first.
@Suite struct MainJobTests {
  @Test func theDefaultRecipeLearnsAndTrainsANextGenerationThatLearnsToo() throws {
    let store = try TestStore()
    let parent = try #require(try store.json("train", "--name", "parent")["id"] as? String)
    let (first, last) = try ends(of: parent, in: store)
    print("default recipe: outer loss \(first) at the start, \(last) at the end")
    #expect(last < 0.7 * first)

    let child = try #require(try store.json("self-train", "--from", parent, "--iterations", "150")["id"] as? String)
    let (childsFirst, childsLast) = try ends(of: child, in: store)
    print("trained by it: outer loss \(childsFirst) at the start, \(childsLast) after 150 outer iterations")
    #expect(childsLast < 0.7 * childsFirst)
  }

  /// Means of the outer loss over the first and the last twenty iterations.
  private func ends(of id: String, in store: TestStore) throws -> (first: Double, last: Double) {
    let file = try File.open(path: store.folder(of: id).appendingPathComponent("run.h5").path)
    let losses = try file.dataset("run/records/outer_loss").read(Double.self)
    return (losses.prefix(20).reduce(0, +) / 20, losses.suffix(20).reduce(0, +) / 20)
  }

  @Test func theQuadraticRecipeBeatsAdamAtItsBestRateOnHeldOutDraws() throws {
    let store = try TestStore()
    _ = try store.json("train", "quadratic", "--name", "quadratic")
    let report = try store.json("evaluate", "quadratic", "--draws", "64", "--steps", "50", "--baselines", "adam")
    let learned = try #require((report["learned"] as? [String: Any])?["mean"] as? Double)
    let adam = try #require((report["baselines"] as? [[String: Any]])?.first?["mean"] as? Double)
    print("quadratic recipe: learned \(learned), Adam at its best of 7 rates \(adam)")
    #expect(learned < adam)
  }

  /// The library's vectors, through the command (see OptimizersTests for the formulas); those named ranks have tensors of
  /// rank 0 to 4 and, for the hierarchical one, validation steps (Tools/optimizers-golden.py).
  @Test(arguments: [
    "mlp_lopt", "adafac_mlp_lopt", "rnn_mlp_lopt", "mlp_lopt_ranks", "adafac_mlp_lopt_ranks", "rnn_mlp_lopt_ranks",
  ])
  func applyGivesTheLibrarysParameters(_ name: String) throws {
    let folder = try TemporaryFolder()
    let oracle = Command.package.appendingPathComponent("Tests/OptimizersTests/Fixtures/\(name).h5").path
    let out = folder.path + "/out.h5"
    let result = try Command().run("apply", oracle, "--out", out)
    #expect(result.status == 0, "\(result.errors)")
    let (expected, found) = (try File.open(path: oracle), try File.open(path: out))
    let tensors =
      name.hasSuffix("ranks")
      ? ["a_scalar", "b_vector", "c_matrix", "d_cube", "e_kernel", "f_one", "g_one_by_one", "h_row"]
      : ["layer0/b", "layer0/w", "layer1/b", "layer1/w"]
    for tensor in tensors {
      let theirs = try expected.dataset("params_float32/\(tensor)")
      let ours = try found.dataset("params/\(tensor)")
      #expect(ours.shape == theirs.shape)
      for (a, b) in zip(try ours.read(Float.self), try theirs.read(Float.self)) { #expect(abs(a - b) <= 3e-7) }
    }
  }

  @Test func aProcessThatIsBoundToOneProcessorUsesOneThread() throws {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
    let first = try #require(line.split { !$0.isNumber }.first)
    let store = try TestStore()
    var command = store.command
    command.binary = URL(fileURLWithPath: "/usr/bin/taskset")
    let result = try command.run(
      "-c", String(first), Command.binary.path, "train", "--iterations", "1", "--store", store.path)
    #expect((result.output + result.errors).contains("1 thread\n"), "\(result)")
  }
}
