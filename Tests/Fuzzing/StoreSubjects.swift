import Foundation
import RunStore
import Synchronization

extension Subject {
  /// The files of a run, as they are and with checksums made to fit, so that what lies behind them is tried too.
  static let storeSubjects: [Subject] = [
    .file("journal", SmallRun.journal, .same(mayBeShorter: true)),
    .file("journal-sealed", SmallRun.journal, .any, Reseal.journal),
    .file("snapshot", SmallRun.snapshot, .same(mayBeShorter: false)),
    .file("snapshot-sealed", SmallRun.snapshot, .any, Reseal.snapshot),
    .file("checkpoint", SmallRun.checkpoint, .same(mayBeShorter: false)),
    Subject(name: "checkpoint-sealed", seeds: { [try SmallRun().bytes(of: SmallRun.checkpoint)] }) { bytes in
      try SmallRun.shared.get().loadCheckpoint(bytes)
    },
    .file("labels", SmallRun.labels, .same(mayBeShorter: false)),
    .file("catalogue", SmallRun.catalogue, .same(mayBeShorter: false)),
    .file("catalogue-sealed", SmallRun.catalogue, .any, Reseal.catalogue),
  ]

  private static func file(
    _ name: String, _ file: String, _ truth: SmallRun.Truth,
    _ seal: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
  ) -> Subject {
    Subject(name: name, seeds: { [try SmallRun().bytes(of: file)] }) { bytes in
      try SmallRun.shared.get().look(with: seal(bytes), as: file, truth)
    }
  }
}

/// A killed run on the real disk: seven records in run.h5, five in the journal, three checkpoints, labels, a catalogue.
final class SmallRun: Sendable {
  /// What may be seen in a harmed store besides an error.
  enum Truth {
    /// What was written; records may be missing at the end where the journal was cut.
    case same(mayBeShorter: Bool)
    /// Anything, since the checksums were made to fit.
    case any
  }

  static let shared = Result { try SmallRun() }

  static let journal = "journal-000002"
  static let snapshot = "run.h5"
  static let checkpoint = "checkpoints/000000012.h5"
  static let labels = "labels.json"
  static let catalogue = "../.catalogue"

  private static let records = 12
  private static let summarizer = Summarizer(name: "fuzz/1") { run in
    RunFacts(texts: ["a", nil], numbers: [Double(run.recordCount), nil])
  }

  private let root: String
  private let id: RunID
  /// One harms a file at a time.
  private let turn = Mutex(())

