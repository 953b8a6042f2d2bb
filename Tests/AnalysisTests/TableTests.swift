// Tables in every format: exact snapshots, and hostile names that must neither leave their place nor hide.

import Analysis
import Foundation
import RunSchema
import Testing

@Suite struct Tables {
  private func example() -> Table {
    var table = Table(
      "Two runs",
      columns: [
        .init("Run"), .init("Outer loss", unit: "nats", alignment: .right), .init("Seed", alignment: .right),
        .init("Change", alignment: .right), .init("Time", alignment: .right, key: "seconds"),
      ])
    table.append([.text("full-es"), .float(0.1), .unsigned(.max), .change(-0.05), .duration(3725)])
    table.append([.text("日本"), .number(1.0 / 3), .integer(-1), .missing, .duration(0.0352)])
    return table
  }

  @Test func textIsAligned() {
    #expect(
      example().render(.text)
        == """
        Two runs
        Run      Outer loss [nats]                  Seed   Change      Time
        ───────  ─────────────────  ────────────────────  ───────  ────────
        full-es                0.1  18446744073709551615  -5.00 %  1 h 02 min
        日本               0.33333                    -1        –   35.2 ms

        """.replacing("Change      Time", with: "Change        Time")
        .replacing("───────  ────────\n", with: "───────  ──────────\n")
        .replacing("–   35.2 ms", with: "–     35.2 ms"))
  }

  @Test func markdownIsATable() {
    #expect(
      example().render(.markdown) == """
        **Two runs**

        | Run | Outer loss \\[nats\\] | Seed | Change | Time |
        |---|---:|---:|---:|---:|
        | full-es | 0.1 | 18446744073709551615 | -5.00 % | 1 h 02 min |
        | 日本 | 0.33333 | -1 | – | 35.2 ms |

        """)
  }

  @Test func csvIsUnrounded() {
    #expect(
      example().render(.csv)
        == "run,outer_loss,seed,change,seconds\r\nfull-es,0.1,18446744073709551615,-0.05,3725.0\r\n"
        + "日本,0.3333333333333333,-1,,0.0352\r\n")
  }

  @Test func latexHasBooktabs() {
    #expect(
      example().render(.latex) == """
        % \\usepackage{booktabs}
        \\begin{table}
        \\centering
        \\caption{Two runs}
        \\begin{tabular}{lrrrr}
        \\toprule
        Run & Outer loss {[}nats{]} & Seed & Change & Time \\\\
        \\midrule
        full{-}es & $0.1$ & $18446744073709551615$ & $-5.00\\,\\%$ & 1 h 02 min \\\\
        \\textbackslash{}u\\{65E5\\}\\textbackslash{}u\\{672C\\} & $0.33333$ & $-1$ & -- & 35.2 ms \\\\
        \\bottomrule
        \\end{tabular}
        \\end{table}

        """)
  }

  @Test func jsonIsUnroundedAndOrdered() throws {
    let text = example().render(.json)
    let value = try JSONParser.parse(text)
    let rows = try #require(value["rows"])
    #expect(
      rows.compact
        == "[{\"run\":\"full-es\",\"outer_loss\":0.1,\"seed\":18446744073709551615,\"change\":-0.05,\"seconds\":3725.0},"
        + "{\"run\":\"日本\",\"outer_loss\":0.3333333333333333,\"seed\":-1,\"change\":null,\"seconds\":0.0352}]")
    #expect(value["title"] == "Two runs")
  }

  @Test func htmlIsATable() {
    #expect(
      example().render(.html) == """
        <table class="runs">
        <caption>Two runs</caption>
        <thead>
        <tr><th scope="col">Run</th><th scope="col" class="number">Outer loss [nats]</th>\
        <th scope="col" class="number">Seed</th><th scope="col" class="number">Change</th>\
        <th scope="col" class="number">Time</th></tr>
        </thead>
        <tbody>
        <tr><td>full-es</td><td class="number">0.1</td><td class="number">18446744073709551615</td>\
        <td class="number">-5.00 %</td><td class="number">1 h 02 min</td></tr>
        <tr><td>日本</td><td class="number">0.33333</td><td class="number">-1</td><td class="number">–</td>\
        <td class="number">35.2 ms</td></tr>
        </tbody>
        </table>

        """)
  }

  @Test(arguments: TableFormat.allCases)
  func aTableWithoutRowsOrTitleIsWellFormed(format: TableFormat) {
    let text = Table(columns: [.init("A")]).render(format)
    #expect(text.unicodeScalars.last == "\n" && text.lowercased().contains("a"))
  }

  @Test func notNumbersAreWordsInEveryFormat() throws {
    var table = Table(columns: [.init("x", alignment: .right), .init("y", alignment: .right)])
    table.append([.number(.nan), .float(-.infinity)])
    #expect(table.render(.csv) == "x,y\r\nnan,-inf\r\n")
    #expect(try JSONParser.parse(table.render(.json))["rows"]?.compact == "[{\"x\":\"nan\",\"y\":\"-inf\"}]")
    for format in [TableFormat.text, .markdown, .html] { #expect(table.render(format).contains("nan")) }
    #expect(table.render(.latex).contains("nan & {-}inf"))
  }

  @Test func keysAreLowerSnakeCaseAndUnique() {
    #expect(Table.Column.key(for: "Outer loss (best)") == "outer_loss_best")
    #expect(Table.Column.key(for: "日本") == "column")
    #expect(Table.Column.key(for: "5 %") == "column_5")
    #expect(Table.Column.key(for: "=cmd|'/c'") == "cmd_c")
    let table = Table(columns: [.init("a"), .init("A"), .init("a 2"), .init("a")])
    #expect(table.columns.map(\.key) == ["a", "a_2", "a_2_2", "a_3"])
  }
}

