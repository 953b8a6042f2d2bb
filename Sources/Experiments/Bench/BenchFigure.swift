package import RunSchema

/// One figure of the bench: what it is, its median, its spread, and how near the machine's peak it comes.
package struct BenchFigure: Equatable, Sendable {
  /// A value of a quantity that grows.
  package struct Place: Equatable, Sendable {
    package let quantity: String
    package let at: Double
  }

  /// The part of the bench: machine, update, task, iteration, growth, store, start.
  package let group: String
  package let name: String
  /// The median over the repeats, in `unit`.
  package let value: Double
  package let unit: String
  /// True where more is better, false for times and memory.
  package let isRate: Bool
  /// The least and the greatest of the repeats.
  package let lowest: Double
  package let highest: Double
  package let repeats: Int
  /// The median a second of CPU time of all threads, for rates: what others do on the machine takes little from it.
  package var valuePerCPUSecond: Double?
  /// Useful floating-point operations a second of wall time; nil where none are counted.
  package var operationsPerSecond: Double?
  /// Useful operations a second of wall time, as a share of the peak of the cores used.
  package var peakShare: Double?
  /// Useful operations a second of CPU time, as a share of one core's: what the share were if nobody else computed here.
  package var peakShareOfCPU: Double?

  /// Of a figure of growth: what grows, and how far.
  package var along: Place?

  /// A figure whose every repeat is known.
  init(_ group: String, _ name: String, _ values: [Double], unit: String, isRate: Bool) {
    self.group = group
    self.name = name
    self.unit = unit
    self.isRate = isRate
    value = values.median
    lowest = values.min() ?? .nan
    highest = values.max() ?? .nan
    repeats = values.count
  }

  /// So many things a second, and the operations that these need.
  /// - Parameters:
  ///   - count: things a call.
  ///   - operations: useful operations a call; nil where none are counted.
  ///   - threads: the cores that were used.
  init(
    _ group: String, _ name: String, _ timing: Timing, count: Double, unit: String, operations: Double? = nil,
    threads: Int = 1, peak: MachinePeak? = nil
  ) {
    self.init(group, name, timing.wall.map { count / $0 }, unit: unit, isRate: true)
    valuePerCPUSecond = count / timing.cpu.median
    guard let operations else { return }
    operationsPerSecond = operations / timing.wall.median
    guard let peak else { return }
    peakShare = operations / timing.wall.median / (threads == 1 ? peak.oneCore : peak.allCores)
    peakShareOfCPU = operations / timing.cpu.median / peak.oneCoreOfCPU
  }

  package var json: JSONValue {
    [
      "group": .text(group), "name": .text(name), "value": .number(value), "unit": .text(unit),
      "is_rate": .bool(isRate), "lowest": .number(lowest), "highest": .number(highest), "repeats": .integer(repeats),
      "per_cpu_second": valuePerCPUSecond.map { .number($0) } ?? .null,
      "flops_per_second": operationsPerSecond.map { .number($0) } ?? .null,
      "peak_share": peakShare.map { .number($0) } ?? .null,
      "peak_share_of_cpu": peakShareOfCPU.map { .number($0) } ?? .null,
      "along": along.map { ["quantity": .text($0.quantity), "at": .number($0.at)] } ?? .null,
    ]
  }
}

/// The machine's peak as this run of the bench found it, in floating-point operations a second.
struct MachinePeak: Sendable {
  let oneCore: Double
  let allCores: Double
  /// One core's, a second of CPU time: what others do on this machine takes nothing from it.
  let oneCoreOfCPU: Double
}

/// All figures of one run of the bench.
package struct BenchReport: Sendable {
  package let isQuick: Bool
  package let threads: Int
  /// The load average of the last minute before the bench began.
  package let load: Double
  package let seconds: Double
  package let figures: [BenchFigure]

  package var json: JSONValue {
    [
      "schema": "runs/bench/1", "mode": isQuick ? "quick" : "full", "threads": .integer(threads),
      "cpu": .text(Environment.cpuName), "system": .text(Environment.system), "load": .number(load),
      "at": .number(Environment.now()), "seconds": .number(seconds), "version": .text(ProgramVersion.current),
      "figures": .array(figures.map(\.json)),
    ]
  }
}
