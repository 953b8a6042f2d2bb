extension String {
  /// A text of paragraphs whose lines are as long as in the source, with a paragraph on one line each: the terminal says
  /// where lines end. Indented lines, as examples and lists, stay as they are.
  var flowing: String {
    var lines: [Substring] = []
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      if let last = lines.last, [last, line].allSatisfy({ !$0.isEmpty && !$0.hasPrefix(" ") }) {
        lines[lines.count - 1] = last + " " + line
      } else {
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
  }
}
