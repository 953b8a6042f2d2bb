import Numerics
import Tasks
import Testing

/// The laws that every task obeys, over one draw or more of every family.
struct TaskLawsTests {
  /// Families small enough that a law costs milliseconds.
  static let families: [any TaskFamily] =
    TestFunction.allCases.map { TestFunctionFamily($0) } + [
      QuadraticFamily.toy, QuadraticFamily.tenDimensional, RegressionFamily(),
      DiagonalValleyFamily(),
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
    let loss = task.loss(at, on: batch, gradient: &gradient, in: workspace)
    #expect(loss == task.loss(at, on: batch, in: workspace))
    let size = gradient.values.map(\.magnitude).max()!
    for i in 0..<at.values.count {
      let h: Float = 5e-3
      var (low, high) = (at, at)
      low.values[i] -= h
      high.values[i] += h
      let rise = task.loss(high, on: batch, in: workspace) - task.loss(low, on: batch, in: workspace)
      let difference = rise / (high.values[i] - low.values[i])
      // The loss has some four roundings of 6e-8 of its size, over 2 h; the rest is for the third derivative.
      let tolerance = 4 * 6e-8 * max(loss.magnitude, 1) / h + 2e-3 * size
      #expect(abs(gradient.values[i] - difference) < tolerance, "element \(i): \(gradient.values[i]), \(difference)")
    }
  }

  @Test(arguments: families.indices)
  func lossAtTheStartIsWhatTheNormalizationMapsToOne(_ index: Int) {
    let workspace = Workspace()
    let mapped = (0..<50).map { seed in
      let task = Self.families[index].task(seed: UInt64(seed))
      let loss = task.loss(task.initialParameters(), on: Batch(.outerValid, 0), in: workspace)
      #expect(loss.isFinite)
      return task.normalization(loss)
    }
    if Self.families[index] is MLPClassifierFamily {
      // Logits of variance 1 or so raise the loss above log C, which is that of equal logits, by a half of it or so.
      let mean = mapped.reduce(0, +) / 50
      #expect(mean > 0.7 && mean < 2.5, "\(mean)")
    } else {
      #expect(mapped.allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: families.indices)
  func aBatchIsTheSameWhateverWasAskedBefore(_ index: Int) {
    let family = Self.families[index]
    let task = family.task(seed: 3)
    let at = task.initialParameters()
    let batches = Split.allCases.flatMap { split in [0, 1, 2, 70_000, 4_000_000_000].map { Batch(split, $0) } }
    let inOrder = batches.map { Self.evaluate(task, at, $0, Workspace()) }
    let again = family.task(seed: 3)
    let workspace = Workspace()
    for (batch, expected) in zip(batches, inOrder).reversed() {
      #expect(Self.evaluate(again, at, batch, workspace) == expected, "\(batch)")
      _ = task.loss(at, on: Batch(.test, 99), in: workspace)
    }
  }

  @Test(arguments: families.indices)
  func aNaNStaysInItsTask(_ index: Int) {
    let task = Self.families[index].task(seed: 3)
    let workspace = Workspace()
    let batch = Batch(.train, 1)
    let at = task.initialParameters()
    let before = Self.evaluate(task, at, batch, workspace)
    for i in 0..<at.values.count {
      var broken = at
      broken.values[i] = .nan
      #expect(task.loss(broken, on: batch, in: workspace).isNaN, "element \(i)")
    }
    #expect(Self.evaluate(task, at, batch, workspace) == before)
  }

  @Test(arguments: families.indices)
  func manyThreadsGetTheSameBits(_ index: Int) async {
    let task = Self.families[index].task(seed: 8)
    let at = task.initialParameters()
    let expected = (0..<50).map { Self.evaluate(task, at, Batch(.train, $0), Workspace()) }
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<4 {
        group.addTask {
          let workspace = Workspace()
          return (0..<50).allSatisfy {
            let batch = (worker * 13 + $0 * 7) % 50
            return Self.evaluate(task, at, Batch(.train, batch), workspace) == expected[batch]
          }
        }
      }
      for await same in group { #expect(same) }
    }
  }

  @Test(arguments: families.indices)
  func descentLowersTheLoss(_ index: Int) {
    let task = Self.families[index].task(seed: 21)
    let workspace = Workspace()
    var w = task.initialParameters()
    let before = Self.meanLoss(task, w, workspace)
    PlainAdam.train(task, &w, steps: 300, rate: 0.01, workspace)
    #expect(Self.meanLoss(task, w, workspace) < before)
  }

  @Test(arguments: families.indices)
  func aDrawIsAFunctionOfItsSeed(_ index: Int) {
    let family = Self.families[index]
    let one = family.task(seed: 1)
    #expect(one.initialParameters() == family.task(seed: 1).initialParameters())
    #expect(one.initialParameters() != family.task(seed: 2).initialParameters())
    #expect(one.parameters == family.task(seed: 2).parameters)
  }

  /// The bits of loss and gradient on a batch.
  static func evaluate(_ task: any Tasks.Task, _ at: Tensors, _ batch: Batch, _ workspace: Workspace) -> [UInt32] {
    var gradient = Tensors(zeros: task.parameters)
    let loss = task.loss(at, on: batch, gradient: &gradient, in: workspace)
    return [loss.bitPattern] + gradient.values.map(\.bitPattern)
  }

  /// Over batches that nobody has trained on, of examples that somebody may have.
  static func meanLoss(_ task: any Tasks.Task, _ at: Tensors, _ workspace: Workspace) -> Float {
    (0..<50).map { task.loss(at, on: Batch(.train, 1000 + $0), in: workspace) }.reduce(0, +) / 50
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
      name: "blobs", source: "made by the test", digest: "", width: 7, classCount: 3, values: .numbers(features),
      labels: labels
    )
  }()
}
