package import Numerics

/// A loss, written once as a function of named parameters and batch inputs, with the derivatives that follow from it.
package struct Expression: Sendable {
  /// One array of the graph. Nodes stand behind the nodes they use.
  package struct Node: Sendable {
    package enum Source: Sendable {
      case parameter(offset: Int)
      case input(name: String)
      case constant([Float])
      /// The same elements as another node's, in another shape.
      case view(of: Int)
      case operation(any Operation, inputs: [Int])
    }

    package let source: Source
    package let shape: [Int]
    /// True where the elements are indices (Int32), not floats.
    package let holdsIndices: Bool

    package var count: Int { shape.reduce(1, *) }
  }

  package let nodes: [Node]
  package let parameters: Layout
  /// The node of the loss, a scalar.
  package let loss: Int
  /// For each tensor of `parameters` the node of the loss's derivative.
  package let gradients: [Int]
  /// The names and shapes of the terms that are given out beside the loss, and their nodes.
  package let observations: Layout
  let observedNodes: [Int]

  /// Records the loss that `body` returns, which has one element, and derives its gradient.
  package init(_ body: (Recording) -> Term) {
    let recording = Recording()
    let loss = body(recording)
    precondition(loss.recording === recording, "the loss belongs to another recording")
    precondition(loss.count == 1, "a loss of shape \(loss.shape) is not a scalar")
    let gradients = recording.gradients(of: loss, by: recording.parameterTerms)
    self.nodes = recording.nodes
    self.parameters = recording.parameters
    self.loss = loss.index
    self.gradients = gradients.map(\.index)
    self.observations = Layout(recording.observations.map { (name: $0.name, shape: $0.term.shape) })
    self.observedNodes = recording.observations.map(\.term.index)
  }

  /// The node whose elements a node shows: itself unless it is a view.
  func root(of index: Int) -> Int {
    if case .view(let of) = nodes[index].source { return root(of: of) }
    return index
  }
}
