import Foundation
import Testing

/// `compare` and `list` through the command: selections, documents, exit codes.
@Suite struct CompareCommandTests {
  /// Two settings, of one two seeds, all tagged. Made once, since no test changes it, and gone with the process.
  private nonisolated(unsafe) static let made: Result<TestStore, any Error> = Result {
    let store = try TestStore()
    let recipe = try store.recipe(SmallRecipes.all[3].text)
    for (name, seed, more) in [("a1", "1", []), ("a2", "2", []), ("b1", "1", ["--set", "estimator.sigma=0.02"])] {
      let words = ["train", recipe, "--store", store.path, "--name", name, "--seed", seed, "--tag", "paper"] + more
      #expect(try store.command.run(words).status == 0)
    }
    atexit {
      guard case .success(let store) = CompareCommandTests.made else { return }
      do { try FileManager.default.removeItem(at: store.folder.url) } catch {}
    }
    return store
  }

  private let store: TestStore

  init() throws { store = try Self.made.get() }

  private func keys(_ object: Any?) -> Set<String> { Set((object as? [String: Any] ?? [:]).keys) }

  @Test func runsAreFoundByTheGrammarOfList() throws {
    let json = try store.json("compare", "tag:paper", "estimator=pes")
    #expect(json["schema"] as? String == "runs/compare/1")
    #expect((json["runs"] as? [Any])?.count == 3 && (json["groups"] as? [Any])?.count == 2)
    let byField = try store.json("compare", "tag:paper", "--group-by", "estimator.sigma,seed")
    #expect((byField["groups"] as? [Any])?.count == 3)
    let none = try store.json("compare", "tag:paper", "--group-by", "none")
    #expect((none["groups"] as? [Any])?.isEmpty == true)
    #expect(keys(none["sections"]).isSuperset(of: ["recipe", "seed", "code", "outcome", "cost"]))
    #expect(keys(none["made_by"]) == ["program", "command", "sources"])
    let runs = try #require(none["runs"] as? [[String: Any]])
    let shown = try store.json("show", "a1")["digests"] as? [String: Any]
    let digest = try #require(shown?["records_sha256"] as? String)
    #expect(runs.contains { $0["records_sha256"] as? String == digest })
  }

