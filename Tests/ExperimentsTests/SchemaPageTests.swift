import Experiments
import Foundation
import OuterTraining
import RunSchema
import RunStore
import Testing

/// Docs/file-format.md says all that a run's files hold.
@Suite struct SchemaPageTests {
  private func page() throws -> String {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: package.appendingPathComponent("Docs/file-format.md"), encoding: .utf8)
  }

  @Test func everyColumnStandsThereWithTypeUnitAndMeaning() throws {
    let page = try page()
    for table in RecordTables.all(pairs: 1) {
      #expect(page.contains("#### `\(table.name)`"))
      for column in table.columns {
        let unit = column.unit.isEmpty ? "–" : column.unit
        let row = "| `\(column.name)` | \(column.type) | \(unit) | \(column.summary) |"
        #expect(page.contains(row), "missing: \(row)")
      }
    }
  }

  @Test func everyArrayOfARealRunStandsThere() throws {
    let page = try page()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)")
    defer { do { try FileManager.default.removeItem(at: folder) } catch {} }
    let store = Store(at: folder.path)
    let recipe = try Recipe(
      "learned_optimizer: {kind: mlp}\nestimator: {pairs: 2, truncation: {steps: 2}, horizon: {steps: 9}}\niterations: 2",
      name: "small")
    let session = try Session.new(recipe, seed: 1, in: store, RunSettings(threads: 1))
    _ = try session.train(until: 2) { _ in }
    let run = try store.run(session.id)
    let checkpoint = try run.loadCheckpoint(#require(run.checkpoints.last))
    for name in run.identity.names + checkpoint.names {
      let stands = prefixes(of: name).contains { page.contains("`\($0)") }
      #expect(stands, "\(name) is not described")
    }
  }

  /// The name, and the names of the groups that hold it, as the page writes them: particles by the first one.
  private func prefixes(of name: String) -> [String] {
    let parts = name.split(separator: "/").map { $0.allSatisfy(\.isNumber) ? "00000" : String($0) }
    let groups = ["theta_0", "theta", "outer_optimizer", "particles"]
    guard groups.contains(parts[0]) else { return [name] }
    let depth = parts[0] == "particles" ? min(parts.count, parts.count > 3 ? 3 : parts.count) : 1
    return [parts[..<depth].joined(separator: "/")]
  }
}
