import Numerics
import Optimizers
import OuterTraining
package import RunSchema
import Tasks
import Yams

/// What there is to train on: the families that recipes name, and those of TaskSet.
package enum TaskCatalogue {
  /// A family in a list.
  package struct Entry: Sendable {
    package enum Kind: String, Sendable {
      /// Recipes can name it.
      case recipe
      /// Its configurations are drawn as TaskSet publishes them.
      case taskSet = "taskset"
    }

    package let name: String
    package let kind: Kind
    package let summary: String
  }

  package static var entries: [Entry] {
    TaskRecipe.Family.allCases.map { Entry(name: $0.rawValue, kind: .recipe, summary: $0.summary) }
      + TaskSetFamily.allCases.map { Entry(name: $0.rawValue, kind: .taskSet, summary: $0.summary) }
  }

  /// The entry of a name.
  package static func entry(_ name: String) throws(ExperimentError) -> Entry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let names = entries.map(\.name)
    throw ExperimentError(
      .notFound, doing: "looking for the task family \(name.shown)",
      problem: "there is none\(suggestion(for: name, among: names))", advice: "see runs tasks for all of them")
  }

  /// The configuration that TaskSet publishes for a seed of a family.
  package static func configuration(of family: String, seed: UInt64) throws(ExperimentError) -> JSONValue {
    guard let family = TaskSetFamily(rawValue: family) else {
      throw ExperimentError(.usage, doing: "drawing a configuration", problem: "\(family.shown) is none of TaskSet's")
    }
    guard let seed = Int(exactly: seed), family.seeds.contains(seed) else {
      throw ExperimentError(
        .usage, doing: "drawing a configuration of \(family.rawValue)",
        problem: "there is none for seed \(seed)", advice: "give 0 to \(family.seeds.upperBound)")
    }
    return JSONValue(family.configuration(seed: seed))
  }
}

/// One task of a recipe's family: what is trained, and what a tuned Adam makes of it.
package struct TaskSpecimen: Sendable {
  package struct Parameter: Sendable {
    package let name: String
    package let shape: [Int]
    package let count: Int
  }

  package let parameters: [Parameter]
  /// Mean loss on the outer-valid split, where training starts.
  package let initialLoss: Double
  /// The best that Adam reaches in `steps` steps, over the learning rates of the calibration, and the rate that does.
  package let bestLoss: Double
  package let learningRate: Double
  package let steps: Int
  /// With that rate: the training loss at each step.
  package let curve: [Double]

  package init(family name: String, seed: UInt64) throws {
    let recipe = try TaskRecipe(Fields(["family": Node(name)], source: RecipeSource(name: "runs tasks")))
    let task = try recipe.makeFamily(bestLoss: 0).task(seed: seed)
    parameters = task.parameters.slots.map { Parameter(name: $0.name, shape: $0.shape, count: $0.count) }
    let plan = InnerCurve.Plan(steps: Calibration.steps, interval: Calibration.steps)
    let curves = Calibration.learningRates.map { rate in
      let adam = Adam(learningRate: .constant(rate)).optimizer(for: task.parameters)
      return (rate: rate, curve: InnerCurve(of: task, with: adam, plan, in: Workspace()))
    }
    let best = curves.filter { !$0.curve.finalLoss.isNaN }.min { $0.curve.finalLoss < $1.curve.finalLoss } ?? curves[0]
    initialLoss = best.curve.initialLoss
    (bestLoss, learningRate) = (best.curve.finalLoss, Double(best.rate))
    (steps, curve) = (plan.steps, best.curve.train.map(Double.init))
  }
}

extension JSONValue {
  /// A published configuration; whole numbers stay apart from others.
  fileprivate init(_ value: PublishedValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      case .array(let values): .array(values.map { JSONValue($0) })
      case .object(let members): .object(members.map { .init($0.name, JSONValue($0.value)) })
      }
  }
}

extension TaskRecipe.Family {
  fileprivate var summary: String {
    switch self {
    case .quadratic: "bowls over a 4x3 and a 3 tensor, from a drawn start"
    case .noisyQuadratic: "the same bowls from starts of scale 0.05 to 2, with noise on the gradient"
    case .quadratic10: "bowls of ten parameters"
    case .testFunction: "a test function of two parameters: Rosenbrock unless the recipe says another"
    case .digitsMLP: "a perceptron on 8x8 handwritten digits (bundled)"
    case .taskSetQuadratic: "TaskSet's quadratic_family"
    case .taskSetMLP: "TaskSet's mlp_family, on the digits"
    case .losg: "TaskSet's losg_tasks_family: fourteen kinds of small problems"
    case .byteLanguageModel: "TaskSet's char_rnn_language_model_family, on the bytes of the King James text (bundled)"
    case .wordLanguageModel: "TaskSet's word_rnn_language_model_family, on its words"
    case .textClassifier: "TaskSet's rnn_text_classification_family: verses by their kind of book"
    case .autoencoder: "TaskSet's mlp_ae_family, on the digits"
    case .variationalAutoencoder: "TaskSet's mlp_vae_family, on the digits"
    case .convolutionsThenMLP: "TaskSet's conv_fc_family, on the digits"
    case .convolutionsThenPooling: "TaskSet's conv_pooling_family, on the digits"
    case .maskedAutoregressiveFlow: "TaskSet's maf_family, on the digits"
    case .realNVP: "TaskSet's nvp_family, on the digits"
    }
  }
}

extension TaskSetFamily {
  fileprivate var summary: String {
    switch self {
    case .mlp: "perceptrons on images"
    case .autoencoder: "perceptrons that encode and decode images"
    case .variationalAutoencoder: "variational autoencoders on images"
    case .convolutionsThenMLP: "convolutions, then a perceptron, on images"
    case .convolutionsThenPooling: "convolutions, then pooling, on images"
    case .byteLanguageModel: "recurrent language models by bytes"
    case .wordLanguageModel: "recurrent language models by subwords"
    case .textClassifier: "recurrent classifiers of text"
    case .maskedAutoregressiveFlow: "masked autoregressive flows on images"
    case .realNVP: "real NVP flows on images"
    case .quadratic: "quadratic losses with drawn matrices, noise and distortions"
    case .problem: "problems made of simple losses, with noise, scales and sums"
    }
  }
}
