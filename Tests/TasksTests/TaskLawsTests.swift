import Numerics
import Tasks
import Testing

/// The laws that every task obeys, over one draw or more of every family.
struct TaskLawsTests {
  /// Families small enough that a law costs milliseconds.
  static let families: [any TaskFamily] = [
    QuadraticFamily.toy, QuadraticFamily.tenDimensional,
    MLPClassifierFamily(dataSet: Synthetic.blobs, hidden: [5], activation: .tanh, batchSize: 13),
    MLPClassifierFamily(dataSet: Synthetic.blobs, hidden: [], batchSize: 8),
    MLPClassifierFamily(dataSet: Synthetic.blobs, hidden: [9, 6], activation: .swish, batchSize: 3),
  ]

  @Test(arguments: families.indices)
  func gradientIsThatOfCentralDifferences(_ index: Int) {
    let task = Self.families[index].task(seed: 17)
    let workspace = Workspace()
    let batch = Batch(.train, 3)
    let at = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    _ = task.loss(at, on: batch, gradient: &gradient, in: workspace)
    // A float loss of size 2 has steps of 2.4e-7; over 2 h = 0.02 that is 1e-5 a component. The rest is h^2 L''' / 6.
    let h: Float = 0.01
    for i in 0..<at.values.count {
      var (low, high) = (at, at)
      low.values[i] -= h
      high.values[i] += h
      let difference =
        (task.loss(high, on: batch, in: workspace) - task.loss(low, on: batch, in: workspace))
        / (high.values[i] - low.values[i])
      let tolerance = 2e-3 * max(1, abs(difference))
      #expect(abs(gradient.values[i] - difference) < tolerance, "element \(i): \(gradient.values[i]), \(difference)")
    }
  }
}

/// Small data sets made here.
enum Synthetic {
  /// 200 examples of 7 numbers in 3 classes, each class around a point of its own.
  static let blobs: DataSet = {
    let randomness = Randomness(key: 5)
    var features = [Float](repeating: 0, count: 200 * 7)
    features.withUnsafeMutableBufferPointer { randomness.normals(Address(.evaluation), into: $0) }
    var centres = [Float](repeating: 0, count: 3 * 7)
    centres.withUnsafeMutableBufferPointer { randomness.normals(Address(.evaluation, particle: 1), into: $0) }
    let labels = (0..<200).map { Int32($0 % 3) }
    for i in features.indices {
      features[i] = 0.7 * features[i] + centres[Int(labels[i / 7]) * 7 + i % 7]
    }
    return DataSet(
      name: "blobs", source: "made by the test", digest: "", width: 7, classCount: 3, features: features, labels: labels
    )
  }()
}
