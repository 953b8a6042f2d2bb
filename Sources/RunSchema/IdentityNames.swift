/// The names of what says who a run is: arrays of the store's `identity`, written once.
package enum IdentityNames {
  package static let recipeName = "recipe/name"
  package static let recipeGiven = "recipe/given"
  package static let recipeOverrides = "recipe/overrides"
  package static let recipeResolved = "recipe/resolved"
  package static let seed = "seed"
  package static let randomnessAlgorithm = "randomness/algorithm"
  package static let numericsVersion = "numerics/version"
  package static let firstIteration = "first_iteration"
  package static let taskFamilies = "task_families"
  /// Groups with an array a tensor.
  package static let initialTheta = "theta_0"
  package static let frozenTheta = "outer_optimizer/theta"
  /// Counted operations of an inner step on each task family.
  package static let stepWork = "step_work"
  /// The loss of each task family that is normalised to 0.
  package static let bestLosses = "best_losses"
  /// What a tuned Adam made of each task that is scaled by it; arrays with a number a task.
  package static let calibrationEntry = "calibration/entry"
  package static let calibrationTask = "calibration/task"
  package static let calibrationInitialLoss = "calibration/initial_loss"
  package static let calibrationBestLoss = "calibration/best_loss"
  package static let calibrationLearningRate = "calibration/learning_rate"
  package static let calibrationSteps = "calibration/steps"
  package static let calibrationDivergedRates = "calibration/diverged_rates"
  package static let calibrationOperations = "calibration/operations"
  package static let calibrationRejected = "calibration/rejected"
  /// The data sets that tasks draw from, and what identifies the content of each.
  package static let dataSets = "data/names"
  package static let dataDigests = "data/digests"
  package static let codeRevision = "code/revision"
  package static let codeModified = "code/modified"
  package static let codeDifference = "code/difference_sha256"
  package static let codeChangedFiles = "code/changed_files"
  package static let executable = "code/executable_sha256"
  package static let programVersion = "code/version"
  package static let compiler = "environment/compiler"
  package static let hdf5 = "environment/hdf5"
  package static let cpu = "environment/cpu"
  package static let cpuCount = "environment/cpu_count"
  package static let system = "environment/system"
  package static let host = "environment/host"
  /// How a run's parent, which the store's lineage names, counts for it: "fork", "self-train" or nothing.
  package static let relation = "origin/relation"
  package static let generation = "origin/generation"
}
