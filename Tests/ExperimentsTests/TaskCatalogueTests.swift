import Experiments
import RunSchema
import Testing

struct TaskCatalogueTests {
  @Test func everyFamilyIsListedOnce() {
    let names = TaskCatalogue.entries.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(TaskCatalogue.entries.filter { $0.kind == .taskSet }.count == 12)
  }

  @Test func aConfigurationIsInThePublishedForm() throws {
    // The first of the published examples.
    let configuration = try TaskCatalogue.configuration(of: "mlp_family", seed: 997)
    #expect(
      configuration.compact
        == #"{"layer_sizes":[63],"activation":"tanh","w_init":["glorot_normal",null],"dataset":["mnist",{"bs":15,"#
        + #""num_train":10276,"num_classes":10,"just_train":false},null],"center_data":false}"#)
  }

  @Test func whatIsNotThereIsRefusedInWords() {
    let error = #expect(throws: ExperimentError.self) { try TaskCatalogue.entry("mlp_famly") }
    #expect(error?.description.contains("did you mean mlp_family?") == true)
    #expect(throws: ExperimentError.self) { try TaskCatalogue.configuration(of: "mlp_family", seed: .max) }
    #expect(throws: ExperimentError.self) { try TaskCatalogue.configuration(of: "quadratic", seed: 0) }
  }

  @Test func aSearchFindsWhatHoldsAllWordsWhateverTheirCase() {
    #expect(TaskCatalogue.entries(with: []).count == TaskCatalogue.entries.count)
    let copies = TaskCatalogue.entries(with: ["lstm", "COPY"]).map(\.name)
    #expect(copies.count == 5 && copies.allSatisfy { $0.hasPrefix("Copy_LSTM") })
    #expect(TaskCatalogue.entries(with: ["food101_64x64"]).count == 1)
    #expect(TaskCatalogue.entries(with: ["lstm", "no such word"]).isEmpty)
  }

  @Test func adamImprovesOnTheStartOfATask() throws {
    let task = try TaskSpecimen(TaskCatalogue.entry("quadratic"), seed: 0)
    #expect(task.parameters.map(\.shape) == [[4, 3], [3]])
    let trial = task.adam(steps: 120)
    #expect(trial.curve.finalLoss < 0.05 * trial.curve.initialLoss)
    #expect(trial.curve.train.count == 120 && trial.curve.valid.count == 11)
    #expect(trial.divergedRates == 0)
  }

  /// What a task shows is what a recipe trains: the same layout, and the configuration of the seed.
  @Test func everyKindOfEntryCanBeLookedAt() throws {
    let fixed = try TaskSpecimen(TaskCatalogue.entry("Copy_LSTM128_BS128_Length5_Tokens10"), seed: 1)
    #expect(fixed.parameters.map(\.name) == ["core.gates", "core.bias", "output.weights", "output.bias"])
    #expect(fixed.parameterCount == (12 + 128) * 512 + 512 + 128 * 12 + 12)
    #expect(fixed.configuration?["bs"] == .integer(128))
    // Eleven steps, of which the inputs of all are one product, for 128 sequences; then the last five.
    let products = 2 * 128 * (11 * 12 * 512 + 11 * 128 * 512 + 5 * 128 * 12)
    let operations = try #require(fixed.operations)
    #expect(operations.loss > products && Double(operations.loss) < 1.2 * Double(products))
    let drawn = try TaskSpecimen(TaskCatalogue.entry("mlp_family"), seed: 997)
    #expect(drawn.parameters.map(\.shape) == [[64, 63], [63], [63, 10], [10]])
    #expect(drawn.configuration?["layer_sizes"] == [63])
    #expect(try TaskSpecimen(TaskCatalogue.entry("FixedNVP_mnist_9layer_thin_bs16"), seed: 0).quirks.count == 1)
  }
}
