import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

struct PlotTask: ParsableCommand {
  /// What is drawn of a task.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case curves, surface
  }

  static let configuration = CommandConfiguration(
    commandName: "plot-task",
    abstract: "Optimizers on one task: how the loss falls, or their paths on the loss surface.",
    discussion: """
      Examples:
        runs plot-task latest --out curves.svg
        runs plot-task first@best second@best --optimizers adam sgd=0.1 --steps 200
        runs plot-task latest --kind surface --task rosenbrock --out surface.svg
        runs plot-task latest --kind surface --task diagonal_valley --draws 20 --out valley.png
        runs plot-task --kind surface --task digits_mlp --along random --out random.svg

      Learned optimizers are given by their checkpoints; hand-designed ones have the best of 7 learning rates on the draws
      shown, or the one that is given. Draws are those of runs tasks FAMILY --seed. A surface lies along the two parameters of
      a task that has no more, else along the two principal directions of the paths, or along random ones that are scaled
      filter by filter. Without --out an SVG goes to a pipe, and braille dots go to a terminal.
      """.flowing)

  @Argument(help: "Checkpoints: ID, ID@300, ID@best, or a checkpoint file's path.", completion: .run)
  var checkpoints: [String] = []

  @Option(help: "What to draw.")
  var kind = Kind.curves

  @Option(
    help: ArgumentHelp(
      "A family or fixed task of runs tasks, or a test function; the first of the first checkpoint's recipe unless given.",
      valueName: "family"))
  var task: String?

  @Option(help: ArgumentHelp("Which draw of the family; of several the first.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Draws: tasks of the family for curves, 8 unless given; starts of a test function for a surface, 1 unless given.",
      valueName: "n"))
  var draws: Int?

  @Option(help: ArgumentHelp("Inner steps.", valueName: "n"))
  var steps = 100

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("adam, momentum, rmsprop, sgd: at their best rates, or as adam=0.01.", valueName: "names"))
  var optimizers = Baseline.allCases.map(\.rawValue)

  @Option(help: "What a surface lies along; parameters or principal unless given.")
  var along: Landscape.Directions?

  @Option(help: "The scale of the loss.")
  var scale = ScaleChoice.automatic

  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1000).contains(draws ?? 1) else { throw ValidationError("--draws takes 1 to 1000") }
    guard (1...100_000).contains(steps) else { throw ValidationError("--steps takes 1 to 100000") }
    guard along == nil || kind == .surface else { throw ValidationError("--along needs --kind surface") }
    guard task != nil || !checkpoints.isEmpty else { throw ValidationError("give a checkpoint, or --task") }
  }

  func run() throws {
    let file = try picture.file()
    let baselines = try optimizers.map { try BaselineChoice(parsing: $0) }
    let store = Store(at: self.store.path)
    let threads = try self.threads.count
    let learned = try checkpoints.map { try store.statePoint(CheckpointReference($0), threads: threads) }
    let count = draws ?? (kind == .curves ? 8 : 1)
    let tasks =
      try task.map { try RaceTasks($0, seed: seed, count: count) }
      ?? RaceTasks(of: learned[0], seed: seed, count: count)
    let names = try learned.map { point in
      try store.labels(of: point.run).name.map { "\($0)@\(point.state.outerIteration)" } ?? point.name
    }
    let race = InnerRace(
      on: tasks, steps: steps, learned: Array(zip(names, learned)), baselines: baselines, threads: threads)
    var chart: Chart
    switch kind {
    case .curves: chart = curves(race)
    case .surface: chart = surface(try Landscape(of: race, along: along, seed: seed), race)
    }
    chart.sources = learned.map { "checkpoint \($0.name), theta_sha256 \($0.state.thetaDigest.hex)" }
    try picture.show(chart, in: file, output) { path in json(race, path, chart) }
  }

  /// "task, seed 0", or "task, seeds 0 to 7".
  private func title(_ tasks: RaceTasks) -> String {
    let (first, last) = (tasks.seeds[0], tasks.seeds[tasks.seeds.count - 1])
    return "\(tasks.name), " + (first == last ? "seed \(first)" : "seeds \(first) to \(last)")
  }

  private var tuning: [String] {
    optimizers.contains { !$0.contains("=") }
      ? ["Hand-designed optimizers without a given rate: the best of \(Baseline.learningRates.count) on these draws."]
      : []
  }

  private func curves(_ race: InnerRace) -> Chart {
    var chart = InnerCurvesPlot(
      task: title(race.tasks), loss: "normalised test loss [1: start, 0: best]",
      race.entries.map { .init($0.contestant.name, $0.curves) }, scale: scale
    ).chart()
    chart.notes += tuning
    return chart
  }

  private func surface(_ landscape: Landscape, _ race: InnerRace) -> Chart {
    var notes = ["Loss: mean over \(landscape.batches) training batches. \(race.steps) inner steps."]
    let labels: (x: String, y: String)
    switch landscape.directions {
    case .parameters:
      labels = landscape.axes.map { ("parameter \($0.x)", "parameter \($0.y)") } ?? ("", "")
    case .principal:
      let (x, y) = (landscape.shares?.first ?? 0, landscape.shares?.second ?? 0)
      labels = (
        "first principal direction of the paths [distance]", "second principal direction of the paths [distance]"
      )
      notes.append(
        "The plane holds \(Cell.fraction(x).rounded) and \(Cell.fraction(y).rounded) of the paths' variance;"
          + " the paths are seen from above it, and their own loss may differ from the plane's.")
    case .random:
      labels = ("random direction 1 [norms of the filters]", "random direction 2 [norms of the filters]")
      notes.append("Directions are drawn and scaled filter by filter, around the end of the first path.")
    }
    return SurfacePlot(
      title: "Loss surface · \(title(race.tasks))", x: Axis(labels.x, range: landscape.x),
      y: Axis(labels.y, range: landscape.y),
      HeightField(columns: landscape.columns, rows: landscape.rows, values: landscape.values, scale),
      landscape.paths.map { paths in
        .init(paths[0].optimizer, paths.map { $0.points.map { Point($0.x, $0.y) } })
      }, notes: notes + tuning
    ).chart()
  }

  private func json(_ race: InnerRace, _ path: String, _ chart: Chart) -> JSONValue {
    [
      "schema": "runs/plot-task/1", "kind": .text(kind.rawValue), "file": .text(path),
      "task": .text(race.tasks.name), "seeds": .array(race.tasks.seeds.map { .unsigned($0) }),
      "steps": .integer(race.steps),
      "optimizers": .array(
        race.entries.map { entry in
          [
            "name": .text(entry.contestant.name), "mean": .number(entry.mean),
            "last": .array(entry.curves.map { .number($0[$0.count - 1]) }),
          ]
        }),
      "notes": .array(chart.notes.map { .text($0) }),
    ]
  }
}

extension Landscape.Directions: ExpressibleByArgument {}
