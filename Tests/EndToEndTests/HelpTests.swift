import Testing

/// What `runs help COMMAND` prints.
@Suite struct Help {
  @Test(arguments: [
    "train", "resume", "list", "show", "log", "compare", "diff", "verify", "evaluate", "plot", "plot-task", "report",
    "export", "import", "gc", "tag", "doctor", "bench",
  ])
  func paragraphsFillTheLines(_ command: String) throws {
    let help = try Command().run("help", command).output
    let before = try #require(help.split(separator: "USAGE:").first)
    #expect(before.contains("Example"), "\(command) shows no example")
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty && !next.isEmpty {
      // Lists and examples are indented.
      guard !line.hasPrefix(" "), !next.hasPrefix(" ") else { continue }
      let word = next.prefix { $0 != " " }
      #expect(line.count + 1 + word.count >= 80, "\(command): \"\(word)\" has room behind \"\(line)\"")
    }
  }
}
