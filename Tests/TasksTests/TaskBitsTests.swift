import DataSets
import Numerics
import Tasks
import Testing

/// The bits of losses and gradients under numerics version 1. Whoever changes one on purpose makes a new numerics version.
///
/// These were the same in an optimised whole-module build, in a debug build and in a build without FMA and AVX instructions.
struct TaskBitsTests {
  static let golden: [(family: any TaskFamily, digest: String)] = [
    (TestFunctionFamily(.ackley), "988d27a6c98f3f78"),
    (TestFunctionFamily(.beale), "9dc9b0d668582895"),
    (TestFunctionFamily(.branin), "ec5600d0a6ddd5a9"),
    (TestFunctionFamily(.logSumExp), "d78fd1d3e32a4760"),
    (TestFunctionFamily(.matyas), "9ffa35d92598eeb"),
    (TestFunctionFamily(.michalewicz), "1c492a0f8c5bd273"),
    (TestFunctionFamily(.rosenbrock), "84de77d6f4a27460"),
    (TestFunctionFamily(.styblinskiTang), "14b9cc90e2d2284c"),
    (QuadraticFamily.toy, "32eb1f78d3192efe"),
    (QuadraticFamily.noisyToy, "159b5a26674aca59"),
  ]

  @Test(arguments: golden.indices)
  func twoHundredStepsOfDescentHaveTheirBits(_ index: Int) throws {
    let (family, digest) = Self.golden[index]
    #expect(Self.digest(family) == digest, "\(family.name)")
  }

  @Test func aPerceptronOnTheDigitsHasItsBits() throws {
    let digits = try Digits.load(from: Resources.bundled())
    let family = MLPClassifierFamily(dataSet: digits, hidden: [33, 17], activation: .swish, batchSize: 50)
    #expect(Self.digest(family) == "96302bbf5a3adb26")
  }

  /// FNV-1a over the bits of each step's gradient and loss.
  static func digest(_ family: any TaskFamily) -> String {
    let task = family.task(seed: 5)
    let workspace = Workspace()
    var w = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for step in 0..<200 {
      let loss = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
      for value in gradient.values + [loss] { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
      for i in w.values.indices { w.values[i] -= 1e-3 * gradient.values[i] }
    }
    return String(hash, radix: 16)
  }
}
