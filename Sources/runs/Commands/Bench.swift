import Analysis
import ArgumentParser
import Experiments

extension Benchmark.Part: ExpressibleByArgument {}

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how fast this build is here, against the machine's own peak.",
    discussion: """
      Examples:
        runs bench --quick
        runs bench --only update --only iteration
        runs bench --save before.json
        runs bench --compare before.json
        runs bench --plot growth.svg

      Peak, updates, tasks, outer iterations, store and start, each the median of repeats with the least and the greatest.
      GFLOP/s count matrix products only. The peak is measured in the same run; `of peak` is by wall time on all the cores
      used, `of CPU` by the CPU time that was got, which other programs take nothing from. See Docs/performance.md.
      """.flowing)

  @Flag(help: "Fewer repeats and a part of the grid: about a minute.")
  var quick = false

  @Option(
    help: ArgumentHelp(
      "Measure this part alone, besides the machine (\(Benchmark.Part.allCases.map(\.rawValue).joined(separator: ", "))); may be repeated.",
      valueName: "part"))
  var only: [Benchmark.Part] = []

  @Option(help: ArgumentHelp("Writes the report to a file, to compare with later.", valueName: "file"))
  var save: String?

  @Option(help: ArgumentHelp("A report saved before: adds how often faster this one is.", valueName: "file"))
  var compare: String?

  @Option(help: ArgumentHelp("Draws how the time grows, as FILE.svg or FILE.png; not with --quick.", valueName: "file"))
  var plot: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tableOptions: TableOptions
  @OptionGroup var output: OutputOptions

  private var parts: Set<Benchmark.Part> { Set(only.isEmpty ? Benchmark.Part.allCases : only) }

  func run() throws {
    if plot != nil, !parts.contains(.growth) { throw Complaint(.usage, "--plot: growth is not among what is measured") }
    if quick, plot != nil { throw Complaint(.usage, "--plot: growth is measured without --quick only") }
    let picture = try plot.map { try PictureFile($0) }
    let baseline = try compare.map { path in try BenchBaseline(path: path) }
    let report = try Benchmark(isQuick: quick, threads: threads.count, parts: parts).run { subject in
      if !output.quiet, !output.json { Output.tell("measuring \(subject)") }
    }
    if let save { try report.save(to: save) }
    if let picture {
      try picture.write(Self.growth(report).chart(), width: 800, theme: .auto)
      output.tell("wrote \(picture.path.shown)")
    }
    Output.print(table(report, baseline), tableOptions, output, json: report.json)
  }

  private static func growth(_ report: BenchReport) -> GrowthPlot {
    let figures = report.figures.compactMap { figure in figure.along.map { (place: $0, figure: figure) } }
    var quantities: [String] = []
    for figure in figures where !quantities.contains(figure.place.quantity) { quantities.append(figure.place.quantity) }
    return GrowthPlot(
      title: "Growth of an outer iteration · \(counted(report.threads, "thread"))",
      quantities.map { quantity in
        let own = figures.filter { $0.place.quantity == quantity }
        return GrowthPlot.Series(
          quantity, own.map { ($0.place.at, $0.figure.value, $0.figure.lowest, $0.figure.highest) })
      })
  }

  private func table(_ report: BenchReport, _ baseline: BenchBaseline?) -> Table {
    var columns: [Table.Column] = [
      .init("part"), .init("figure"), .init("median", alignment: .right), .init("unit"),
      .init("least", alignment: .right), .init("greatest", alignment: .right),
      .init("GFLOP/s", alignment: .right), .init("of peak", alignment: .right), .init("of CPU", alignment: .right),
    ]
    if baseline != nil {
      columns.append(.init("times faster", alignment: .right))
      columns.append(.init("by CPU", alignment: .right))
    }
    let load = (report.load * 100).rounded() / 100
    var table = Table(
      "\(report.isQuick ? "quick" : "full") bench, \(counted(report.threads, "thread")), load average \(load) at its start",
      columns: columns)
    for figure in report.figures {
      var row: [Cell] = [
        .text(figure.group), .text(figure.name), .number(figure.value, digits: 4), .text(figure.unit),
        .number(figure.lowest, digits: 3), .number(figure.highest, digits: 3),
        figure.operationsPerSecond.map { .number($0 * 1e-9, digits: 3) } ?? .missing,
        figure.peakShare.map { .fraction($0) } ?? .missing, figure.peakShareOfCPU.map { .fraction($0) } ?? .missing,
      ]
      if let baseline {
        for ratio in [baseline.ratio(of: figure), baseline.ratioOfCPU(of: figure)] {
          row.append(ratio.map { .number($0, digits: 3) } ?? .missing)
        }
      }
      table.append(row)
    }
    return table
  }
}
