import Foundation
import Testing

/// `runs tasks`: what it lists, finds and draws.
@Suite struct TasksCommandTests {
  @Test func aSearchPrintsWhatItFinds() throws {
    let result = try Command().run("tasks", "--search", "lstm", "copy", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let rows = try #require(try result.json()["families"] as? [[String: Any]])
    #expect(rows.count == 5)
    #expect(rows.allSatisfy { $0["kind"] as? String == "fixed" })
    #expect(try Command().run("tasks", "--search", "zebra").status == 0)
  }

  @Test func aFixedTaskShowsWhatItIsAndWhatItCosts() throws {
    let card = try Command().run("tasks", "FixedNVP_mnist_9layer_thin_bs16", "--json").json()
    #expect((card["quirks"] as? [String])?.first?.contains("in fact a batch of 64") == true)
    let cost = try #require(card["cost"] as? [String: Any])
    #expect(try #require(cost["step_operations"] as? Int) > 10_000_000)
    #expect(try #require(cost["measured_seconds"] as? Double) > 0)
    #expect(card["adam"] == nil, "Adam costs time and was not asked for")
  }

  @Test func aCurveGoesToTheTerminalOrIntoAPicture() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("curve.svg")
    let drawn = try Command().run("tasks", "TwoD_Bowl10", "--steps", "40", "--svg", file.path)
    #expect(drawn.status == 0, "\(drawn.errors)")
    let svg = try String(contentsOf: file, encoding: .utf8)
    #expect(svg.hasPrefix("<svg") || svg.hasPrefix("<?xml"))
    #expect(svg.contains("TwoD_Bowl10") && svg.contains("outer-valid loss"))
    let text = try Command(environment: ["COLUMNS": "70"]).run("tasks", "TwoD_Bowl10", "--steps", "40", "--curve")
      .output
    #expect(text.contains("inner step") && text.unicodeScalars.contains { (0x2800...0x28FF).contains($0.value) })
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    #expect(try Command().run("tasks", "--curve").status == 64)
    #expect(try Command().run("tasks", "TwoD_Bowl10", "--curve", "--steps", "0").status == 64)
    #expect(try Command().run("tasks", "TwoD_Bowl10", "--svg", "curve.gif").status == 64)
    let unknown = try Command().run("tasks", "TwoD_Bowl11")
    #expect(unknown.status != 0 && unknown.errors.contains("did you mean TwoD_Bowl1"))
  }
}
