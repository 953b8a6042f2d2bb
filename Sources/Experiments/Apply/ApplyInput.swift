import Numerics
import Optimizers

/// Takes what `apply` needs from a file, each thing as what it must be.
struct ApplyInput {
  private let file: ForeignFile

  init(_ file: ForeignFile) { self.file = file }

  func text(_ attribute: String) throws -> String {
    switch file.attributes[attribute] {
    case .texts(let texts) where texts.count == 1: return texts[0]
    case .none: throw wrong("attribute \(attribute)", "a text", "none")
    default: throw wrong("attribute \(attribute)", "a text", "something else")
    }
  }

  /// All datasets below a group as tensors. Their order is that of a nested dictionary's sorted keys.
  func tensors(under group: String) throws -> Tensors {
    var layout = Layout()
    var values: [Float] = []
    for dataset in file.datasets where dataset.path.hasPrefix(group + "/") {
      guard !dataset.values.isEmpty else { throw wrong(dataset.path, "at least one element", "none") }
      layout.append(String(dataset.path.dropFirst(group.utf8.count + 1)), dataset.shape)
      values += try floats(dataset)
    }
    guard !layout.slots.isEmpty else { throw wrong(group, "at least one dataset", "none") }
    return Tensors(layout, values: values)
  }

  func floats(_ path: String, shape: [Int]) throws -> [Float] {
    let dataset = try dataset(path)
    guard dataset.shape == shape else { throw wrong(path, "the shape \(shape)", "\(dataset.shape)") }
    return try floats(dataset)
  }

  /// A vector, of a given length unless nil.
  func floats(_ path: String, count: Int?) throws -> [Float] {
    let dataset = try dataset(path)
    guard dataset.shape.count == 1, count == nil || dataset.shape[0] == count else {
      throw wrong(path, "a vector" + (count.map { " of \($0)" } ?? ""), "the shape \(dataset.shape)")
    }
    return try floats(dataset)
  }

  /// A vector of truth values, or of zeros and others; all false where it is missing.
  func flags(_ path: String, count: Int) throws -> [Bool] {
    guard let dataset = file[path] else { return Array(repeating: false, count: count) }
    if case .booleans(let values) = dataset.values, values.count == count { return values }
    return try floats(path, count: count).map { $0 != 0 }
  }

  private func dataset(_ path: String) throws -> ForeignFile.Dataset {
    guard let dataset = file[path] else { throw wrong(path, "a dataset", "none") }
    return dataset
  }

  /// The nearest floats to whatever numbers there are.
  private func floats(_ dataset: ForeignFile.Dataset) throws -> [Float] {
    switch dataset.values {
    case .float32(let values): return values
    case .float64(let values): return values.map { Float($0) }
    case .integers(let values): return values.map { Float($0) }
    case .unsigned(let values): return values.map { Float($0) }
    case .booleans, .texts: throw wrong(dataset.path, "numbers", "something else")
    }
  }

  /// The optimizer that a file names, with its arguments and theta.
  func optimizer(named name: String, for parameters: Layout) throws -> any Optimizer {
    switch name {
    case "MLPLOpt": return try learned(mlp(), \.foreignNames, parameters)
    case "AdafacMLPLOpt": return try learned(adafactor(), \.foreignNames, parameters)
    case "RNNMLPLOpt": return try learned(hierarchical(), \.foreignNames, parameters)
    case "SGD":
      return SGD(learningRate: .constant(try argument("learning_rate", 0.01))).optimizer(for: parameters)
    case "SGDM":
      return Momentum(
        learningRate: .constant(try argument("learning_rate", 0.01)), decay: Double(try argument("momentum", 0.9))
      ).optimizer(for: parameters)
    case "RMSProp":
      return RMSProp(
        learningRate: .constant(try argument("learning_rate", 0.01)), decay: Double(try argument("decay", 0.9)),
        epsilon: try number("epsilon", 1e-8)
      ).optimizer(for: parameters)
    case "Adam":
      return Adam(
        learningRate: .constant(try argument("learning_rate", 0.001)), beta1: try number("beta1", 0.9),
        beta2: try number("beta2", 0.999), epsilon: try number("epsilon", 1e-8),
        epsilonRoot: try number("epsilon_root", 1e-8)
      ).optimizer(for: parameters)
    default:
      throw wrong(
        "attribute optimizer", "one of MLPLOpt, AdafacMLPLOpt, RNNMLPLOpt, SGD, SGDM, RMSProp, Adam", name)
    }
  }