@Suite struct HostileNames {
  static let names = [
    "\u{1B}[31mred\u{1B}[0m", "a\u{202E}gnp.exe", "zero\u{200B}width", "\u{FEFF}bom", "line\nbreak", "tab\there",
    "\u{7}bell", "\u{9B}31m", "a\u{2028}b", "\u{E000}", "\u{115F}", "\u{E0041}",
    "=1+1", "+1+1", "-1+cmd|'/c calc'!A0", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "=\u{301}1",
    "<script>alert(1)</script>", "a&b", "\"quoted\"", "it's", "a,b", "a|b", "a`b`", "*bold*", "_under_",
    "[x](http://evil)",
    "https://evil.example", "www.evil.example", "me@evil.example", "![i](x)", "$x$", "50%", "#1", "a_b^c~d", "{x}",
    "\\input{/etc/passwd}", "\\", "[1ex]", "*", "", " ", "😀", "naïve Straße", "|\u{301}|", "<\u{301}b>",
    "\"\u{301},\"\u{301}", "\\\u{301}|", "%\u{301}", "&\u{301}lt;",
  ]

  private func render(_ name: String, _ format: TableFormat) -> String {
    var table = Table(name, columns: [.init(name, unit: name), .init("Other", alignment: .right)])
    table.append([.text(name), .integer(1)])
    table.append([.list([name, name]), .integer(2)])
    return table.render(format)
  }

  @Test(arguments: names, TableFormat.allCases)
  func nothingHiddenIsPrinted(name: String, format: TableFormat) {
    let ends = Set("\r\n".unicodeScalars)
    let hidden = render(name, format).unicodeScalars.filter { $0.isHidden && !ends.contains($0) }
    #expect(hidden.isEmpty, "\(hidden.map(\.escape))")
  }

  @Test(arguments: names, TableFormat.allCases)
  func noNameAddsALine(name: String, format: TableFormat) {
    let plain = render("plain", format).split(separator: "\n", omittingEmptySubsequences: false).count
    #expect(render(name, format).split(separator: "\n", omittingEmptySubsequences: false).count == plain)
  }

  @Test(arguments: names)
  func htmlHoldsNoMarkupOfOthers(name: String) {
    let html = render(name, .html)
    let tags = html.matches(of: /<\/?([a-z]+)[^>]*>/.matchingSemantics(.unicodeScalar)).map { String($0.1) }
    #expect(Set(tags).isSubset(of: ["table", "caption", "thead", "tbody", "tr", "th", "td"]))
    #expect(html.unicodeScalars.count { $0 == "<" } == tags.count)
    let own = ["amp", "lt", "gt", "quot", "#39"]
    for match in html.matches(of: /&([^;]*);?/.matchingSemantics(.unicodeScalar)) {
      #expect(own.contains(String(match.1)))
    }
  }

  @Test(arguments: names)
  func csvHoldsNoFormulaAndThreeRecordsOfTwoFields(name: String) throws {
    let records = try CSV.parse(render(name, .csv))
    #expect(records.count == 3)
    for record in records {
      #expect(record.count == 2)
      let first = record[0].unicodeScalars.first { $0 != " " }
      #expect(first.map { !"=+-@＝＋－＠".unicodeScalars.contains($0) } ?? true, "\(record[0])")
    }
    let guarded =
      records[1][0].hasPrefix("'") && !name.hasPrefix("'") ? String(records[1][0].dropFirst()) : records[1][0]
    #expect(guarded == name.shown || records[1][0] == "'" + name.shown)
  }

