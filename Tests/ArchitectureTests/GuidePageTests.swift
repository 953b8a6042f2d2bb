import Foundation
import Testing

/// The pages that say how to add something show files of the tests, word for word: they compile, and the laws hold for them.
@Suite struct GuidePageTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.package.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(arguments: [
    ("add-a-family", "Tests/TasksTests/GuideFamily.swift"),
    ("add-an-optimizer", "Tests/OptimizersTests/GuideOptimizer.swift"),
    ("add-an-estimator", "Tests/OuterTrainingTests/GuideEstimator.swift"),
  ])
  func aPageShowsAFileThatIsTested(_ page: String, _ file: String) throws {
    let block = try text("Docs/guide/\(page).md").components(separatedBy: "```swift\n")
    let shown = try #require(block.dropFirst().first).components(separatedBy: "```")[0]
    #expect(try shown == text(file), "Docs/guide/\(page).md shows another text than \(file)")
  }

  /// Files that a page names in backquotes, with folder and ending, are there; names in capitals stand for others.
  @Test func theFilesThatPagesNameAreThere() throws {
    let folder = Self.package.appendingPathComponent("Docs")
    let pages = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    for page in pages where page.hasSuffix(".md") {
      for name in try text("Docs/\(page)").split(separator: "`").enumerated().filter({ $0.offset % 2 == 1 }) {
        guard name.element.wholeMatch(of: /(Sources|Tests|Docs|Tools)\/[A-Za-z0-9+\/_.-]+/) != nil,
          !name.element.contains("NAME")
        else { continue }
        let path = Self.package.appendingPathComponent(String(name.element)).path
        #expect(FileManager.default.fileExists(atPath: path), "Docs/\(page) names \(name.element)")
      }
    }
  }

  @Test func theLinksOfPagesLeadSomewhere() throws {
    let docs = FileManager.default.enumerator(atPath: Self.package.appendingPathComponent("Docs").path)?
      .compactMap { $0 as? String }.map { "Docs/\($0)" }
    let pages = (docs ?? []) + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    var links = 0
    for page in pages where page.hasSuffix(".md") {
      let file = Self.package.appendingPathComponent(page)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      let prose = try text(page).components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 0 }.map(
        \.element)
      for match in prose.joined().matches(of: /\]\(\s*([^)#\s]+)[^)]*\)/) where !match.1.contains("://") {
        let target = file.deletingLastPathComponent().appendingPathComponent(String(match.1))
        #expect(FileManager.default.fileExists(atPath: target.path), "\(page) links to \(match.1)")
        links += 1
      }
    }
    #expect(links > 15)
  }
}
