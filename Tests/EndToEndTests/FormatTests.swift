import Foundation
import Testing

/// Every command that prints a table prints it in all six formats, and says what it came from.
@Suite struct Formats {
  /// Two runs and a data set. Made once, since no test changes it, and gone with the process.
  private nonisolated(unsafe) static let made: Result<TestStore, any Error> = Result {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    for seed in ["1", "2"] {
      #expect(try store.run("train", recipe, "--name", "a_\(seed)", "--seed", seed, "--tag", "50%_&").status == 0)
    }
    let file = store.folder.path + "/wine.csv"
    let rows = (0..<24).map { "\($0),\($0 * 7 % 5),\($0 % 2 == 0 ? "x" : "y")\n" }.joined()
    try Data(("a,b,kind\n" + rows).utf8).write(to: URL(fileURLWithPath: file))
    #expect(try store.command.run("data", "add", "wine", file, "--store", store.path).status == 0)
    atexit {
      guard case .success(let store) = Formats.made else { return }
      do { try FileManager.default.removeItem(at: store.folder.url) } catch {}
    }
    return store
  }

  private let store: TestStore

  init() throws { store = try Self.made.get() }

  /// What prints tables; whether it works on a store, and whether its tables come from runs, whose digests they bear.
  private static let commands: [(words: [String], hasStore: Bool, isOfRuns: Bool)] = [
    (["list"], true, true), (["list", "--columns", "name,min(outer_loss) as least"], true, true),
    (["list", "--group-by", "recipe"], true, true), (["compare", "a_1", "a_2"], true, true),
    (["compare", "a_1", "a_2", "--explain", "all"], true, true), (["diff", "a_1", "a_2", "--tensors"], true, true),
    (["diff", "a_1@4", "a_1@8", "--tensors"], true, true), (["show", "a_1"], true, true),
    (["show", "a_1@5"], true, true), (["show", "a_1@5", "--state"], true, true), (["log", "a_1"], true, true),
    (["log", "a_1", "--table", "pairs"], true, true), (["verify", "a_1", "--all"], true, true), (["gc"], true, true),
    (["list", "--explain", "all"], true, true), (["show", "a_1", "--explain", "all"], true, true),
    (["show", "a_1@5", "--explain", "all"], true, true), (["diff", "a_1", "a_2", "--explain", "all"], true, true),
    (["evaluate", "a_1", "--draws", "2", "--steps", "3", "--explain", "all"], true, true),
    (["evaluate", "a_1", "--draws", "2", "--steps", "3"], true, true), (["doctor"], true, false),
    (["doctor", "a_1"], true, true), (["data", "list"], true, false), (["data", "show", "wine"], true, false),
    (["recipes"], false, false), (["recipes", "quadratic"], false, false),
    (["bench", "--quick", "--only", "growth"], false, false),
    (["tasks", "--search", "lstm"], false, false), (["tasks", "Copy_LSTM128_BS128_Length5_Tokens10"], false, false),
  ]

  private func run(_ index: Int, _ more: String...) throws -> Command.Result {
    let command = Self.commands[index]
    let result = try store.command.run(command.words + (command.hasStore ? ["--store", store.path] : []) + more)
    let isDifference = command.words[0] == "diff"
    #expect(result.status == (isDifference ? 1 : 0), "\(command.words) \(more): \(result.errors)")
    return result
  }

  /// Whether a text names the command, and the digest of what it came from where there is one.
  private func isSigned(_ text: String, _ index: Int) -> Bool {
    let command = Self.commands[index]
    return text.contains("runs \(command.words[0])") && (!command.isOfRuns || text.contains("_sha256 "))
  }

