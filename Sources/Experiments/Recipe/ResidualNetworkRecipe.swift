import Tasks

/// One of the paper's residual networks in a recipe, on the images that come with the program or on others that it names.
package struct ResidualNetworkRecipe: Sendable {
  package enum Layers: String, CaseIterable, Sendable {
    case fourteen = "14"
    case thirtyFive = "35"
  }

  package let layers: Layers
  package let batchSize: Int
  /// The name of the data set.
  let data: String

  init(_ fields: Fields) throws(RecipeError) {
    layers = try fields.choice("layers", default: .fourteen)
    batchSize = try fields.integer("batch_size", default: 32, in: 2...4_096)
    data = try fields.otherDataSet("data", than: .digits)
  }

  func makeFamily(from shelf: DataShelf) throws -> any TaskFamily {
    let network: ResidualNetwork =
      switch layers {
      case .fourteen: .layers14
      case .thirtyFive: .layers35
      }
    return ResidualNetworkFamily(network, on: try shelf.images(data), batchSize: batchSize)
  }
}
