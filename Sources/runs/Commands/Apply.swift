import Analysis
import ArgumentParser
import Experiments
import RunSchema

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Steps an optimizer over recorded gradients: to check another implementation against this one.",
    discussion: """
      Example:
        runs apply recorded.h5 --out stepped.h5

      FILE has the attributes `optimizer` (MLPLOpt, AdafacMLPLOpt, RNNMLPLOpt, SGD, SGDM, RMSProp, Adam) and `arg.*`, the
      groups `theta`, `params0` and `grads` with the step as first axis, `losses`, and may have `is_valid`. OUT gets
      `params/<tensor>` after every step.
      """.flowing)

  @Argument(help: "The file with the recorded gradients.")
  var file: String

  @Option(help: ArgumentHelp("The file to write; replaced if it is there.", valueName: "out.h5"))
  var out: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let input = try ForeignFile.read(file, by: Environment.executablePath)
    let summary = try Experiments.Apply(input).run(writingTo: out)
    if output.json {
      return Output.print(
        [
          "schema": "runs/apply/1", "optimizer": .text(summary.optimizer), "steps": .integer(summary.steps),
          "tensors": .integer(summary.tensors), "parameters": .integer(summary.parameters), "out": .text(out),
        ] as JSONValue)
    }
    output.tell(
      "\(out): \(summary.optimizer), \(counted(summary.steps, "step")) over \(counted(summary.tensors, "tensor")), \(counted(summary.parameters, "parameter"))"
    )
  }
}
