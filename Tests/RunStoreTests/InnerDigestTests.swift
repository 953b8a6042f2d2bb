// Files that were changed and whose seal or digest was made to fit: the digests in them stand beside what they are of.

import Foundation
import Fuzzing
import RunStore
import Testing

@Suite struct InnerDigests {
  private let folder = TemporaryFolder()
  private let id: RunID
  private var store: Store { Store(in: folder) }
  private static let none = String(repeating: "0", count: 64)

  init() throws {
    let writer = try Store(in: folder).create(Example.description())
    id = writer.id
    for iteration in 1...3 { try writer.commit(Example.record(iteration)) }
    try writer.checkpoint(at: 3, Example.state(3))
    try writer.finish(.finished)
  }

  @Test func aCheckNamesWhatInRunH5IsNotWhatItsDigestSays() throws {
    let path = folder.path + "/Runs/\(id)/run.h5"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    func problems(_ change: () -> Void) throws -> [String?] {
      try whole.dropLast(48).write(to: URL(fileURLWithPath: path))
      change()
      try Edit.seal(path)
      return try store.check(id).problems.map(\.dataset)
    }
    #expect(try problems {} == [])
    let loss = "run/records/loss"
    #expect(try problems { Edit.open(path) { Edit.double($0, loss) { $0[1] = 0.25 } } } == ["/" + loss])
    #expect(try problems { Edit.open(path) { Edit.say($0, loss, "sha256", Self.none) } } == ["/" + loss])
    let records = try problems { Edit.open(path) { Edit.say($0, "run", "records_sha256", Self.none) } }
    #expect(records == ["/run@records_sha256"])
    let identity = try problems { Edit.open(path) { Edit.say($0, "run", "identity_sha256", Self.none) } }
    #expect(identity.contains("/run/identity"))
  }

  @Test func aCheckpointWhoseArraysAreNotWhatTheirDigestSaysIsRefused() throws {
    let run = try store.run(id)
    var entry = try #require(run.checkpoints.last)
    let path = folder.path + "/Runs/\(id)/checkpoints/" + entry.name
    Edit.open(path) { Edit.say($0, "/", "contents_sha256", Self.none) }
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    entry.bytes = bytes.count
    entry.sha256 = Digest.of(bytes)
    let error = try #require(throws: StoreError.self) { try run.loadCheckpoint(entry) }
    #expect(error.code == .damaged && error.expected?.contains(Self.none) == true, "\(error)")
  }
  @Test func aDataSetWhoseArraysAreNotWhatTheirDigestSaysIsRefused() throws {
    _ = try store.addData("d", about: NamedArrays([.text("kind", "made up")]), contents: Example.state(1))
    let path = folder.path + "/Runs/data_sets/d.h5"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.dropLast(48).write(to: URL(fileURLWithPath: path))
    Edit.open(path) { Edit.say($0, "/", "contents_sha256", Self.none) }
    try Edit.seal(path)
    let error = try #require(throws: StoreError.self) { try store.data("d") }
    #expect(error.code == .damaged && error.dataset == "/contents", "\(error)")
  }
}
