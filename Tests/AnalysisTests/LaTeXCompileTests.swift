import Analysis
import Foundation
import Testing

/// LaTeX tables compile, with booktabs and whatever names there are.
@Suite struct LaTeXCompile {
  /// The first of these that the machine has.
  static let program = ["pdflatex", "tectonic"].lazy.compactMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }.first

  @Test(.enabled(if: LaTeXCompile.program != nil, "neither pdflatex nor tectonic is here"))
  func aTableOfEveryKindOfCellCompiles() throws {
    let folder = try TemporaryFolder()
    var table = Table(
      "Losses [%] of \\evil{x} & all", columns: [.init("na_me"), .init("x", unit: "µ", alignment: .right), .init("#")])
    let texts = [
      "$x$ & y", "\\input{/etc/passwd}", "{", "}", "a--b", "[x]", "* y", "~^_%#", "ß é Ł", "日本", "\u{1B}[31m",
    ]
    for text in texts { table.append([.text(text), .number(-1.5e-9), .text(text)]) }
    table.append([.fraction(0.5), .change(-0.25), .duration(90)])
    table.append([.missing, .number(.nan), .instant(0)])
    let made = Provenance(command: "runs \\end{document} %", program: "runs", sources: ["x\ny"])
    let presentation = Presentation([.init("A & B_c", sentences: ["50 % of #1."], table: table)])
    let text = """
      \\documentclass{article}
      \\usepackage[utf8]{inputenc}
      \\usepackage[T1]{fontenc}
      \\usepackage{booktabs}
      \\begin{document}
      \(made.comment(.latex))\(table.render(.latex))
      \(presentation.render(.latex))
      \\end{document}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/table.tex"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments =
      Self.program?.hasSuffix("pdflatex") == true
      ? ["-interaction=nonstopmode", "-halt-on-error", "table.tex"] : ["table.tex"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said.suffix(600))")
  }
}
