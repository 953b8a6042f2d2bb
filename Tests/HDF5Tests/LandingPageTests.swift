import Foundation
import HDF5
import Testing

/// The landing page of the product's documentation.
@Suite struct LandingPageTests {
  /// The example, as it stands there.
  @Test func theExampleRuns() throws {
    let file = try NewFile()
    try file.root.setAttribute("creator", "me")
    try file.root.group("run").write("losses", [0.7, 0.5, 0.4], options: DatasetOptions(chunk: [256], deflate: 1))
    let image: [UInt8] = try file.finish()

    let losses = try File.open(image: image).dataset("run/losses").read(Double.self)
    #expect(losses == [0.7, 0.5, 0.4])
  }

  @Test func theExampleIsThatOfThePage() throws {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: package.appendingPathComponent("Sources/HDF5/HDF5.docc/HDF5.md"), encoding: .utf8)
    let test = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
    let example = try #require(page.components(separatedBy: "```swift\n").dropFirst().first)
      .components(separatedBy: "```")[0]
    for line in example.split(separator: "\n") { #expect(test.contains("    \(line)\n"), "\(line)") }
  }
}