  init() throws {
    root = NSTemporaryDirectory() + "runs-fuzz-" + UUID().uuidString
    let store = Store(at: root, environment: Self.environment)
    let writer = try store.create(
      RunDescription(
        format: "tests/small", formatVersion: 1, identity: NamedArrays([.scalar("seed", .uint64([7]))]),
        tables: [
          TableSchema("records", columns: [Column("loss", .float64)], signal: "loss"),
          TableSchema("observed", columns: [Column("seconds", .float64)], isScientific: false),
        ], durability: .none), name: "name", tags: ["tag"])
    id = writer.id
    for iteration in 1...Self.records {
      try writer.commit(Self.record(iteration))
      if iteration % 4 == 0 { try writer.checkpoint(at: iteration, Self.state(iteration)) }
      if iteration == 7 { try writer.publish() }
    }
    try store.editLabels(of: id) { $0.notes = [.init(secondsSince1970: 1, text: "a \"note\" \\ größer")] }
    _ = try store.summaries(Self.summarizer)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: root) } catch { print("left \(root): \(error)") }
  }

  /// A clock that stands still, and one chance, so that the files are the same each time.
  private static var environment: StoreEnvironment {
    StoreEnvironment(
      secondsSince1970: { 4e9 }, monotonicSeconds: { 0 }, threadCPUSeconds: { 0 }, randomBits: { 5 }, host: "host",
      pid: 4711, creator: "tests 1")
  }

  private static func record(_ iteration: Int) -> Record {
    Record(iteration: iteration, tables: [[.float64([1 / Double(iteration)])], [.float64([0.5])]])
  }

  private static func state(_ iteration: Int) -> NamedArrays {
    var arrays = NamedArrays([
      .scalar("iteration", .int64([Int64(iteration)])),
      NamedArray("theta/w", shape: [4], .float32((0..<4).map { Float(iteration * 4 + $0) })),
      NamedArray("particles/0/w", shape: [2, 3], .float32([1, -0.0, .nan, .ulpOfOne, Float(iteration), 3])),
      NamedArray("particles/0/none", shape: [0, 7], .float32([])),
      NamedArray("particles/1/words", shape: [2], .text(["", "größer"]), summary: "words"),
    ])
    arrays.pack("particles")
    return arrays
  }

  private func url(_ file: String) -> URL { URL(fileURLWithPath: "\(root)/\(id)/\(file)") }

  func bytes(of file: String) throws -> [UInt8] { Array(try Data(contentsOf: url(file))) }

  /// Looks at everything in the store with one file as these bytes, and puts the file back.
  func look(with bytes: [UInt8], as file: String, _ truth: Truth) throws {
    try turn.withLock { _ in try lookAlone(with: bytes, as: file, truth) }
  }

  private func lookAlone(with bytes: [UInt8], as file: String, _ truth: Truth) throws {
    let whole = try self.bytes(of: file)
    try Data(bytes).write(to: url(file))
    defer {
      do { try Data(whole).write(to: url(file)) } catch { fatalError("\(file) cannot be put back: \(error)") }
    }
    let store = Store(at: root, environment: Self.environment)
    try refusable { try lookAtRun(try store.run(id), truth) }
    try refusable {
      let labels = try store.labels(of: id)
      if case .same = truth {
        guard labels.name == "name", labels.tags == ["tag"], labels.notes.count == 1 else { throw Wrong("\(labels)") }
      }
    }
    try refusable { _ = try store.check(id) }
    let summaries = try store.summaries(Self.summarizer)
    guard summaries.count == 1 else { throw Wrong("\(summaries.count) runs") }
    if let count = summaries[0].recordCount { try judge(count, truth) }
    try refusable { _ = try store.resolve("name") }
  }

  private func lookAtRun(_ run: Run, _ truth: Truth) throws {
    let count = run.recordCount
    try judge(count, truth)
    for schema in run.tables {
      for column in schema.columns { try refusable { _ = try run.column(schema.name, column.name) } }
    }
    try refusable {
      let records = try run.records(1..<count + 1)
      if case .same = truth, records != (1..<count + 1).map({ Self.record($0) }) { throw Wrong("other records") }
    }
    for entry in run.checkpoints {
      try refusable {
        let state = try run.loadCheckpoint(entry)
        if case .same = truth, state != Self.state(entry.iteration) { throw Wrong("another checkpoint") }
      }
    }
  }

  private func judge(_ count: Int, _ truth: Truth) throws {
    guard case .same(let mayBeShorter) = truth else { return }
    guard count == Self.records || mayBeShorter && count < Self.records else { throw Wrong("\(count) records") }
  }

  private func refusable(_ body: () throws -> Void) throws { do { try body() } catch is StoreError {} }

  /// A checkpoint of these bytes whose digest fits, as libhdf5 gets it. The digest of the arrays stands in the file: what
  /// is read without an error is what was written.
  func loadCheckpoint(_ bytes: [UInt8]) throws {
    try turn.withLock { _ in try loadCheckpointAlone(bytes) }
  }

  private func loadCheckpointAlone(_ bytes: [UInt8]) throws {
    let run = try Store(at: root, environment: Self.environment).run(id)
    guard var entry = run.checkpoints.last else { throw Wrong("no checkpoint") }
    let whole = try self.bytes(of: Self.checkpoint)
    try Data(bytes).write(to: url(Self.checkpoint))
    defer {
      do { try Data(whole).write(to: url(Self.checkpoint)) } catch { fatalError("cannot be put back: \(error)") }
    }
    entry.bytes = bytes.count
    entry.sha256 = Digest.of(bytes)
    try refusable {
      guard try run.loadCheckpoint(entry) == Self.state(entry.iteration) else { throw Wrong("another checkpoint") }
    }
  }
}