  private func learned<Learned: LearnedOptimizer>(
    _ learned: Learned, _ names: KeyPath<Learned, [(ours: String, theirs: String)]>, _ parameters: Layout
  ) throws -> any Optimizer {
    var theta = Tensors(zeros: learned.thetaLayout)
    for (ours, theirs) in learned[keyPath: names] {
      guard let slot = learned.thetaLayout[ours] else { preconditionFailure("theta has no tensor \(ours)") }
      theta[slot] = try floats(theirs, shape: slot.shape)[...]
    }
    return learned.optimizer(theta: theta, for: parameters)
  }

  // MARK: Arguments, with the library's defaults

  private func mlp() throws -> MLPLearnedOptimizer {
    var configuration = MLPLearnedOptimizer.Configuration()
    configuration.stepMultiplier = try argument("step_mult", configuration.stepMultiplier)
    configuration.magnitudeRate = try argument("exp_mult", configuration.magnitudeRate)
    configuration.hiddenSize = try whole("hidden_size", configuration.hiddenSize)
    try requireTwoLayers("hidden_layers")
    return try MLPLearnedOptimizer(configuration)
  }

  private func adafactor() throws -> AdafactorMLPLearnedOptimizer {
    var configuration = AdafactorMLPLearnedOptimizer.Configuration()
    configuration.stepMultiplier = try argument("step_mult", configuration.stepMultiplier)
    configuration.magnitudeRate = try argument("exp_mult", configuration.magnitudeRate)
    configuration.hiddenSize = try whole("hidden_size", configuration.hiddenSize)
    configuration.momentumDecays = try decays("initial_momentum_decays", configuration.momentumDecays)
    configuration.factoredDecays = try decays("initial_adafactor_decays", configuration.factoredDecays)
    let secondMoment = try decays("initial_rms_decays", [configuration.secondMomentDecay])
    guard secondMoment.count == 1 else {
      throw wrong("attribute arg.initial_rms_decays", "one decay", "\(secondMoment.count)")
    }
    configuration.secondMomentDecay = secondMoment[0]
    try requireTwoLayers("hidden_layers")
    return try AdafactorMLPLearnedOptimizer(configuration)
  }

  private func hierarchical() throws -> HierarchicalLearnedOptimizer {
    var configuration = HierarchicalConfiguration()
    configuration.stepMultiplier = try argument("step_multiplier", configuration.stepMultiplier)
    configuration.magnitudeRate = try argument("magnitude_rate", configuration.magnitudeRate)
    configuration.hiddenSize = try whole("hidden_size", configuration.hiddenSize)
    configuration.fromMLPSize = try whole("from_mlp_size", configuration.fromMLPSize)
    configuration.fromLSTMSize = try whole("from_lstm_size", configuration.fromLSTMSize)
    configuration.lstmToNetworkSize = try whole("lstm_to_ff", configuration.lstmToNetworkSize)
    configuration.lstmHiddenSize = try whole("lstm_hidden_size", configuration.lstmHiddenSize)
    configuration.decays = try decays("decays", configuration.decays)
    try requireTwoLayers("hidden_layer")
    return try HierarchicalLearnedOptimizer(configuration)
  }

  private func requireTwoLayers(_ name: String) throws {
    let layers = try whole(name, 2)
    guard layers == 2 else { throw wrong("attribute arg.\(name)", "2", "\(layers)") }
  }

  private func number(_ name: String, _ standard: Double) throws -> Double {
    try numbers(name).map { values in
      guard values.count == 1 else { throw wrong("attribute arg.\(name)", "one number", "\(values.count)") }
      return values[0]
    } ?? standard
  }

  private func argument(_ name: String, _ standard: Float) throws -> Float {
    Float(try number(name, Double(standard)))
  }

  private func whole(_ name: String, _ standard: Int) throws -> Int {
    let value = try number(name, Double(standard))
    guard let whole = Int(exactly: value) else { throw wrong("attribute arg.\(name)", "a whole number", "\(value)") }
    return whole
  }

  private func decays(_ name: String, _ standard: [Float]) throws -> [Float] {
    try numbers(name)?.map(Float.init) ?? standard
  }

  /// The numbers of an argument; nil where the file does not give it.
  private func numbers(_ name: String) throws -> [Double]? {
    let attribute = "arg.\(name)"
    switch file.attributes[attribute] {
    case nil: return nil
    case .integers(let values): return values.map { Double($0) }
    case .unsigned(let values): return values.map { Double($0) }
    case .float32(let values): return values.map { Double($0) }
    case .float64(let values): return values
    case .booleans(let values): return values.map { $0 ? 1 : 0 }
    case .texts: throw wrong("attribute \(attribute)", "numbers", "text")
    }
  }

  private func wrong(_ place: String, _ expected: String, _ found: String) -> ExperimentError {
    ExperimentError(
      .malformed, doing: "reading \(file.name)", problem: "\(place): expected \(expected), found \(found)")
  }
}
