package import RunStore

/// A killed run as small as can be that has everything: seven records in run.h5, five in the journal, three checkpoints,
/// labels, and a catalogue beside it. And what may be seen of it when its files are harmed.
package enum SmallRun {
  package static let journal = "journal-000002"
  package static let snapshot = "run.h5"
  package static let checkpoint = "checkpoints/000000012.h5"
  package static let labels = "labels.json"
  package static let catalogue = "../.catalogue"

  private static let records = 12
  private static let summarizer = Summarizer(name: "fuzz/1") { run in
    RunFacts(texts: ["a", nil], numbers: [Double(run.recordCount), nil])
  }

  /// A clock that stands still, long after the files were written, and one chance, so that they are the same each time.
  package static var environment: StoreEnvironment {
    StoreEnvironment(
      secondsSince1970: { 4e9 }, monotonicSeconds: { 0 }, threadCPUSeconds: { 0 }, randomBits: { 5 }, host: "host",
      pid: 4711, creator: "tests 1")
  }

  /// Makes it, the only run of a store.
  package static func make(in store: Store, _ durability: Durability) throws -> RunID {
    let writer = try store.create(
      RunDescription(
        format: "tests/small", formatVersion: 1, identity: NamedArrays([.scalar("seed", .uint64([7]))]),
        tables: [
          TableSchema("records", columns: [Column("loss", .float64)], signal: "loss"),
          TableSchema("observed", columns: [Column("seconds", .float64)], isScientific: false),
        ], durability: durability), name: "name", tags: ["tag"])
    for iteration in 1...records {
      try writer.commit(record(iteration))
      if iteration % 4 == 0 { try writer.checkpoint(at: iteration, state(iteration)) }
      if iteration == 7 { try writer.publish() }
    }
    try store.editLabels(of: writer.id) { $0.notes = [.init(secondsSince1970: 1, text: "a \"note\" \\ größer")] }
    _ = try store.summaries(summarizer)
    return writer.id
  }

  private static func record(_ iteration: Int) -> Record {
    Record(iteration: iteration, tables: [[.float64([1 / Double(iteration)])], [.float64([0.5])]])
  }

  package static func state(_ iteration: Int) -> NamedArrays {
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

  /// What may be seen in a harmed store besides an error.
  package enum Truth {
    /// What was written; records may be missing at the end where the journal was cut.
    case same(mayBeShorter: Bool)
    /// Anything, since the checksums were made to fit.
    case any
  }

  /// Looks at everything in a store that has nothing but the run; says whether anything was refused.
  ///
  /// Throws `Wrong` for what was never written.
  package static func look(at store: Store, _ id: RunID, _ truth: Truth) throws -> Bool {
    var look = Look(truth: truth)
    try look.refusable { look in try look.atRun(store.run(id)) }
    try look.refusable { _ in
      let labels = try store.labels(of: id)
      if case .same = truth {
        guard labels.name == "name", labels.tags == ["tag"], labels.notes.count == 1 else { throw Wrong("\(labels)") }
      }
    }
    try look.refusable { _ in _ = try store.check(id) }
    let summaries = try store.summaries(summarizer)
    guard summaries.count == 1 else { throw Wrong("\(summaries.count) runs") }
    if let count = summaries[0].recordCount { try look.judge(count) }
    try look.refusable { _ in _ = try store.resolve("name") }
    return look.refused
  }

  private struct Look {
    let truth: Truth
    var refused = false

    mutating func refusable(_ body: (inout Look) throws -> Void) throws {
      do { try body(&self) } catch is StoreError { refused = true }
    }

    mutating func atRun(_ run: Run) throws {
      let count = run.recordCount
      try judge(count)
      for schema in run.tables {
        for column in schema.columns { try refusable { _ in _ = try run.column(schema.name, column.name) } }
      }
      try refusable { look in
        let records = try run.records(1..<count + 1)
        if case .same = look.truth, records != (1..<count + 1).map({ record($0) }) { throw Wrong("other records") }
      }
      for entry in run.checkpoints {
        try refusable { look in
          let state = try run.loadCheckpoint(entry)
          if case .same = look.truth, state != SmallRun.state(entry.iteration) { throw Wrong("another checkpoint") }
        }
      }
    }

    func judge(_ count: Int) throws {
      guard case .same(let mayBeShorter) = truth else { return }
      guard count == records || mayBeShorter && count < records else { throw Wrong("\(count) records") }
    }
  }
}
