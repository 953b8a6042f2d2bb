import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "The data sets of a store: adds, lists, shows and removes them.",
    discussion: """
      Examples:
        runs data add fashion_mnist /usr/share/datasets/fashion-mnist
        runs data list
        runs train taskset-fashion     a recipe that says: data: [fashion_mnist]

      A recipe names data sets; what it draws from them is part of a run's identity, and a run is only taken up again on
      the same data.
      """.flowing,
    subcommands: [AddData.self, ListData.self, ShowData.self, RemoveData.self])
}

extension DataKind: ExpressibleByArgument {}
extension DataIntake.TextUnit: ExpressibleByArgument {}

struct AddData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Reads files, checks them, deals their examples out to the four splits and keeps them in the store.",
    discussion: """
      Examples:
        runs data add fashion_mnist /usr/share/datasets/fashion-mnist
        runs data add cifar10 ~/cifar-10-batches-bin
        runs data add flowers ~/flowers --size 32
        runs data add wine wine.csv --labels cultivar
        runs data add letters letters.npy --labels classes.npy
        runs data add notes ~/notes.txt --unit words

      Kinds, which PATH mostly tells by itself:
      \(DataKind.allCases.map { "  \($0.rawValue.padded(to: 9, .left)) \($0.summary)" }.joined(separator: "\n"))

      Whoever made a test part keeps it; all other splits are drawn from a digest of the examples, so the same files give
      the same splits everywhere. Limits: 2 GiB a file, 4 GiB a data set. Exit code 65: a file is damaged or of another
      kind, and nothing was added.
      """.flowing)

  @Argument(help: "The name that recipes will use: a-z 0-9 _ . -")
  var name: String

  @Argument(help: "A file or folder.", completion: .file())
  var path: String

  @Option(help: ArgumentHelp("What PATH is.", valueName: "kind"))
  var kind: DataKind?

  @Option(
    help: ArgumentHelp("npz, hdf5: the array with the examples, if not one of the usual names.", valueName: "name"))
  var features: String?

  @Option(
    help: ArgumentHelp(
      "npz, hdf5: the array with the classes; csv: their column, else the last; npy: their file.", valueName: "name"))
  var labels: String?

  @Option(help: "text: what a token is.")
  var unit = DataIntake.TextUnit.bytes

  @Option(help: ArgumentHelp("pictures: cut to squares and brought to so many pixels a side.", valueName: "pixels"))
  var size: Int?

  @OptionGroup var table: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let size, !(1...1_024).contains(size) { throw Complaint(.usage, "--size \(size): expected 1 to 1024") }
    var intake = DataIntake(name: name, path: path)
    (intake.kind, intake.features, intake.labels, intake.unit, intake.size) = (kind, features, labels, unit, size)
    let data = try intake.add(to: store.opened, by: Environment.executablePath)
    Output.print(data.card("runs/data/1"), table, output, from: [data.provenance])
  }
}

struct ListData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The data sets of the store.",
    discussion: """
      Examples:
        runs data list
        runs data list --json

      Those that come with the program (digits, kjv_bytes, kjv_words) are always there, and in no store.
      """.flowing)

  @OptionGroup var table: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    var table = Table(columns: [
      .init("name"), .init("kind"), .init("content"), .init("example"), .init("examples", alignment: .right),
      .init("classes", alignment: .right), .init("bytes", alignment: .right), .init("digest"),
    ])
    var (documents, sources): ([JSONValue], [String]) = ([], [])
    var damage: [any Error] = []
    for name in try store.dataNames() {
      do {
        let data = DataCard(try store.dataHead(name))
        documents.append(data.facts)
        sources.append(data.provenance)
        table.append([
          .text(name), .text(data.kind), .text(data.content), .text(data.shapeWords), .integer(data.examples),
          .integer(data.classes), .integer(data.byteCount), .text(String(data.digest.prefix(19))),
        ])
      } catch let error as StoreError where error.code == .damaged {
        documents.append(["name": .text(name), "damage": .text("\(error)")])
        table.append([.text(name), .text("damaged")] + Array(repeating: .missing, count: 6))
        damage.append(error)
      }
    }
    if table.rows.isEmpty, self.table.format(output) == .text {
      output.tell("no data sets in \(store.path); add one with runs data add NAME PATH")
    } else {
      Output.print(
        table, self.table, output, from: sources,
        json: ["schema": "runs/data-list/1", "store": .text(store.path), "data_sets": .array(documents)])
    }
    for error in damage { output.tell("\(error)".shown) }
  }
}

struct ShowData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "One data set: its examples, splits, digest, and the files that it was made of.",
    discussion: """
      Example:
        runs data show fashion_mnist

      All of it is read, and its checksums are checked. Exit code 65: it is damaged; 66: there is none of that name.
      """.flowing)

  @Argument(help: "The data set's name.", completion: .dataSet)
  var name: String

  @OptionGroup var table: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    try store.checkHasData(name)
    let data = DataCard(try store.data(name).head)
    Output.print(data.card("runs/data/1"), table, output, from: [data.provenance])
  }
}

struct RemoveData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Removes a data set from the store.",
    discussion: """
      Example:
        runs data rm fashion_mnist

      Runs that were computed from it stay, and can be looked at; to resume or verify one, add the same files again.
      """.flowing)

  @Argument(help: "The data set's name.", completion: .dataSet)
  var name: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = self.store.opened
    try store.checkHasData(name)
    try store.removeData(name)
    if output.json {
      return Output.print(["schema": "runs/data-rm/1", "name": .text(name), "removed": true] as JSONValue)
    }
    output.tell("removed data set \(name)")
  }
}

extension Store {
  fileprivate func checkHasData(_ name: String) throws {
    let names = try dataNames()
    guard names.contains(name) else {
      throw Complaint(
        .noInput,
        "no data set \(name.shown) in \(path)" + (names.isEmpty ? "" : "; there are: \(names.joined(separator: ", "))")
          + "; see runs data list")
    }
  }
}

extension DataCard {
  /// For the comment of a table.
  fileprivate var provenance: String { "data set \(name): \(examples) examples, digest \(digest)" }

  /// What `data list` says of it to programs.
  fileprivate var facts: JSONValue { card("runs/data/1").sections[0].json }

  /// As `data add` and `data show` print it.
  fileprivate func card(_ schema: String) -> Card {
    let what: [Card.Field] = [
      .init("name", .text(name)), .init("kind", .text(kind)), .init("content", .text(content)),
      .init("example", .text(shapeWords), key: "shape"), .init("examples", .integer(examples)),
      .init("classes", .integer(classes)), .init("bytes", .integer(byteCount)), .init("digest", .text(digest)),
    ]
    var table = Table(columns: [.init("file"), .init("SHA-256", key: "sha256")])
    for file in files { table.append([.text(file.name), .text(file.digest)]) }
    return Card(
      schema: schema,
      [
        .init("Data set", .fields(what)),
        .init("Splits", .fields(splits.map { .init($0.name, .integer($0.count)) })),
        .init("Read from", key: "files", .table(table)),
      ])
  }
}

extension CompletionKind {
  /// The names of the data sets of the store that the command line so far means.
  fileprivate static let dataSet = CompletionKind.custom { words, _, prefix in
    let given = words.firstIndex(of: "--store").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    do {
      return try Store(at: StoreOptions.path(given: given)).dataNames().filter { $0.hasPrefix(prefix) }
    } catch {
      return []  // a shell that completes has no place for complaints
    }
  }
}
