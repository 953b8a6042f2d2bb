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
    Subject(name: "checkpoint-sealed", seeds: { [try SmallStore().bytes(of: SmallRun.checkpoint)] }) { bytes in
      try SmallStore.shared.get().loadCheckpoint(bytes)
    },
    .file("labels", SmallRun.labels, .same(mayBeShorter: false)),
    .file("catalogue", SmallRun.catalogue, .same(mayBeShorter: false)),
    .file("catalogue-sealed", SmallRun.catalogue, .any, Reseal.catalogue),
  ]

  private static func file(
    _ name: String, _ file: String, _ truth: SmallRun.Truth,
    _ seal: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
  ) -> Subject {
    Subject(name: name, seeds: { [try SmallStore().bytes(of: file)] }) { bytes in
      try SmallStore.shared.get().look(with: seal(bytes), as: file, truth)
    }
  }
}

/// The small run in a store on the real disk, whose files are harmed one after the other.
final class SmallStore: Sendable {
  static let shared = Result { try SmallStore() }

  private let root: String
  private let id: RunID
  /// One harms a file at a time.
  private let turn = Mutex(())

  init() throws {
    root = NSTemporaryDirectory() + "runs-fuzz-" + UUID().uuidString
    id = try SmallRun.make(in: Store(at: root, environment: SmallRun.environment), .none)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: root) } catch { print("left \(root): \(error)") }
  }

  private func url(_ file: String) -> URL { URL(fileURLWithPath: "\(root)/\(id)/\(file)") }

  func bytes(of file: String) throws -> [UInt8] { Array(try Data(contentsOf: url(file))) }

  /// Looks at everything in the store with one file as these bytes, and puts the file back.
  func look(with bytes: [UInt8], as file: String, _ truth: SmallRun.Truth) throws {
    try with(bytes, as: file) { store in _ = try SmallRun.look(at: store, id, truth) }
  }

  /// Reads a checkpoint of these bytes whose digest fits, as libhdf5 gets it. The digest of the arrays stands in the file:
  /// what is read without an error is what was written.
  func loadCheckpoint(_ bytes: [UInt8]) throws {
    try with(bytes, as: SmallRun.checkpoint) { store in
      let run = try store.run(id)
      guard var entry = run.checkpoints.last else { throw Wrong("no checkpoint") }
      entry.bytes = bytes.count
      entry.sha256 = Digest.of(bytes)
      do {
        let state = try run.loadCheckpoint(entry)
        guard state == SmallRun.state(entry.iteration) else { throw Wrong("another checkpoint") }
      } catch is StoreError {}
    }
  }

  private func with(_ bytes: [UInt8], as file: String, _ body: (Store) throws -> Void) throws {
    try turn.withLock { _ in
      let whole = try self.bytes(of: file)
      try Data(bytes).write(to: url(file))
      defer {
        do { try Data(whole).write(to: url(file)) } catch { fatalError("\(file) cannot be put back: \(error)") }
      }
      try body(Store(at: root, environment: SmallRun.environment))
    }
  }
}
