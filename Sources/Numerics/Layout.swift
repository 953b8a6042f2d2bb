/// The names, shapes and places of the tensors that make up one state, in the order in which they were appended.
package struct Layout: Hashable, Sendable {
  /// One named tensor: row-major elements `offset ..< offset + count` of the flat values.
  package struct Slot: Hashable, Sendable {
    package let name: String
    package let shape: [Int]
    package let offset: Int
    package let count: Int

    package var rank: Int { shape.count }
    package var range: Range<Int> { offset..<offset + count }
  }

  package private(set) var slots: [Slot] = []

  /// The number of scalars in all tensors together.
  package private(set) var count = 0

  package init() {}

  /// A layout of the given tensors, in the given order.
  package init(_ tensors: [(name: String, shape: [Int])]) {
    for tensor in tensors { append(tensor.name, tensor.shape) }
  }

  /// Adds a tensor behind the last one. A scalar has the shape `[]`.
  @discardableResult
  package mutating func append(_ name: String, _ shape: [Int]) -> Slot {
    precondition(!slots.contains { $0.name == name }, "the layout already has a tensor named \(name)")
    precondition(shape.allSatisfy { $0 > 0 }, "tensor \(name) has the shape \(shape), which holds no element")
    let slot = Slot(name: name, shape: shape, offset: count, count: shape.reduce(1, *))
    slots.append(slot)
    count += slot.count
    return slot
  }

  /// The tensor of that name, or nil.
  package subscript(name: String) -> Slot? { slots.first { $0.name == name } }
}
