import Analysis
import Foundation
import RunSchema
import RunStore

/// A store in a folder of its own with small made-up runs: no learning, only files.
struct SmallStore {
  let store: Store
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // A second for each call, so that ids stand in the order in which runs are made.
    let clock = Counter()
    store = Store(
      at: folder.path,
      environment: StoreEnvironment(
        secondsSince1970: { 1_800_000_000 + clock.next() }, monotonicSeconds: { 0 },
        threadCPUSeconds: { 0 }, randomBits: { 7 }, host: "here", pid: 1))
  }

  /// Makes a finished run whose outer losses are these, with a checkpoint after each of some positions.
  @discardableResult
  func add(
    losses: [Double], name: String? = nil, tags: [String] = [], seed: UInt64 = 1, estimator: String = "full_es",
    firstIteration: Int = 0, checkpoints: [Int] = [], parent: RunID? = nil
  ) throws -> RunID {
    let recipe: JSONValue = [
      "summary": "made up", "estimator": ["kind": .text(estimator), "pairs": 2],
      "tasks": [["family": "quadratic", "weight": .number(1)]], "iterations": .integer(losses.count),
    ]
    let identity = NamedArrays([
      .text(IdentityNames.recipeName, "made-up"), .text(IdentityNames.recipeResolved, recipe.pretty),
      .scalar(IdentityNames.seed, .uint64([seed])),
      .scalar(IdentityNames.firstIteration, .int64([Int64(firstIteration)])),
      .text(IdentityNames.numericsVersion, "1"),
    ])
    let lineage = parent.map { [Lineage(run: $0.text, iteration: 0, contents: Digest.of([]))] } ?? []
    let writer = try store.create(
      RunDescription(
        format: SchemaVersion.name, formatVersion: SchemaVersion.current, identity: identity,
        tables: RecordTables.all(pairs: 2), durability: .none, lineage: lineage),
      name: name, tags: tags)
    for (index, loss) in losses.enumerated() {
      let position = index + 1
      try writer.commit(Record(iteration: position, tables: Self.tables(loss, iteration: firstIteration + position)))
      if checkpoints.contains(position) {
        let theta = NamedArray("theta/w", shape: [2], .float32([Float(loss), 1]))
        try writer.checkpoint(at: position, NamedArrays([theta]))
      }
    }
    try writer.finish(.finished)
    return writer.id
  }

  /// Changes a byte in the middle of a file of a run.
  func damage(_ file: String, of id: RunID) throws {
    let url = URL(fileURLWithPath: "\(folder.path)/\(id)/\(file)")
    var data = try Data(contentsOf: url)
    data[data.count / 2] ^= 1
    try data.write(to: url)
  }

  func overviews() throws -> [RunOverview] { try RunOverview.all(in: store) }

  private static func tables(_ loss: Double, iteration: Int) -> [[ArrayValues]] {
    RecordTables.all(pairs: 2).map { schema in
      schema.columns.map { column in
        let count = schema.rowsPerRecord
        switch (column.name, column.type) {
        case ("iteration", _): return .int64(Array(repeating: Int64(iteration), count: count))
        case ("outer_loss", _): return .float64([loss])
        case (_, .float64): return .float64(Array(repeating: 0.5, count: count))
        case (_, .int64): return .int64(Array(repeating: 10, count: count))
        case (_, .int32): return .int32(Array(repeating: 0, count: count))
        case (_, .uint64): return .uint64(Array(repeating: .max, count: count))
        default: return .uint8(Array(repeating: 0, count: count))
        }
      }
    }
  }
}

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "analysis-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {}
  }
}

/// Counts calls.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0.0

  func next() -> Double {
    lock.withLock {
      count += 1
      return count
    }
  }
}
