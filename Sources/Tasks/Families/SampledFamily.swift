internal import Numerics

/// A family of TaskSet's configurations: a draw takes one of them, and its own start and batches.
///
/// Which configurations there are follows from limits that are part of the family, never from a clock.
package struct SampledFamily<Configuration: Sendable>: ListedFamily {
  package let name: String
  package let configurations: [Configuration]
  package let seeds: [Int]
  private let make: @Sendable (Configuration, UInt64) -> any Task

  /// nil where no configuration is left.
  init?(
    name: String, configurations: [SamplingLimits.Drawn<Configuration>],
    make: @escaping @Sendable (Configuration, UInt64) -> any Task
  ) {
    guard !configurations.isEmpty else { return nil }
    self.name = name
    self.configurations = configurations.map(\.configuration)
    seeds = configurations.map(\.seed)
    self.make = make
  }

  package func task(seed: UInt64) -> any Task {
    task(at: Self.choice(among: configurations.count, seed: seed), seed: seed)
  }

  package func task(at place: Int, seed: UInt64) -> any Task { make(configurations[place], seed) }

  /// The task of one of the configurations.
  package func task(_ configuration: Configuration, seed: UInt64) -> any Task { make(configuration, seed) }
}

/// What a configuration may cost; dearer ones are left out, as the original leaves out those above 100 ms a step.
package struct SamplingLimits: Hashable, Sendable {
  /// The seeds of the configurations; TaskSet publishes 0 ..< 1000.
  package var seeds: Range<Int>
  package var maximumParameters: Int
  /// Multiply-adds of one loss on one batch, roughly: those of the matrix products.
  package var maximumWork: Int

  package init(seeds: Range<Int> = 0..<1000, maximumParameters: Int = 50_000, maximumWork: Int = 20_000_000) {
    self.seeds = seeds
    self.maximumParameters = maximumParameters
    self.maximumWork = maximumWork
  }

  /// A configuration and the seed that it was drawn from.
  struct Drawn<Configuration> {
    let seed: Int
    let configuration: Configuration
  }

  /// The configurations of the seeds, but for those that are nil.
  func drawn<Configuration>(_ configuration: (Int) -> Configuration?) -> [Drawn<Configuration>] {
    seeds.compactMap { seed in configuration(seed).map { Drawn(seed: seed, configuration: $0) } }
  }

  func admits(_ cost: Cost) -> Bool { cost.parameters <= maximumParameters && cost.work <= maximumWork }
}

/// The size of a task: its parameters, and the multiply-adds of its matrix products on one batch.
struct Cost {
  private(set) var parameters = 0
  private(set) var work = 0

  /// A matrix that `rows` vectors are multiplied with, and its bias if it has one.
  mutating func addMatrix(_ inner: Int, _ outer: Int, hasBias: Bool = true, times rows: Int) {
    parameters += inner * outer + (hasBias ? outer : 0)
    work += inner * outer * rows
  }

  /// Layers of these widths, one after the other.
  mutating func addLayers(_ widths: [Int], times rows: Int) {
    for (inner, outer) in zip(widths, widths.dropFirst()) { addMatrix(inner, outer, times: rows) }
  }

  mutating func addWork(_ multiplyAdds: Int) { work += multiplyAdds }

  mutating func addTable(_ rows: Int, _ width: Int) { parameters += rows * width }
}