  @Test func csvLeavesNumbersAlone() {
    var table = Table(columns: [.init("x")])
    for cell in [Cell.integer(-5), .number(-0.5), .text("-5"), .text("+1.5e-3"), .text("-x"), .text("+")] {
      table.append([cell])
    }
    #expect(table.render(.csv) == "x\r\n-5\r\n-0.5\r\n-5\r\n+1.5e-3\r\n'-x\r\n'+\r\n")
  }

  @Test(arguments: names)
  func markdownRowsHaveTwoCells(name: String) throws {
    let lines = render(name, .markdown).split(separator: "\n")
    for line in lines.dropFirst() {
      // A bar counts unless an odd number of backslashes stands before it.
      let bars = line.matches(of: /(\\*)\|/.matchingSemantics(.unicodeScalar)).filter { $0.1.count % 2 == 0 }
      #expect(bars.count == 3, "\(line)")
    }
    let text = render(name, .markdown)
    #expect(!text.unicodeScalars.contains("<") && !text.unicodeScalars.contains("@"))
    #expect(text.firstMatch(of: /[a-z]:\/\/|www\./) == nil)
  }

  @Test(arguments: names)
  func latexIsBalancedAndHasNoForeignCommand(name: String) {
    let text = render(name, .latex)
    let rows = text.split(separator: "\n").dropFirst()
    let allowed: Set<Substring> = [
      "begin", "end", "centering", "caption", "toprule", "midrule", "bottomrule", "textbackslash", "textasciitilde",
      "textasciicircum", "textless", "textgreater", "textbar", "char", "ensuremath",
    ]
    for row in rows {
      // What is left of a line without control symbols must balance, and no command is another's.
      let bare = row.replacing(/\\[^a-zA-Z]/.matchingSemantics(.unicodeScalar), with: "")
      var depth = 0
      for character in bare.unicodeScalars {
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        #expect(depth >= 0)
        #expect(!"%#_^~".unicodeScalars.contains(character), "\(row)")
      }
      #expect(depth == 0, "\(row)")
      for match in bare.matches(of: /\\([a-zA-Z]+)/) { #expect(allowed.contains(match.1), "\(row)") }
      #expect(!row.hasPrefix("[") && !row.hasPrefix("*"))
    }
    #expect(text.unicodeScalars.allSatisfy { $0.value < 0x180 })
  }

  @Test(.enabled(if: LaTeX.isHere)) func latexCompiles() throws {
    // One document for all, since starting the program takes the time; 18 floats are LaTeX's bound on waiting ones.
    try LaTeX.compile(Self.names.map { render($0, .latex) }.joined(separator: "\\clearpage\n"))
  }

  @Test(arguments: names)
  func jsonGivesTheNameBack(name: String) throws {
    let value = try JSONParser.parse(render(name, .json))
    #expect(value["title"] == .text(name))
    guard case .array(let rows) = value["rows"], case .object(let members) = rows[0] else {
      Issue.record("no rows")
      return
    }
    #expect(members[0].value == .text(name))
    #expect(members.allSatisfy { $0.key.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil })
  }
}

/// A reader of RFC 4180 that has nothing to do with the writer.
enum CSV {
  struct Malformed: Error {}

  static func parse(_ text: String) throws -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch (scalar, isQuoted) {
      case ("\"", true):
        if scalars.first == "\"" { field.unicodeScalars.append(scalars.removeFirst()) } else { isQuoted = false }
      case (_, true): field.unicodeScalars.append(scalar)
      case ("\"", false):
        guard field.isEmpty else { throw Malformed() }
        isQuoted = true
      case (",", false):
        record.append(field)
        field = ""
      case ("\r", false):
        guard scalars.popFirst() == "\n" else { throw Malformed() }
        records.append(record + [field])
        record = []
        field = ""
      case ("\n", false): throw Malformed()
      default: field.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted, field.isEmpty, record.isEmpty else { throw Malformed() }
    return records
  }
}

/// pdfLaTeX, where it is installed.
enum LaTeX {
  static let isHere = ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex"].contains(
    where: FileManager.default.isExecutableFile)

  static func compile(_ table: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "latex-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    let document = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n\(table)\\end{document}\n"
    try document.write(to: folder.appending(path: "x.tex"), atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "x.tex"]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
