import Experiments
import OuterTraining
import RunSchema
import Tasks
import Testing

struct SampledTaskRecipeTests {
  static let names = [
    "taskset_quadratic", "taskset_mlp", "losg", "char_rnn", "word_rnn", "text_classification", "mlp_ae", "mlp_vae",
    "conv_fc", "conv_pooling", "maf", "nvp", "resnet_v2", "image_mlp", "image_conv", "image_mlp_ae", "image_mlp_vae",
    "image_resnet", "vit", "lopt", "lm_rnn", "lm_transformer",
  ]

  @Test(arguments: names)
  func aRecipeCanNameTheFamily(_ name: String) throws {
    let recipe = try Recipe("tasks: [{family: \(name)}]", name: "small")
    let experiment = try Experiment(recipe: recipe, seed: 1)
    #expect(experiment.calibrations == [[]])
    #expect(experiment.familyNames.count == 1)
  }

  @Test func limitsThatLeaveNothingAreRefusedInWords() throws {
    let recipe = try Recipe("tasks: [{family: nvp, maximum_parameters: 10}]", name: "small")
    let error = #expect(throws: ExperimentError.self) { try Experiment(recipe: recipe, seed: 1) }
    #expect(error?.description.contains("maximum_parameters") == true)
  }

  @Test func augmentationsArePartOfARecipeWhereTheyStandOnly() throws {
    let plain = try Recipe("tasks: [{family: image_mlp}]", name: "small")
    #expect(!plain.resolved.compact.contains("augmentations"))
    let augmented = try Recipe("tasks: [{family: image_mlp, augmentations: {bfloat16: 1}}]", name: "small")
    #expect(augmented.resolved.compact.contains(#""augmentations":{"reparametrized_weights":0.714"#))
    #expect(augmented.tasks[0].augmentations?.bfloat16 == 1)
    #expect(try Experiment(recipe: augmented, seed: 1).familyNames == ["image_mlp(digits)+augmented"])
    #expect(throws: RecipeError.self) {
      try Recipe("tasks: [{family: nvp, augmentations: {bfloat16: 2}}]", name: "small")
    }
  }

  @Test func onlyFamiliesOfTextHaveALength() throws {
    #expect(throws: RecipeError.self) { try Recipe("tasks: [{family: nvp, maximum_length: 10}]", name: "small") }
    let recipe = try Recipe("tasks: [{family: char_rnn, maximum_length: 10}]", name: "small")
    #expect(try Experiment(recipe: recipe, seed: 1).familyNames[0].contains("length <= 10"))
  }
}

/// A recipe may ask for one of TaskSet's configurations alone, whatever it costs.
@Suite struct OneConfigurationTests {
  private func entry(_ recipe: Recipe) -> JSONValue? {
    guard case .array(let tasks)? = recipe.resolved["tasks"] else { return nil }
    return tasks.first
  }

  @Test func everyDrawIsThatConfiguration() throws {
    let recipe = try Recipe("tasks: [{family: conv_fc, configuration: 19}]", name: "one")
    let problem = try Experiment(recipe: recipe, seed: 1, calibrations: [[]]).problem
    let family = problem.tasks.members[0].family
    let layouts = Set((0..<20).map { family.task(seed: $0).parameters })
    #expect(layouts.count == 1 && layouts.first?.count == 9_223)
    #expect(entry(recipe)?["configuration"] == 19)
    let all = try Recipe("tasks: [{family: conv_fc}]", name: "all")
    #expect(entry(all)?["family"] == "conv_fc" && entry(all)?["configuration"] == nil)
    #expect(throws: RecipeError.self) { try Recipe("tasks: [{family: conv_fc, configuration: 1000}]", name: "none") }
    #expect(throws: RecipeError.self) {
      try Recipe("tasks: [{family: conv_fc, configuration: 1, maximum_work: 10}]", name: "both")
    }
  }
}