  @Test(arguments: commands.indices)
  func everyTableIsThereInAllFormats(_ index: Int) throws {
    let words = "\(Self.commands[index].words)"
    let text = try run(index, "--comment").output
    #expect(text.hasPrefix("# made by runs ") && isSigned(text, index), "\(words): \(text.prefix(300))")
    let markdown = try run(index, "--format", "markdown").output
    #expect(markdown.hasPrefix("<!--") && isSigned(markdown, index), "\(words): \(markdown.prefix(300))")
    #expect(markdown.contains("|---"), "\(words): \(markdown)")
    let html = try run(index, "--format", "html").output
    #expect(html.hasPrefix("<!--") && isSigned(html, index) && html.contains("<table"), "\(words)")
    let latex = try run(index, "--format", "latex").output
    #expect(latex.hasPrefix("% made by") && isSigned(latex, index) && latex.contains("\\toprule"), "\(words)")
  }

  /// One table of equally long rows, which programs read without knowing anything of it.
  @Test(arguments: commands.indices)
  func commaSeparatedValuesAreOneTable(_ index: Int) throws {
    let plain = try run(index, "--format", "csv").output
    let lengths = Self.rows(plain).map(\.count)
    #expect(lengths.count > 1 && Set(lengths).count == 1, "\(Self.commands[index].words): \(lengths)")
    let commented = try run(index, "--format", "csv", "--comment").output
    #expect(commented.hasPrefix("# made by runs ") && isSigned(commented, index))
  }

  @Test(arguments: commands.indices)
  func documentsHaveASchemaAndSayWhatTheyCameFrom(_ index: Int) throws {
    let words = Self.commands[index].words
    let (document, format) = (try run(index, "--json").output, try run(index, "--format", "json").output)
    for text in [document, format] {
      if words[0] == "log" {
        // A document a line, which others append to: its run is in the caller's hand.
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 12 && lines.allSatisfy { $0.hasPrefix("{\"schema\":\"runs/log/1\"") }, "\(words)")
        continue
      }
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let schema = try #require(object["schema"] as? String, "\(words)")
      #expect(schema.hasPrefix("runs/") && schema.contains { $0.isNumber }, "\(words): \(schema)")
      for cell in object["cells"] as? [[String: Any]] ?? [] where !(cell["value"] is NSNull) {
        #expect(cell["from"] is [String: Any], "\(words): \(cell["key"] ?? "") of \(cell["subject"] ?? "")")
      }
      let made = try #require(object["made_by"] as? [String: Any], "\(words)")
      let sources = try #require(made["sources"] as? [String], "\(words)")
      #expect(!Self.commands[index].isOfRuns || sources.contains { $0.contains("_sha256 ") }, "\(words): \(sources)")
    }
  }

  @Test(.enabled(if: Formats.latex != nil, "no pdflatex is here"))
  func everyTableOfLaTeXCompiles() throws {
    let tables = try Self.commands.indices.map { try run($0, "--format", "latex").output }
    let folder = try TemporaryFolder()
    let document = """
      \\documentclass{article}
      \\usepackage[utf8]{inputenc}
      \\usepackage[T1]{fontenc}
      \\usepackage{booktabs}
      \\begin{document}
      \(tables.joined(separator: "\n\\clearpage\n"))
      \\end{document}
      """
    try Data(document.utf8).write(to: folder.url.appendingPathComponent("all.tex"))
    var compiler = Command(binary: URL(fileURLWithPath: try #require(Self.latex)))
    compiler.folder = folder.url
    let result = try compiler.run("-interaction=nonstopmode", "-halt-on-error", "all.tex")
    #expect(result.status == 0, "\(result.output.suffix(900))")
  }

  private static let latex = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/pdflatex" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// RFC 4180.
  private static func rows(_ text: String) -> [[String]] {
    var (rows, row, field, isQuoted) = ([[String]](), [String](), "", false)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(field)
        field = ""
      case "\r" where !isQuoted: break
      case "\n" where !isQuoted:
        rows.append(row + [field])
        (row, field) = ([], "")
      default: field.unicodeScalars.append(scalar)
      }
    }
    return rows
  }
}
