import Experiments
import Numerics
import Optimizers
import OuterTraining
import Tasks
import Testing

struct InnerCurveTests {
  static let task = QuadraticFamily.noisyToy.task(seed: 4)
  static let adam = Adam(learningRate: .constant(0.03)).optimizer(for: task.parameters)

  static func curve(steps: Int, interval: Int, _ optimizer: any Optimizer = adam) -> InnerCurve {
    InnerCurve(of: task, with: optimizer, .init(steps: steps, interval: interval), in: Workspace())
  }

  @Test func itIsTheInnerLoopStepByStep() {
    let curve = Self.curve(steps: 25, interval: 10)
    var training = InnerTraining(Self.task, with: Self.adam)
    let losses = (0..<25).map { _ in training.advance(in: Workspace()) }
    #expect(curve.train == losses)
    #expect(curve.valid.map(\.step) == [0, 10, 20, 25])
    let last = Self.task.loss(training.state.parameters, on: Batch(.outerValid, 0), in: Workspace())
    #expect(curve.finalLoss == Double(last), "all batches of a bowl have the same loss")
    #expect(curve.best == curve.valid.dropFirst().min { $0.loss < $1.loss })
    #expect(!curve.diverged)
  }

  @Test func examiningMoreOftenChangesNoStep() {
    let (seldom, often) = (Self.curve(steps: 30, interval: 30), Self.curve(steps: 30, interval: 1))
    #expect(seldom.train == often.train)
    #expect(seldom.finalLoss == often.finalLoss)
    #expect(often.valid.count == 31)
  }

  /// Who does not move sees the same loss each time, however the batches differ.
  @Test func examinationsDifferByTheParametersAlone() throws {
    let family = try #require(SampledFamily(quadratics: SamplingLimits(maximumParameters: 10)))
    let noisy = try #require(family.configurations.first { $0.matrixNoise != nil && $0.dimension > 2 })
    let task = family.task(noisy, seed: 2)
    let still = SGD(learningRate: .constant(0)).optimizer(for: task.parameters)
    let curve = InnerCurve(of: task, with: still, .init(steps: 12, interval: 3), in: Workspace())
    #expect(Set(curve.train).count == 12)
    #expect(Set(curve.valid.map(\.loss)).count == 1 && curve.valid.count == 5)
  }

  @Test func aCurveThatDivergesIsKeptAndSaysSo() {
    let wild = SGD(learningRate: .constant(1e30)).optimizer(for: Self.task.parameters)
    let curve = Self.curve(steps: 8, interval: 4, wild)
    #expect(curve.train.count == 8)
    #expect(curve.diverged)
    #expect(curve.train[0].isFinite && !curve.train[7].isFinite)
    #expect(curve.best == nil)
  }
}