  @Test func momentsAreComparedWithTheirStates() throws {
    let json = try store.json("compare", "a1@4", "b1@6")
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["last_iteration"] as? Int } == [4, 6])
    let state = try #require((json["sections"] as? [String: Any])?["state"] as? [String: Any])
    let digests = try #require((state["quantities"] as? [[String: Any]])?.first?["values"] as? [String])
    let moment = try store.json("show", "b1@6", "--state")["moment"] as? [String: Any]
    #expect(digests[1] == moment?["state_sha256"] as? String)
    #expect(try store.run("compare", "a1@99", "b1@6").status == 66)
  }

  @Test func requireSameIsACheck() throws {
    #expect(try store.run("compare", "a1", "a2").status == 0)
    #expect(try store.run("compare", "a1", "a2", "--require-same").status == 1)
    #expect(try store.run("compare", "a1", "a1", "--require-same").status == 0)
    #expect(try store.run("compare", "a1@8", "a1", "--require-same").status == 0)
    #expect(try store.run("compare", "tag:paper", "--require-same").status == 1)
  }

  @Test func whatIsWrongWithASelectionIsSaid() throws {
    for (status, words, said) in [
      (64, ["a1"], "two runs"), (64, ["a1", "tag:paper"], "not both"), (66, ["tag:none"], "fits the filter"),
      (64, ["tag:paper", "name:a1"], "the filter fits one"), (66, ["a1", "nothing"], "nothing"),
      (64, ["a1", "a2", "--nonsense"], "nonsense"), (64, ["nosuch=3"], "nosuch"),
      (64, ["a1", "a2", "--metric", "x("], "x("),
      (64, ["a1", "a2", "--metric", "nosuch"], "nosuch"), (64, ["a1", "a2", "--explain", "nosuch"], "no cell"),
      (64, ["a1", "a2", "--group-by", "nosuch"], "nosuch"), (64, ["loss<"], "character 6"), (64, [], "runs"),
    ] {
      let result = try store.command.run(["compare", "--store", store.path] + words)
      #expect(result.status == Int32(status), "\(words): \(result.status) \(result.errors)")
      #expect(result.errors.contains(said), "\(words): \(result.errors)")
    }
  }

  @Test func aCellIsExplained() throws {
    let json = try store.json("compare", "a1", "b1", "--metric", "min(outer_loss) as best", "--explain", "best:b1")
    #expect(json["schema"] as? String == "runs/explain/1")
    let cell = try #require((json["cells"] as? [[String: Any]])?.first)
    let source = try #require(cell["from"] as? [String: Any])
    #expect(source["dataset"] as? String == "run/records/outer_loss" && source["rows"] as? [Int] == [0, 12])
    #expect(source["formula"] as? String == "min")
    let text = try store.run("compare", "a1", "b1", "--explain", "b1:smoothed_final").output
    #expect(text.contains("run/records/outer_loss") && text.contains("0..<12") && text.contains("run.h5"))
  }

  @Test func sameAndMissingAreSaidAloud() throws {
    let text = try store.run("compare", "a1", "a2").output
    #expect(text.contains("Recipe: (no difference)") && text.contains("Numerics: (no difference)"))
    // A field that only one recipe has.
    let store = try TestStore()
    for (index, name) in [(3, "a1"), (0, "c1")] {
      let recipe = try store.recipe(SmallRecipes.all[index].text, name: name)
      #expect(try store.run("train", recipe, "--name", name, "--iterations", "2").status == 0)
    }
    #expect(try store.run("compare", "a1", "c1").output.contains("(not set)"))
  }

  @Test(arguments: [("markdown", "<!--"), ("latex", "% "), ("html", "<!--")])
  func tablesSayTheCommandAndTheDigestsTheyCameFrom(_ format: String, _ start: String) throws {
    let digest = try store.json("show", "a1")["digests"] as? [String: Any]
    for words in [["compare", "a1", "a2"], ["list", "name:a1"], ["diff", "a1", "a2"]] {
      let result = try store.command.run([words[0], "--store", store.path, "--format", format] + words.dropFirst())
      #expect(result.output.hasPrefix(start), "\(words)")
      #expect(result.output.contains("made by runs ") && result.output.contains("runs \(words[0])"), "\(words)")
      #expect(result.output.contains(try #require(digest?["records_sha256"] as? String)), "\(words)")
    }
  }

  @Test func csvAndTextHaveTheCommentWhereItIsAskedFor() throws {
    let plain = try store.run("list", "--columns", "name", "--format", "csv").output
    #expect(plain.hasPrefix("name\r\n"))
    let commented = try store.run("list", "--columns", "name", "--format", "csv", "--comment").output
    #expect(commented.hasPrefix("# made by runs ") && commented.hasSuffix(plain))
    #expect(try store.run("compare", "a1", "a2", "--comment").output.hasPrefix("# made by runs "))
  }

  @Test func columnsAndGroupsOfLists() throws {
    let json = try store.json("list", "--columns", "name,min(outer_loss) as least", "--sort", "least")
    #expect(json["columns"] as? [String] == ["name", "least"])
    let least = try #require(json["rows"] as? [[String: Any]]).compactMap { $0["least"] as? Double }
    #expect(least.count == 3 && least == least.sorted())
    let grouped = try store.json(
      "list", "tag:paper", "--group-by", "estimator.sigma", "--columns", "mean(best)", "--sort", "n")
    #expect((grouped["rows"] as? [[String: Any]])?.map { $0["n"] as? Int } == [1, 2])
    for words in [["--columns", "nosuch"], ["--columns", "min("], ["--group-by", "nosuch"], ["--sort", "nosuch"]] {
      #expect(try store.command.run(["list", "--store", store.path] + words).status == 64, "\(words)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func shellsCompleteRunsMomentsAndRecipes(_ shell: String) throws {
    let script = try store.command.run("completion", shell)
    #expect(script.status == 0 && script.output.contains("runs"))
    #expect(try store.command.run("completion", "csh").status == 64)
    var command = store.command
    command.environment["RUNS_STORE"] = store.path
    command.environment["SAP_SHELL"] = shell
    // What the scripts ask: the command, the argument's place, the word and the cursor in it, then the line.
    func complete(_ place: String, _ line: String...) throws -> [String] {
      let (word, cursor) = (line.count - 1, line.last?.count ?? 0)
      return try command.run(["---completion", line[1], "--", place, "\(word)", "\(cursor)"] + line).output
        .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
    // Runs of one second have no order.
    #expect(try complete("positional@0", "runs", "show", "a").sorted() == ["a1", "a2"])
    #expect(try complete("positional@0", "runs", "compare", "b") == ["b1"])
    #expect(try complete("positional@1", "runs", "diff", "a1", "b1@").contains("b1@8"))
    #expect(try complete("positional@0", "runs", "train", "def") == ["default"])
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "no bash"),
    arguments: [
      // The words as bash takes the line apart, and what is to be put in place of the last one.
      ("show a", ["show", "a"], ["a1", "a2"]), ("show a1@8", ["show", "a1", "@", "8"], ["@8"]),
      ("show a1@b", ["show", "a1", "@", "b"], ["@best"]), ("diff a1@8 b", ["diff", "a1", "@", "8", "b"], ["b1"]),
      ("diff a1@8 b1@b", ["diff", "a1", "@", "8", "b1", "@", "b"], ["@best"]),
      ("list --sort best_", ["list", "--sort", "best_"], ["best_iteration"]),
    ])
  func bashCompletesMomentsAlthoughItTakesThemApart(_ line: String, _ words: [String], _ expected: [String]) throws {
    var bash = Command(binary: URL(fileURLWithPath: "/bin/bash"))
    bash.environment = ["RUNS_STORE": store.path]
    let binary = Command.binary.path
    let ask = """
      source <("$2" completion bash)
      COMP_LINE="$1" COMP_POINT=${#1}; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _runs_whole_words runs "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try bash.run(["-c", ask, "bash", "\(binary) \(line)", binary] + words)
    #expect(result.output.split(separator: "\n").map(String.init).sorted() == expected, "\(result)")
  }

  /// Keys at a terminal, and the words that the command gets: readline has its own mind of what it replaces.
  @Test(
    .enabled(
      if: ["/bin/bash", "/usr/bin/script"].allSatisfy(FileManager.default.isExecutableFile(atPath:)),
      "no bash, or no script(1) to make a terminal"),
    arguments: [
      ("show a1@8", "[show][a1@8]"), ("show a1@b", "[show][a1@best]"), ("diff a1@8 b1@b", "[diff][a1@8][b1@best]"),
      ("show b", "[show][b1]"), ("list --sort best_", "[list][--sort][best_iteration]"),
    ])
  func readlinePutsInWhatIsOffered(_ keys: String, _ expected: String) throws {
    var shell = Command(binary: URL(fileURLWithPath: "/bin/sh"))
    shell.folder = store.folder.url
    shell.environment = [
      "RUNS_STORE": store.path, "TERM": "dumb", "INPUTRC": "/dev/null",
      "PATH": Command.binary.deletingLastPathComponent().path + ":/usr/bin:/bin",
    ]
    // Tab; then, at the line's start, a command that shows its words.
    let ask = #"""
      runs completion bash > completion.bash
      printf 'source completion.bash\nruns %s\t\001printf "[%%s]" \005\nexit\n' "$1" |
        script -qec 'bash --norc --noprofile -i' /dev/null
      """#
    let result = try shell.run(["-c", ask, "sh", keys])
    #expect(result.output.contains("[runs]" + expected), "\(keys): \(result)")
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "no script(1) to make a terminal"))
  func longResultsAtATerminalGoThroughThePager() throws {
    // script(1) gives the command a terminal.
    func atTerminal(_ words: String, _ environment: [String: String]) throws -> String {
      var command = Command(binary: URL(fileURLWithPath: "/usr/bin/script"))
      command.environment = environment.merging(["TERM": "xterm", "RUNS_STORE": store.path, "LINES": "10"]) { $1 }
      return try command.run("-qec", "\(Command.binary.path) \(words)", "/dev/null").output
    }
    let pager = ["RUNS_PAGER": "sed s/^/PAGED:/"]
    #expect(try atTerminal("show a1", pager).contains("PAGED:Run "))
    #expect(try atTerminal("compare a1 a2", ["PAGER": "sed s/^/PAGED:/"]).contains("PAGED:2 runs"))
    for (words, environment) in [
      ("show a1 --no-pager", pager), ("list", pager), ("show a1 --json", pager), ("show a1", ["RUNS_PAGER": ""]),
      ("show a1", ["RUNS_PAGER": "no-such-program"]),
    ] {
      let text = try atTerminal(words, environment)
      #expect(text.contains("a1") && !text.contains("PAGED:"), "\(words) \(environment)")
    }
    #expect(try store.command.run(["show", "a1", "--store", store.path]).output.hasPrefix("Run "))
  }
}
