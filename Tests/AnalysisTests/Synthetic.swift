// Synthetic runs, written through the store, whose numbers are known.

import Analysis
import Foundation
import RunSchema
import RunStore
import Synchronization

/// A clock that goes a second with each look, and chance that counts.
private final class TestWorld: Sendable {
  private let ticks = Mutex<UInt64>(0)

  private func next() -> UInt64 {
    ticks.withLock { ticks in
      ticks += 1
      return ticks
    }
  }

  var environment: StoreEnvironment {
    StoreEnvironment(
      secondsSince1970: { 1.8e9 + Double(self.next()) }, monotonicSeconds: { Double(self.next()) },
      threadCPUSeconds: { 0 }, randomBits: { self.next() }, host: "testhost", pid: 4711, creator: "tests 1")
  }
}

/// What a synthetic run is, and functions that give its records.
struct Synthetic {
  var recipe =
    #"{"summary": "s", "estimator": {"kind": "full_es", "pairs": 2}, "tasks": [{"family": "quadratic"}], "iterations": 100, "checkpoint_every": 10}"#
  var seed: UInt64 = 1
  var records = 100
  var firstIteration = 0
  var numerics = "1"
  var executable = String(repeating: "a", count: 64)
  var families = ["quadratic"]
  var pairs = 2
  var checkpointEvery = 10
  var name: String?
  var group: String?
  var lineage: [Lineage] = []
  /// By outer iteration.
  var loss: @Sendable (Int) -> Double = { 1 / Double($0) }
  var positive: @Sendable (Int, Int) -> Double = { iteration, pair in Double(iteration + pair) }
  var family: @Sendable (Int, Int) -> Int = { _, _ in 0 }
  var state: @Sendable (Int) -> [Float] = { iteration in [Float(iteration), -1, 0.5] }

  var identity: NamedArrays {
    NamedArrays([
      .text(IdentityNames.recipeName, "synthetic"), .text(IdentityNames.recipeResolved, recipe),
      .scalar(IdentityNames.seed, .uint64([seed])), .text(IdentityNames.randomnessAlgorithm, "Philox4x32-10"),
      .text(IdentityNames.numericsVersion, numerics),
      NamedArray(IdentityNames.taskFamilies, shape: [families.count], .text(families)),
      NamedArray(
        IdentityNames.stepWork, shape: [families.count], .float64(families.indices.map { 1e6 * Double($0 + 1) })),
      NamedArray(IdentityNames.bestLosses, shape: [families.count], .float64(families.map { _ in 0 })),
      .scalar(IdentityNames.firstIteration, .int64([Int64(firstIteration)])),
      .text(IdentityNames.relation, lineage.isEmpty ? "" : "fork"), .scalar(IdentityNames.generation, .int64([0])),
      .text(IdentityNames.codeRevision, "0123456789abcdef"), .scalar(IdentityNames.codeModified, .uint8([0])),
      .text(IdentityNames.executable, executable), .text(IdentityNames.host, "testhost"),
      NamedArray(IdentityNames.initialTheta + "/w", shape: [2], .float32([0.25, Float(seed)])),
    ])
  }

  func record(_ position: Int) -> Record {
    let iteration = firstIteration + position
    let x = Double(iteration)
    let number = Int64(iteration)
    let each = 0..<pairs
    return Record(
      iteration: position,
      tables: [
        RecordTables.records.row([
          ("iteration", .int64([number])), ("outer_loss", .float64([loss(iteration)])),
          ("gradient_norm", .float64([2 * x])), ("clipped_share", .float64([0])), ("theta_norm", .float64([x])),
          ("update_norm", .float64([0.5])), ("inner_steps", .int64([50])), ("nonfinite_steps", .int64([0])),
        ]),
        RecordTables.pairs(pairs).row([
          ("iteration", .int64(each.map { _ in number })), ("pair", .int32(each.map { Int32($0) })),
          ("seed", .uint64(each.map { UInt64(iteration * 8 + $0) })),
          ("task_family", .int32(each.map { Int32(family(iteration, $0)) })),
          ("task_seed", .uint64(each.map { UInt64($0) })), ("last_task_family", .int32(each.map { _ in 0 })),
          ("last_task_seed", .uint64(each.map { _ in 0 })), ("inner_step", .int64(each.map { _ in 0 })),
          ("truncation", .int64(each.map { _ in 50 })),
          ("positive_loss", .float64(each.map { positive(iteration, $0) })),
          ("negative_loss", .float64(each.map { positive(iteration, $0) + 1 })),
          ("difference_before_reset", .float64(each.map { _ in -1 })),
          ("difference_after_reset", .float64(each.map { _ in 0 })), ("reset", .uint8(each.map { _ in 0 })),
        ]),
        RecordTables.observed.row([
          ("iteration", .int64([number])), ("finished_at", .float64([1.8e9 + x])), ("seconds", .float64([0.25])),
          ("cpu_seconds", .float64([0.5])), ("storing_seconds", .float64([0.125])),
          ("peak_memory", .int64([1_000 + number])), ("threads", .int32([2])),
        ]),
      ])
  }

  /// The whole state after an outer iteration.
  func arrays(after iteration: Int) -> NamedArrays {
    NamedArrays([
      .scalar("outer_iteration", .int64([Int64(iteration)])),
      NamedArray("theta/w", shape: [3], .float32(state(iteration))),
    ])
  }

  /// Writes the run, to its end unless told otherwise.
  @discardableResult func write(in store: Store, finish: Bool = true) throws -> RunID {
    let description = RunDescription(
      format: SchemaVersion.name, formatVersion: SchemaVersion.current, identity: identity,
      tables: RecordTables.all(pairs: pairs), durability: .none, lineage: lineage)
    let writer = try store.create(description, name: name, group: group)
    for position in 1...max(1, records) where position <= records {
      try writer.commit(record(position))
      if position.isMultiple(of: checkpointEvery) {
        let iteration = firstIteration + position
        try writer.checkpoint(
          at: position,
          arrays(after: iteration))
      }
    }
    if finish { try writer.finish(.finished) }
    return writer.id
  }

  func run(in store: Store) throws -> ComparedRun { try ComparedRun(try write(in: store), in: store) }
}

/// A synthetic run computed again, as it would come out.
struct SyntheticWalk: Recomputation {
  let run: Synthetic
  private(set) var iteration: Int

  var state: NamedArrays { run.arrays(after: iteration) }

  mutating func advance() -> Record {
    iteration += 1
    return run.record(iteration - run.firstIteration)
  }
}

extension Store {
  /// A store with a world of its own.
  init(in folder: TemporaryFolder) {
    self.init(at: folder.path + "/Runs", environment: TestWorld().environment)
  }
}

enum Damage {
  /// Turns a bit in the middle of a file of a run.
  static func flip(_ file: String, of id: RunID, in store: Store) throws {
    let url = URL(fileURLWithPath: "\(store.path)/\(id)/\(file)")
    var data = try Data(contentsOf: url)
    data[data.count / 2] ^= 1
    try data.write(to: url)
  }
}
