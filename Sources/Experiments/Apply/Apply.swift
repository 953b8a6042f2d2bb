import Foundation
import HDF5
import Numerics
import Optimizers

/// Steps an optimizer over recorded gradients: how an implementation in another framework is checked against this one.
///
/// The input has the attributes `optimizer` and `arg.*`, the groups `theta`, `params0` and `grads` (the step as first axis),
/// `losses`, and may have `is_valid`: at such a step the loss is one on validation data, and nothing is trained.
package struct Apply {
  package struct Summary: Sendable {
    package let optimizer: String
    package let steps: Int
    package let tensors: Int
    package let parameters: Int
  }

  private let optimizerName: String
  private let start: Tensors
  private let gradients: [(slot: Layout.Slot, values: [Float])]
  private let losses: [Float]
  private let isValid: [Bool]
  private let optimizer: any Optimizer

  /// Takes the input, which is a file from elsewhere.
  package init(_ file: ForeignFile) throws {
    let input = ApplyInput(file)
    losses = try input.floats("losses", count: nil)
    let steps = losses.count
    isValid = try input.flags("is_valid", count: steps)
    start = try input.tensors(under: "params0")
    gradients = try start.layout.slots.map { slot in
      (slot, try input.floats("grads/\(slot.name)", shape: [steps] + slot.shape))
    }
    optimizerName = try input.text("optimizer")
    optimizer = try input.optimizer(named: optimizerName, for: start.layout)
  }

  /// Takes all steps and writes the parameters after each to `params/<tensor>`, the step as first axis, float32.
  package func run(writingTo path: String) throws -> Summary {
    let history = self.history()
    let file = try NewFile(named: path)
    try file.root.setAttribute("optimizer", optimizerName)
    try file.root.setAttribute("numerics_version", NumericsVersion.current)
    let params = try file.root.group("params")
    for slot in start.layout.slots {
      let values = history.flatMap { $0[slot] }
      let path = slot.name.split(separator: "/").map(String.init)
      let group = path.count > 1 ? try params.group(path.dropLast().joined(separator: "/")) : params
      _ = try group.write(path.last!, values, shape: [losses.count] + slot.shape)
    }
    try Self.write(try file.finish(), to: path)
    return Summary(
      optimizer: optimizerName, steps: losses.count, tensors: start.layout.slots.count, parameters: start.layout.count)
  }

  /// Writes a file as a whole: what was there before stays until all is written.
  private static func write(_ bytes: [UInt8], to path: String) throws(ExperimentError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var problem = FileManager.default.fileExists(atPath: folder) ? nil : "there is no folder \(folder)"
    if problem == nil {
      do { try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
        problem = error.localizedDescription
      }
    }
    guard let problem else { return }
    throw ExperimentError(
      .cannotCreate, doing: "writing \(path)", problem: problem, advice: "choose another place with --out")
  }

  /// The parameters after each step.
  private func history() -> [Tensors] {
    var (parameters, state) = (start, optimizer.initialState())
    var gradient = Tensors(zeros: start.layout)
    let workspace = Workspace()
    return losses.indices.map { step in
      guard !isValid[step] else {
        optimizer.observe(validLoss: losses[step], &state)
        return parameters
      }
      for (slot, values) in gradients {
        gradient[slot] = values[step * slot.count..<(step + 1) * slot.count]
      }
      let observation = Observation(gradient: gradient, loss: losses[step], step: step)
      optimizer.update(&parameters, &state, seeing: observation, in: workspace)
      return parameters
    }
  }
}
