package import Numerics
package import OuterTraining
package import RunStore

/// A run state as named arrays, the form in which it is stored and digested, and back.
///
/// Writing is a function of the state alone, so that equal states are equal bytes. Reading happens like a known value: the
/// problem says which arrays there must be, and each that is missing, misshapen or of another type is an error by name.
extension RunState {
  package var arrays: NamedArrays {
    var arrays = NamedArrays()
    arrays.append(
      .scalar("outer_iteration", .int64([Int64(outerIteration)]), summary: "outer iterations done"))
    arrays.append(theta, under: "theta")
    arrays.append(outerOptimizer, under: "outer_optimizer")
    for (index, particle) in particles.enumerated() {
      arrays.append(particle, under: "particles/\(padded(index))")
    }
    arrays.pack("particles")
    return arrays
  }

  /// The state that these arrays hold, for that problem.
  package init(_ arrays: NamedArrays, for problem: OuterProblem) throws(StateError) {
    var reader = ArrayReader(arrays)
    let iteration = try reader.integer("outer_iteration")
    let theta = try reader.tensors("theta", like: problem.learned.thetaLayout)
    let outerOptimizer = try reader.tensors("outer_optimizer", like: problem.outerOptimizer.initialState().layout)
    var particles: [Particle] = []
    for index in 0..<problem.pairs {
      particles.append(try reader.particle(index, theta: theta, in: problem))
    }
    try reader.finish()
    self.init(outerIteration: iteration, theta: theta, outerOptimizer: outerOptimizer, particles: particles)
  }
}

/// Why arrays are not a run state of a problem.
package struct StateError: Error, Equatable, CustomStringConvertible {
  /// The array, or the group of arrays.
  package let array: String
  package let expected: String
  package let found: String

  package var description: String { "\(array): expected \(expected), found \(found)" }
}

extension NamedArrays {
  package mutating func append(_ tensors: Tensors, under group: String) {
    for slot in tensors.layout.slots {
      append(NamedArray("\(group)/\(slot.name)", shape: slot.shape, .float32(Array(tensors[slot]))))
    }
  }

  fileprivate mutating func append(_ particle: Particle, under group: String) {
    append(
      .scalar(
        "\(group)/has_episode", .uint8([particle.episode == nil ? 0 : 1]),
        summary: "1 where a task is in training, 0 where the next iteration draws one"))
    if let episode = particle.episode {
      append(
        .scalar(
          "\(group)/drawn_at", .int64([Int64(episode.drawnAt)]),
          summary: "outer iteration at which the task was drawn: with the particle's index its address"))
      append(.scalar("\(group)/inner_step", .int64([Int64(episode.innerStep)]), summary: "inner steps taken"))
      append(episode.positive, under: "\(group)/positive")
      if let negative = episode.negative { append(negative, under: "\(group)/negative") }
    }
    if let accumulator = particle.accumulator { append(accumulator, under: "\(group)/accumulator") }
  }

  private mutating func append(_ state: InnerState, under group: String) {
    append(state.parameters, under: "\(group)/parameters")
    append(state.optimizer, under: "\(group)/optimizer")
    append(state.modelState, under: "\(group)/model_state")
  }
}

/// Takes arrays one by one, as what is expected of each, and knows at the end which nobody asked for.
package struct ArrayReader {
  private let arrays: NamedArrays
  private var taken: Set<String> = []

  package init(_ arrays: NamedArrays) { self.arrays = arrays }

  package mutating func integer(_ name: String) throws(StateError) -> Int {
    guard case .int64(let values) = try take(name, shape: [], "a 64-bit integer"), let value = Int(exactly: values[0])
    else { throw wrongType(name, "a 64-bit integer") }
    return value
  }

  package mutating func flag(_ name: String) throws(StateError) -> Bool {
    guard case .uint8(let values) = try take(name, shape: [], "0 or 1"), values[0] <= 1 else {
      throw wrongType(name, "0 or 1 in 8 bits")
    }
    return values[0] == 1
  }

  package mutating func tensors(_ group: String, like layout: Layout) throws(StateError) -> Tensors {
    var values: [Float] = []
    values.reserveCapacity(layout.count)
    for slot in layout.slots {
      let name = "\(group)/\(slot.name)"
      guard case .float32(let floats) = try take(name, shape: slot.shape, "32-bit floats of the shape \(slot.shape)")
      else { throw wrongType(name, "32-bit floats") }
      values += floats
    }
    return Tensors(layout, values: values)
  }

  fileprivate mutating func particle(
    _ index: Int, theta: Tensors, in problem: OuterProblem
  ) throws(StateError) -> Particle {
    let group = "particles/\(padded(index))"
    var particle = Particle()
    if try flag("\(group)/has_episode") {
      let drawnAt = try integer("\(group)/drawn_at")
      guard drawnAt >= 0 else {
        throw StateError(array: "\(group)/drawn_at", expected: "an outer iteration", found: "\(drawnAt)")
      }
      let layouts = problem.innerLayouts(drawnAt: drawnAt, particle: index, theta: theta)
      let step = try integer("\(group)/inner_step")
      let positive = try innerState("\(group)/positive", layouts)
      let negative =
        problem.estimator.accumulates ? try innerState("\(group)/negative", layouts) : nil
      particle.episode = Episode(drawnAt: drawnAt, innerStep: step, positive: positive, negative: negative)
    }
    let accumulator = "\(group)/accumulator"
    if problem.estimator.accumulates, arrays.names.contains(where: { $0.hasPrefix(accumulator + "/") }) {
      particle.accumulator = try tensors(accumulator, like: theta.layout)
    }
    return particle
  }

  private mutating func innerState(
    _ group: String, _ layouts: (parameters: Layout, optimizer: Layout, modelState: Layout)
  ) throws(StateError) -> InnerState {
    InnerState(
      parameters: try tensors("\(group)/parameters", like: layouts.parameters),
      optimizer: try tensors("\(group)/optimizer", like: layouts.optimizer),
      modelState: try tensors("\(group)/model_state", like: layouts.modelState))
  }

  /// Refuses arrays that are not part of what was read.
  package func finish() throws(StateError) {
    guard let name = arrays.names.first(where: { !taken.contains($0) }) else { return }
    throw StateError(array: name, expected: "no such array", found: "one")
  }

  private mutating func take(_ name: String, shape: [Int], _ expected: String) throws(StateError) -> ArrayValues {
    guard let array = arrays[name] else { throw StateError(array: name, expected: expected, found: "no such array") }
    guard array.shape == shape else {
      throw StateError(array: name, expected: expected, found: "the shape \(array.shape)")
    }
    taken.insert(name)
    return array.values
  }

  private func wrongType(_ name: String, _ expected: String) -> StateError {
    StateError(array: name, expected: expected, found: arrays[name].map { "\($0.values.type)" } ?? "no such array")
  }
}

/// An index with leading zeros, so that names sort as numbers do.
private func padded(_ index: Int) -> String {
  let digits = String(index)
  return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
}
