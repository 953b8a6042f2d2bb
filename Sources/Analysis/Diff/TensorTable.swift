/// Tensors that differ, as a table.
extension [TensorDifference] {
  package func table(_ title: String) -> Table {
    var table = Table(
      title,
      columns: [
        .init("tensor"), .init("differ", alignment: .right, key: "differing"),
        .init("of", alignment: .right, key: "count"),
        .init("greatest", alignment: .right, key: "greatest_difference"),
        .init("mean", alignment: .right, key: "mean_difference"),
        .init("norm", alignment: .right, key: "norm_of_difference"), .init("cosine", alignment: .right),
        .init("ULPs: elements", key: "ulp_histogram"),
      ])
    for tensor in self {
      if let mismatch = tensor.mismatch {
        table.append([
          .text(tensor.name), .missing, .integer(tensor.count), .missing, .missing, .missing, .missing, .text(mismatch),
        ])
        continue
      }
      table.append([
        .text(tensor.name), .integer(tensor.differing), .integer(tensor.count), .number(tensor.greatest, digits: 4),
        .number(tensor.mean, digits: 4), .number(tensor.norm, digits: 4),
        tensor.cosine.map { .number($0, digits: 9) } ?? .missing, .text(tensor.histogram.words),
      ])
    }
    return table
  }
}

extension TensorDifference.Histogram {
  /// "1: 12, 2-10: 4": the classes that hold anything.
  package var words: String {
    let words = zip(Self.names, counts).filter { $0.1 > 0 }.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
    return words.isEmpty ? "–" : words
  }
}
