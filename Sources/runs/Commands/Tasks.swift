import Analysis
import ArgumentParser
import Experiments
import RunSchema

struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The tasks that there are, or one of them.",
    discussion: """
      Examples:
        runs tasks
        runs tasks --search lstm copy
        runs tasks digits_mlp
        runs tasks mlp_family --seed 997 --json
        runs tasks mlp_family --seed 997 --calibration --steps 100
        runs tasks Copy_LSTM128_BS128_Length5_Tokens10 --curve --steps 500 --svg copy.svg

      Of a task: its configuration as TaskSet publishes it, its parameters, and what a step costs. With --curve, what Adam
      makes of it at the best of its learning rates; with --calibration, what a recipe with as many calibration_steps scales
      it by. --seed is the draw of a family, and of TaskSet's families the configuration.
      """.flowing)

  @Argument(
    help: "A family or a task.",
    completion: .custom { _, _, prefix in TaskCatalogue.entries.map(\.name).filter { $0.hasPrefix(prefix) } })
  var task: String?

  @Option(help: ArgumentHelp("Which draw of the family.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("List only those in which all these words occur.", valueName: "words"))
  var search: [String] = []

  @Flag(help: "Train it with Adam and draw the loss.")
  var curve = false

  @Flag(help: "Say which losses recipes would scale it by, as Adam finds them.")
  var calibration = false

  @Option(help: ArgumentHelp("Steps of these trainings, 1 to 100000.", valueName: "n"))
  var steps = Calibration.steps

  @Option(help: ArgumentHelp("Draw into FILE.svg or FILE.png instead; means --curve.", valueName: "file"))
  var svg: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard (1...100_000).contains(steps) else { throw Complaint(.usage, "--steps \(steps): expected 1 to 100000") }
    guard let task else {
      if curve || calibration || svg != nil {
        throw Complaint(.usage, "--curve, --calibration and --svg need a task: runs tasks NAME --curve")
      }
      return list()
    }
    if !search.isEmpty { throw Complaint(.usage, "give a task or --search, not both") }
    let picture = try svg.map { try PictureFile($0) }
    let entry = try TaskCatalogue.entry(task)
    let card = TaskCard(entry, try TaskSpecimen(entry, seed: seed), seed: seed)
    let trial = curve || picture != nil ? card.specimen.adam(steps: steps) : nil
    let calibration = calibration ? card.specimen.calibration(steps: steps) : nil
    Output.print(card.card(trial, calibration), format, output)
    guard let trial, picture != nil || format.format(output) == .text else { return }
    try draw(TaskCard.plot(card.specimen.name, trial).chart(), picture)
  }

  private func list() {
    var table = Table(columns: [.init("name", key: "family"), .init("kind"), .init("what it is", key: "summary")])
    for entry in TaskCatalogue.entries(with: search) {
      table.append([.text(entry.name), .text(entry.kind.rawValue), .text(entry.summary)])
    }
    Output.print(
      table, format, output, json: ["schema": "runs/tasks/1", "families": .array(table.rowObjects)])
  }

  private func draw(_ chart: Chart, _ picture: PictureFile?) throws {
    guard let picture else {
      let plot = TerminalPlot(
        columns: Terminal.resultColumns ?? Terminal().columns, colours: Terminal.resultColours)
      return Output.write("\n" + plot.text(chart))
    }
    try picture.write(chart, width: 800, theme: .auto)
    output.tell("wrote \(picture.path.shown)")
  }
}
