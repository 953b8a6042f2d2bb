package import RunSchema

/// What a table was made by, for whoever finds it in a paper years later.
package struct Provenance: Sendable {
  package let command: String
  /// "runs 0.1.0".
  package let program: String
  /// What it was made from, a line each: runs and their digests.
  package let sources: [String]

  package init(command: String, program: String, sources: [String]) {
    self.command = command
    self.program = program
    self.sources = sources
  }

  /// The most sources that are told one by one.
  private static let most = 100

  private var lines: [String] {
    let more = sources.count > Self.most ? ["and \(sources.count - Self.most) more"] : []
    return (["made by \(program): \(command)"] + sources.prefix(Self.most) + more).map(\.shown)
  }

  /// As a comment of a format, its last line ended; nothing for JSON, which has no comments.
  package func comment(_ format: TableFormat) -> String {
    switch format {
    case .text, .csv: lines.map { "# \($0)\n" }.joined()
    case .latex: lines.map { "% \($0)\n" }.joined()
    case .markdown, .html:
      // No ">" within: it could end the comment.
      "<!--\n" + lines.map { $0.replacing("&", with: "&amp;").replacing(">", with: "&gt;") + "\n" }.joined() + "-->\n"
    case .json: ""
    }
  }

  /// As a member of a document.
  package var json: JSONValue {
    [
      "program": .text(program), "command": .text(command), "sources": .array(sources.map { .text($0) }),
    ]
  }
}
