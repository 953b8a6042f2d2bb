// Stores in folders that go away, with a clock and chance that always come out the same.

import Foundation
import RunStore
import Synchronization

/// A folder that is removed at the end.
final class TemporaryFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "RunStoreTests-" + UUID().uuidString
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      fatalError("no folder for tests at \(path): \(error)")
    }
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left \(path): \(error)") }
  }

  /// All files below, by their path, with their bytes.
  func files(below folder: String = "") throws -> [String: Data] {
    var found: [String: Data] = [:]
    let root = folder.isEmpty ? path : path + "/" + folder
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      found[name] = try Data(contentsOf: URL(fileURLWithPath: root + "/" + name))
    }
    return found
  }
}

/// A clock that goes a millisecond with each look, and chance that counts.
final class TestWorld: Sendable {
  private let ticks = Mutex(0)
  private let draws = Mutex<UInt64>(0)

  var environment: StoreEnvironment {
    StoreEnvironment(
      secondsSince1970: {
        self.ticks.withLock {
          $0 += 1; return 1.8e9 + Double($0) * 1e-3
        }
      },
      monotonicSeconds: {
        self.ticks.withLock {
          $0 += 1; return Double($0) * 1e-3
        }
      },
      threadCPUSeconds: { 0 },
      randomBits: {
        self.draws.withLock {
          $0 += 1; return $0
        }
      }, host: "testhost", pid: 4711, creator: "tests 1")
  }
}

/// A small run: two scientific tables, one that is not, and records that are functions of the iteration.
enum Example {
  static let tables = [
    TableSchema(
      "records",
      columns: [
        Column("iteration", .int64, summary: "outer iteration"), Column("loss", .float64, unit: "nat"),
        Column("name", .text), Column("flag", .uint8),
      ], signal: "loss", axes: ["iteration"]),
    TableSchema("pairs", columns: [Column("seed", .uint64), Column("positive", .float32)], rowsPerRecord: 3),
    TableSchema("observed", columns: [Column("seconds", .float64, unit: "s")], isScientific: false),
  ]

  static let identity = NamedArrays([
    .text("recipe", "estimator: pes\n", summary: "the recipe"), .scalar("seed", .uint64([.max])),
    NamedArray("theta/w", shape: [2, 3], .float32([1, -0.0, .nan, .infinity, 5e-45, 3]), unit: "1"),
    NamedArray("theta/none", shape: [0, 4], .float32([])),
    NamedArray("words", shape: [2], .text(["", "größer"])),
  ])

  static func description(_ durability: Durability = .each) -> RunDescription {
    RunDescription(
      format: "tests/example", formatVersion: 3, identity: identity, tables: tables, durability: durability)
  }

  /// A run as small as can be, for tests that make thousands.
  static let smallTables = [
    TableSchema("records", columns: [Column("loss", .float64)], signal: "loss"),
    TableSchema("observed", columns: [Column("seconds", .float64)], isScientific: false),
  ]

  static func smallDescription(_ durability: Durability) -> RunDescription {
    RunDescription(
      format: "tests/small", formatVersion: 1, identity: NamedArrays([.scalar("seed", .uint64([7]))]),
      tables: smallTables, durability: durability)
  }

  static func smallRecord(_ iteration: Int) -> Record {
    Record(iteration: iteration, tables: [[.float64([1 / Double(iteration)])], [.float64([0.5])]])
  }

  static func smallState(_ iteration: Int) -> NamedArrays {
    NamedArrays([NamedArray("theta", shape: [40], .float64((0..<40).map { Double(iteration * 40 + $0) }))])
  }

  static func record(_ iteration: Int, seconds: Double = 0.5) -> Record {
    let x = Double(iteration)
    return Record(
      iteration: iteration,
      tables: [
        [.int64([Int64(iteration)]), .float64([1 / x]), .text(["n\(iteration)"]), .uint8([UInt8(iteration % 256)])],
        [
          .uint64((0..<3).map { UInt64(iteration * 3 + $0) &* 0x9e37_79b9_7f4a_7c15 }),
          .float32([Float(x), iteration % 5 == 0 ? .nan : -Float(x), 0]),
        ],
        [.float64([seconds])],
      ])
  }

  static func state(_ iteration: Int) -> NamedArrays {
    NamedArrays([
      .scalar("iteration", .int64([Int64(iteration)])),
      NamedArray("theta/w", shape: [4], .float32((0..<4).map { Float(iteration * 4 + $0) })),
      NamedArray("particles/0/moments", shape: [2, 2], .float64([0.1, -0.0, .nan, Double(iteration)])),
    ])
  }

  /// A state of which one group lies packed: types, ranks and texts of all kinds, and arrays without elements.
  static func packedState(_ iteration: Int) -> NamedArrays {
    var arrays = NamedArrays([
      .scalar("iteration", .int64([Int64(iteration)])),
      .scalar("particles/0/steps", .int64([Int64(iteration)]), unit: "steps", summary: "steps taken"),
      NamedArray("particles/0/w", shape: [2, 3], .float32([1, -0.0, .nan, .ulpOfOne, Float(iteration), 3])),
      NamedArray("theta/w", shape: [4], .float32((0..<4).map { Float(iteration * 4 + $0) })),
      NamedArray("particles/0/none", shape: [0, 7], .float32([])),
      NamedArray("particles/1/b/c", shape: [2], .float32([.infinity, Float(iteration)])),
      NamedArray("particles/1/words", shape: [3], .text(["", "größer", "b"]), summary: "words"),
      .scalar("particles/1/flag", .uint8([1])),
      NamedArray("particles/1/moments", shape: [1, 2, 1], .float64([0.1, .nan])),
    ])
    arrays.pack("particles")
    return arrays
  }
}

extension Store {
  /// A store with a world of its own.
  init(in folder: TemporaryFolder, _ fileSystem: any FileSystem = SystemFileSystem()) {
    self.init(at: folder.path + "/Runs", fileSystem: fileSystem, environment: TestWorld().environment)
  }
}
