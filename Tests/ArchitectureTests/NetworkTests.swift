import Foundation
import Testing

/// Docs/security.md: nothing leaves the machine.
@Suite struct NetworkTests {
  /// What a source would have to say to reach a network.
  private static let words = [
    "URLSession", "FoundationNetworking", "import Network", "socket(", "connect(", "getaddrinfo", "AsyncHTTPClient",
    "NIOPosix",
  ]

  @Test func noSourceOpensANetworkConnection() throws {
    let sources = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources")
    var looked = 0
    for file in FileManager.default.enumerator(atPath: sources.path)?.compactMap({ $0 as? String }) ?? []
    where file.hasSuffix(".swift") || file.hasSuffix(".h") || file.hasSuffix(".c") {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      for word in Self.words { #expect(!text.contains(word), "Sources/\(file) says \(word)") }
      looked += 1
    }
    #expect(looked > 100)
  }
}
