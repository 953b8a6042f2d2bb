internal import Numerics

/// An expression while it is being written: it hands out terms and remembers what they are made of.
package final class Recording {
  private(set) var nodes: [Expression.Node] = []
  private(set) var parameters = Layout()
  // By their indices: a term holds its recording, which would never be let go of if it held terms.
  private var parameterIndices: [Int] = []
  private var observed: [(name: String, index: Int)] = []

  var parameterTerms: [Term] { parameterIndices.map { Term(recording: self, index: $0) } }
  var observations: [(name: String, term: Term)] {
    observed.map { ($0.name, Term(recording: self, index: $0.index)) }
  }

  /// A tensor that the loss is differentiated by. Parameters lie in memory in the order of these calls.
  package func parameter(_ name: String, _ shape: [Int]) -> Term {
    let slot = parameters.append(name, shape)
    let term = append(.parameter(offset: slot.offset), shape)
    parameterIndices.append(term.index)
    return term
  }

  /// Floats that are given anew for each batch.
  package func input(_ name: String, _ shape: [Int]) -> Term {
    requireNewInput(name)
    return append(.input(name: name), shape)
  }

  /// Indices (class labels, rows of a table) that are given anew for each batch.
  package func indices(_ name: String, _ shape: [Int]) -> Term {
    requireNewInput(name)
    return append(.input(name: name), shape, holdsIndices: true)
  }

  /// Asks for the values of a term beside the loss, whenever the gradient is computed.
  package func observe(_ name: String, _ term: Term) {
    precondition(term.recording === self, "a term belongs to another recording")
    precondition(!observed.contains { $0.name == name }, "the expression already shows a term named \(name)")
    observed.append((name, term.index))
  }

  /// Values that never change.
  package func constant(_ values: [Float], _ shape: [Int]) -> Term {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
    return append(.constant(values), shape)
  }

  package func constant(_ value: Float) -> Term { constant([value], []) }

  /// The result of an operation, of which the caller has checked that it fits its inputs.
  /// - Parameter holdsIndices: true where it only moves indices.
  func record(_ operation: any Operation, _ inputs: [Term], shape: [Int], holdsIndices: Bool = false) -> Term {
    precondition(inputs.count <= 3, "\(operation) has \(inputs.count) inputs, more than three")
    precondition(inputs.allSatisfy { $0.recording === self }, "a term belongs to another recording")
    return append(.operation(operation, inputs: inputs.map(\.index)), shape, holdsIndices: holdsIndices)
  }

  func view(of term: Term, shape: [Int]) -> Term {
    precondition(term.count == shape.reduce(1, *), "the shape \(term.shape) cannot be seen as \(shape)")
    return term.shape == shape ? term : append(.view(of: term.index), shape, holdsIndices: term.holdsIndices)
  }

  private func append(_ source: Expression.Node.Source, _ shape: [Int], holdsIndices: Bool = false) -> Term {
    precondition(shape.allSatisfy { $0 > 0 }, "the shape \(shape) holds no element")
    nodes.append(.init(source: source, shape: shape, holdsIndices: holdsIndices))
    return Term(recording: self, index: nodes.count - 1)
  }

  private func requireNewInput(_ name: String) {
    for node in nodes {
      if case .input(name) = node.source { preconditionFailure("the expression already has an input named \(name)") }
    }
  }
}

/// An array in an expression that is being written. Operations on it are in Operations/, one file each.
package struct Term {
  package let recording: Recording
  let index: Int

  package var shape: [Int] { recording.nodes[index].shape }
  package var count: Int { recording.nodes[index].count }
  var holdsIndices: Bool { recording.nodes[index].holdsIndices }

  /// The same elements, row-major, in another shape.
  package func reshaped(_ shape: [Int]) -> Term { recording.view(of: self, shape: shape) }
}
