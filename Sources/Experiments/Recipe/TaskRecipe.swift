import Tasks

/// One family of a recipe's task distribution.
package struct TaskRecipe: Sendable {
  package enum Family: String, CaseIterable, Sendable {
    case quadratic
    case noisyQuadratic = "noisy_quadratic"
    case quadratic10 = "quadratic_10"
    case testFunctions = "test_functions"
    case digitsMLP = "digits_mlp"
  }

  /// A perceptron on the digits.
  package struct Perceptron: Sendable {
    package let hidden: [Int]
    package let batchSize: Int
  }

  package enum Kind: Sendable {
    case quadratic(QuadraticFamily)
    case testFunctions
    case digits(Perceptron)
  }

  package let family: Family
  package let kind: Kind
  /// How often this family is drawn, relative to the others.
  package let weight: Double

  init(_ fields: Fields) throws(RecipeError) {
    family = try fields.choice("family", default: Family?.none)
    weight = try fields.double("weight", default: 1, in: .above(0))
    switch family {
    case .quadratic: kind = .quadratic(.toy)
    case .noisyQuadratic: kind = .quadratic(.noisyToy)
    case .quadratic10: kind = .quadratic(.tenDimensional)
    case .testFunctions: kind = .testFunctions
    case .digitsMLP:
      kind = .digits(
        Perceptron(
          hidden: try fields.integers("hidden", default: [32], in: 1...4_096),
          batchSize: try fields.integer("batch_size", default: 128, in: 1...4_096)))
    }
  }
}
