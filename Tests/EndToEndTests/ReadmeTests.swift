import Foundation
import Testing

/// The README's commands print what the README says.
@Suite struct ReadmeTests {
  private struct Example {
    let arguments: [String]
    let expected: [String]
  }

  /// The commands of the block that starts with ```runs, each with the lines that follow it.
  private func examples() throws -> [Example] {
    let readme = try String(contentsOf: Command.package.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(readme.components(separatedBy: "```runs\n").dropFirst().first)
    let lines = block.components(separatedBy: "```")[0].split(separator: "\n").map(String.init)
    var examples: [Example] = []
    for line in lines {
      if line.hasPrefix("$ runs ") {
        examples.append(Example(arguments: line.dropFirst(7).split(separator: " ").map(String.init), expected: []))
      } else if let last = examples.popLast() {
        examples.append(Example(arguments: last.arguments, expected: last.expected + [line]))
      }
    }
    return examples
  }

  @Test func itsFiveCommandsPrintWhatItSays() throws {
    let store = try TestStore()
    let examples = try examples()
    #expect(examples.count == 5)
    for example in examples {
      let result = try store.command.run([example.arguments[0], "--store", store.path] + example.arguments.dropFirst())
      #expect(result.status == 0, "\(example.arguments): \(result.errors)")
      let printed = result.output.split(separator: "\n").map(String.init)
      #expect(printed.count == example.expected.count, "\(example.arguments) printed: \(result.output)")
      for (line, expected) in zip(printed, example.expected) {
        #expect(matches(line, expected), "\(line)\nis not\n\(expected)")
      }
    }
  }

  /// `…` in the README stands for anything.
  private func matches(_ line: String, _ pattern: String) -> Bool {
    let parts = pattern.components(separatedBy: "…")
    var rest = Substring(line)
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if index == parts.count - 1, part.isEmpty {
        return true
      } else {
        guard let range = rest.range(of: part) else { return false }
        rest = rest[range.upperBound...]
      }
    }
    return rest.isEmpty
  }
}
