/// The multiply-adds of a learned optimizer's matrix products in one update: what it costs at the least.
///
/// Counted in the folded form that `PerParameterNetwork` computes: inputs that all elements of a tensor share, and outputs
/// that are only averaged, are products of the tensor, not of each of its elements.

extension HierarchicalLearnedOptimizer {
  /// 23 · 32 + 32 · 32 + 32 · 2 for the library's sizes.
  package var productsPerElement: Double {
    Products.perElement(columns: configuration.columns, hidden: configuration.hiddenSize)
  }

  /// The LSTM's (52 + 64) · 256, its message to the network 64 · 17, the folded inputs 31 · 32, the feedback 32 · 16.
  package var productsPerTensor: Double {
    let c = configuration
    return Double(
      (c.lstmInputs + c.lstmHiddenSize) * 4 * c.lstmHiddenSize + c.lstmHiddenSize * c.lstmToNetworkSize
        + c.constants * c.hiddenSize + c.hiddenSize * c.fromMLPSize)
  }
}

extension MLPLearnedOptimizer {
  /// 8 · 32 + 32 · 32 + 32 · 2 for the library's sizes.
  package var productsPerElement: Double {
    Products.perElement(columns: 2 + configuration.momentumDecays.count, hidden: configuration.hiddenSize)
  }

  /// The embedding of the step: 11 · 32.
  package var productsPerTensor: Double { Double(StepEmbedding.timescales.count * configuration.hiddenSize) }
}

extension AdafactorMLPLearnedOptimizer {
  /// 28 · 4 + 4 · 4 + 4 · 2 for the library's sizes.
  package var productsPerElement: Double {
    Products.perElement(columns: configuration.columns, hidden: configuration.hiddenSize)
  }

  /// The embedding of the step: 11 · 4.
  package var productsPerTensor: Double { Double(StepEmbedding.timescales.count * configuration.hiddenSize) }
}

private enum Products {
  /// A network of two hidden layers that gives a direction and a magnitude.
  static func perElement(columns: Int, hidden: Int) -> Double {
    Double(columns * hidden + hidden * hidden + hidden * 2)
  }
}
