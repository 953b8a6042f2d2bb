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

  @Test func adamImprovesOnTheStartOfATask() throws {
    let task = try TaskSpecimen(family: "quadratic", seed: 0)
    #expect(task.parameters.map(\.shape) == [[4, 3], [3]])
    #expect(task.bestLoss < 0.01 * task.initialLoss)
    #expect(task.curve.count == task.steps)
  }
}
