internal import RunSchema
internal import RunStore

/// States of several runs: their digests, and how far each one's theta lies from the first one's.
struct StateComparison {
  private let states: [ComparedState]
  private let thetas: [[Double]]

  init(_ states: [ComparedState]) {
    self.states = states
    thetas = states.map { state in
      state.arrays.arrays.filter { $0.name.hasPrefix("theta/") }.flatMap { $0.values.doubles ?? [] }
    }
  }

  func section(_ subjects: [ComparisonSection.Subject]) -> ComparisonSection {
    var section = ComparisonSection("State", key: "state", kind: "run", subjects)
    section.quantities = [
      quantity("state sha256", "SHA-256 of all arrays") { .text(states[$0].contents.hex) },
      quantity("arrays that differ", "arrays whose bits are not the first one's") {
        .integer(CheckpointDiff(states[0], states[$0]).tensors.count)
      },
      quantity("norm of theta", "Euclidean norm of theta") { .number(norm(thetas[$0])) },
      quantity("distance of theta", "Euclidean norm of theta less the first one's") { index in
        difference(index).map { .number(norm($0)) } ?? .missing
      },
      quantity("cosine of theta", "cosine of theta and the first one's") { index in
        cosine(index).map { .number($0, digits: 9) } ?? .missing
      },
    ]
    section.sentences = states.filter { $0.source != "stored" }.map { "\($0.label): from \($0.source)." }
    section.sentences.append("Distances and cosines are those from the first; runs diff lists single tensors.")
    return section
  }

  private func quantity(_ label: String, _ formula: String, _ cell: (Int) -> Cell) -> Quantity {
    Quantity(
      label, hasChange: label == "norm of theta",
      states.indices.map { index in
        let run = states[index].run?.id.text ?? states[index].label
        return Traced(
          cell(index), Source(run: run, dataset: "the state after \(states[index].label)", formula: formula))
      })
  }

  private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Nil where the two have other numbers of elements.
  private func difference(_ index: Int) -> [Double]? {
    guard thetas[index].count == thetas[0].count else { return nil }
    return zip(thetas[index], thetas[0]).map { $0 - $1 }
  }

  private func cosine(_ index: Int) -> Double? {
    let product = norm(thetas[index]) * norm(thetas[0])
    guard thetas[index].count == thetas[0].count, product > 0 else { return nil }
    return zip(thetas[index], thetas[0]).reduce(0) { $0 + $1.0 * $1.1 } / product
  }
}
