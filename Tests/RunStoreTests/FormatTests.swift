// The documented format, read by the documented reader, which knows nothing of this library.

import Foundation
import RunStore
import Testing

@Suite struct Format {
  let folder = TemporaryFolder()

  /// Runs a Python program with h5py; nil when this machine has none.
  private func python(_ program: String, _ arguments: [String]) throws -> String? {
    let script = folder.path + "/program.py"
    try program.write(toFile: script, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import h5py"]
    process.standardError = Pipe()
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    let reader = Process()
    let output = Pipe()
    reader.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    reader.arguments = ["python3", script] + arguments
    reader.standardOutput = output
    try reader.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    reader.waitUntilExit()
    #expect(reader.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  /// The page's programs in Python: for a run, and for the packed arrays of a checkpoint.
  private func documentedPrograms() throws -> [String] {
    let blocks = try documentation().components(separatedBy: "```python\n").dropFirst()
    return try blocks.map { try #require($0.components(separatedBy: "```").first) }
  }

  private func documentation() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("Docs/file-format.md"), encoding: .utf8)
  }

  @Test func theDocumentedReaderReadsARunAndConfirmsItsDigest() throws {
    let store = Store(in: folder)
    let writer = try store.create(Example.description())
    for iteration in 1...5 { try writer.commit(Example.record(iteration)) }
    try writer.publish()  // A live run, with a journal behind the snapshot.
    try writer.commit(Example.record(6))
    let program = try documentedPrograms()[0]
    let run = store.path + "/" + writer.id.text + "/run.h5"
    guard let output = try python(program, [run]) else { return }
    let lines = output.split(separator: "\n")
    #expect(lines.first == "records iteration int64 5 ")
    #expect(lines.contains("records loss float64 5 nat"))
    #expect(lines.contains("pairs positive float32 15 "))
    #expect(lines.contains("observed seconds float64 5 s"))
    #expect(lines.last == "whole")
  }

  @Test func anIndependentReaderFindsAllAcknowledgedRecordsInTheJournal() throws {
    let store = Store(in: folder)
    let writer = try store.create(Example.smallDescription(.each))
    for iteration in 1...7 { try writer.commit(Example.smallRecord(iteration)) }
    let program = """
      import struct, sys
      def crc32c(data):
          crc = 0xffffffff
          for byte in data:
              crc ^= byte
              for _ in range(8): crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
          return crc ^ 0xffffffff
      data, at, expected = open(sys.argv[1], "rb").read(), 0, 1
      while at < len(data):
          magic, length, crc, kind, epoch, sequence, durable = struct.unpack_from("<4sIIHHQQ", data, at)
          end = at + 24 + length
          assert magic == b"RNRF" and sequence == expected and durable == sequence - 1 and epoch == 1
          assert crc == crc32c(data[at:at + 8] + data[at + 12:end])
          if kind == 2: print(*struct.unpack_from("<Qdd", data, at + 32))
          at, expected = end, expected + 1
      """
    let journal = store.path + "/" + writer.id.text + "/journal-000001"
    guard let output = try python(program, [journal]) else { return }
    #expect(output.split(separator: "\n").map(String.init) == (1...7).map { "\($0) \(1 / Double($0)) 0.5" })
  }

  @Test func h5pyOpensCheckpointsWithTheirPathsAndUnits() throws {
    let store = Store(in: folder)
    let writer = try store.create(Example.description())
    try writer.checkpoint(at: 0, Example.packedState(3))
    let program = """
      import h5py, sys
      with h5py.File(sys.argv[1], "r") as f:
          print(f["theta/w"][:].tolist(), f["iteration"][()], f.attrs["schema"].decode())
          f.visititems(lambda name, item: print(name, item.fletcher32) if hasattr(item, "dtype") else None)
      """
    let path = store.path + "/" + writer.id.text + "/checkpoints/000000000.h5"
    guard let output = try python(program, [path]) else { return }
    #expect(output.hasPrefix("[12.0, 13.0, 14.0, 15.0] 3 runs/checkpoint\n"))
    #expect(output.contains("theta/w True") && output.contains("particles/values/float32 True"))
  }

  @Test func theDocumentedReaderReadsThePackedArraysOfACheckpoint() throws {
    let store = Store(in: folder)
    let writer = try store.create(Example.description())
    try writer.checkpoint(at: 0, Example.packedState(3))
    let path = store.path + "/" + writer.id.text + "/checkpoints/000000000.h5"
    guard let output = try python(documentedPrograms()[1], [path]) else { return }
    #expect(
      output.split(separator: "\n") == [
        "0/steps int64 () [3]", "0/w float32 (2, 3) [1.]", "0/none float32 (0, 7) []", "1/b/c float32 (2,) [inf]",
        "1/words text (3,) [b'']", "1/flag uint8 () [1]", "1/moments float64 (1, 2, 1) [0.1]",
      ])
  }

  /// The example in the documentation of `Store`, as it stands there.
  @Test func theExampleInTheDocumentationRuns() throws {
    let store = Store(at: folder.path + "/Runs")
    let writer = try store.create(
      RunDescription(
        format: "weather/1", formatVersion: 1, identity: NamedArrays([.text("station", "Zugspitze")]),
        tables: [TableSchema("records", columns: [Column("temperature", .float64, unit: "K")])]))
    try writer.commit(Record(iteration: 1, tables: [[.float64([271.3])]]))
    try writer.finish(.finished)
    let temperatures = try store.run(writer.id).column("records", "temperature")
    #expect(temperatures == .float64([271.3]))
  }
}
