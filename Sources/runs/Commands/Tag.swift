import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gives a run tags, takes them away, names and groups it.",
    discussion: """
      Examples:
        runs tag latest +paper +seed-sweep -debug
        runs tag 1ngb0t --name baseline --group depth-4
        runs tag baseline

      +TAG adds, -TAG removes; without either the labels are shown. An empty name or group takes it away. Labels change no
      bit, and may change while the run is being written.
      """.flowing)

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("+TAG or -TAG.", valueName: "change"))
  var changes: [String] = []

  @Option(help: ArgumentHelp("A new name, unique in the store.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("A new group.", valueName: "group"))
  var group: String?

  @OptionGroup var store: StoreOptions

  // Not OutputOptions: its -q would be one of the tags that are taken away.
  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func run() throws {
    let store = Store(at: self.store.path)
    let id = try store.resolve(self.id)
    let changes = try self.changes.filter { $0 != "--" }.map(TagChange.init)
    try store.editLabels(of: id) { labels in
      for change in changes { change.apply(to: &labels.tags) }
      if let name { labels.name = name.isEmpty ? nil : name }
      if let group { labels.group = group.isEmpty ? nil : group }
    }
    let labels = try store.labels(of: id)
    let card = Card(
      schema: "runs/tag/1",
      [
        .init(
          "Run \(id)", key: "labels",
          .fields([
            .init("id", .text(id.text)), .init("name", Cell(labels.name)), .init("group", Cell(labels.group)),
            .init("tags", .list(labels.tags)),
          ]))
      ])
    json ? Output.print(card.json) : Output.print(card.text)
  }
}

/// A tag to add or to take away.
private enum TagChange {
  case add(String)
  case remove(String)

  init(_ word: String) throws {
    let tag = String(word.dropFirst())
    switch word.first {
    case "+" where !tag.isEmpty: self = .add(tag)
    case "-" where !tag.isEmpty && !tag.hasPrefix("-"): self = .remove(tag)
    default: throw Complaint(.usage, "\(word.shown): expected +TAG to add or -TAG to take away")
    }
  }

  func apply(to tags: inout [String]) {
    switch self {
    case .add(let tag): if !tags.contains(tag) { tags.append(tag) }
    case .remove(let tag): tags.removeAll { $0 == tag }
    }
  }
}
