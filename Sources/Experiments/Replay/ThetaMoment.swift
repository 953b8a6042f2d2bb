import Numerics
import OuterTraining
package import RunStore

/// Theta after an outer iteration, what it is like, and how it was come by.
package struct ThetaMoment: Sendable {
  /// One tensor in numbers; norm is the Euclidean one, over finite and other elements alike.
  package struct Tensor: Sendable {
    package let name: String
    package let shape: [Int]
    package let norm: Double
    package let mean: Double
    package let standardDeviation: Double
    package let smallest: Double
    package let greatest: Double
  }

  package let iteration: Int
  /// The outer iteration of the stored state it was built from, and how many records were applied to that.
  package let origin: Int
  package let records: Int
  package let sha256: Digest
  package let tensors: [Tensor]
  /// Theta itself, as a checkpoint holds it.
  package let arrays: NamedArrays

  init(_ theta: Tensors, at iteration: Int, from origin: Int) {
    self.iteration = iteration
    self.origin = origin
    records = iteration - origin
    sha256 = theta.sha256
    var arrays = NamedArrays()
    arrays.append(theta, under: "theta")
    self.arrays = arrays
    tensors = theta.layout.slots.map { Tensor($0.name, shape: $0.shape, theta[$0].map(Double.init)) }
  }
}

extension ThetaMoment.Tensor {
  fileprivate init(_ name: String, shape: [Int], _ values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      name: name, shape: shape, norm: values.reduce(0) { $0 + $1 * $1 }.squareRoot(), mean: mean,
      standardDeviation: (squares / Double(values.count)).squareRoot(), smallest: values.min() ?? .nan,
      greatest: values.max() ?? .nan)
  }
}

extension Replay {
  /// Theta after an outer iteration: from the nearest stored state and the records behind it, without inner training.
  package func theta(at iteration: Int) throws -> ThetaMoment {
    guard (firstIteration...lastIteration).contains(iteration) else {
      throw ExperimentError(
        .notFound, doing: "looking for \(run.id)@\(iteration)",
        problem: "the run has outer iterations \(firstIteration) to \(lastIteration)")
    }
    let start = try state(nearest: iteration)
    guard start.outerIteration < iteration else {
      return ThetaMoment(start.theta, at: iteration, from: iteration)
    }
    var history = ThetaHistory(experiment.problem, from: start)
    let positions = start.outerIteration - firstIteration + 1..<iteration - firstIteration + 1
    for first in stride(from: positions.lowerBound, to: positions.upperBound, by: 256) {
      for record in try run.records(first..<min(first + 256, positions.upperBound)) {
        history.advance(IterationRecord(record))
      }
    }
    return ThetaMoment(history.theta, at: iteration, from: start.outerIteration)
  }
}
