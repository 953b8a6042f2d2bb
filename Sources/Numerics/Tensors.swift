/// Named float tensors: a layout and one flat array of its values. Every state of this field is one of these.
package struct Tensors: Sendable {
  package let layout: Layout

  /// All elements, tensor after tensor, each row-major. Its count is `layout.count`.
  package var values: [Float]

  package init(_ layout: Layout, values: [Float]) {
    precondition(values.count == layout.count, "\(values.count) values for a layout of \(layout.count)")
    self.layout = layout
    self.values = values
  }

  package init(zeros layout: Layout) {
    self.init(layout, values: [Float](repeating: 0, count: layout.count))
  }

  /// The elements of one tensor.
  package subscript(slot: Layout.Slot) -> ArraySlice<Float> {
    get { values[slot.range] }
    set { values.replaceSubrange(slot.range, with: newValue) }
  }

  /// The elements of the tensor of that name, which the layout must have.
  package subscript(name: String) -> ArraySlice<Float> {
    get { self[requiredSlot(name)] }
    set { self[requiredSlot(name)] = newValue }
  }

  private func requiredSlot(_ name: String) -> Layout.Slot {
    guard let slot = layout[name] else { preconditionFailure("no tensor named \(name) in the layout") }
    return slot
  }
}

extension Tensors: Equatable {
  /// True where layouts and all bits are equal: a NaN equals itself, and -0 differs from 0.
  package static func == (one: Tensors, other: Tensors) -> Bool {
    one.layout == other.layout
      && one.values.withUnsafeBytes { a in other.values.withUnsafeBytes { b in a.elementsEqual(b) } }
  }
}
