import Numerics
import Optimizers
import Tasks

/// The floating-point operations that a step cannot do without: those of its matrix products, two a multiply-add.
///
/// Accumulators, features, activations and losses are work too but are not counted, so that a share of the peak says how
/// near a step comes to being nothing but products. For the hierarchical optimizer the folded form counts (design.md): 31
/// of the network's 54 inputs and its 16 feedback outputs cost their products once a tensor, not once an element.
enum UsefulWork {
  /// One update of all parameters; nil for an optimizer without products.
  static func update(_ optimizer: any LearnedOptimizer, of parameters: Layout) -> Double? {
    let elements = Double(parameters.count)
    let tensors = Double(parameters.slots.count)
    switch optimizer {
    case let hierarchical as HierarchicalLearnedOptimizer:
      return 2 * (elements * hierarchical.productsPerElement + tensors * hierarchical.productsPerTensor)
    case let mlp as MLPLearnedOptimizer:
      return 2 * (elements * mlp.productsPerElement + tensors * mlp.productsPerTensor)
    case let adafactor as AdafactorMLPLearnedOptimizer:
      return 2 * (elements * adafactor.productsPerElement + tensors * adafactor.productsPerTensor)
    default:
      return nil
    }
  }

  /// The loss and its gradient, or the loss alone, of one batch: of a perceptron its products, of other tasks what their plan
  /// counts, element-wise work included; nil where nobody counts.
  static func loss(of task: any Task, _ recipe: TaskRecipe, withGradient: Bool) -> Double? {
    guard case .perceptron(let perceptron) = recipe.kind else {
      return task.operations.map { Double(withGradient ? $0.gradient : $0.loss) }
    }
    let layers = task.parameters.slots.filter { $0.rank == 2 }.map { Double($0.count) }
    let forward = layers.reduce(0, +)
    // A layer's gradient is one product for its weights and, but for the first, one for its inputs.
    let products = withGradient ? 3 * forward - layers[0] : forward
    return 2 * Double(perceptron.batchSize) * products
  }
}
