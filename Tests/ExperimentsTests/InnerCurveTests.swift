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

  @Test func aCurveThatDivergesIsKeptAndSaysSo() {
    let wild = SGD(learningRate: .constant(1e30)).optimizer(for: Self.task.parameters)
    let curve = Self.curve(steps: 8, interval: 4, wild)
    #expect(curve.train.count == 8)
    #expect(curve.diverged)
    #expect(curve.train[0].isFinite && !curve.train[7].isFinite)
    #expect(curve.best == nil)
  }
}
