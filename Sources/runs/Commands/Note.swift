import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Note: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a remark on a run, or shows those there are.",
    discussion: """
      Examples:
        runs note latest "the loss jumps where the horizon grows"
        runs note latest
      """.flowing)

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String

  @Argument(help: "The remark; without it the remarks are shown.")
  var text: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    let id = try store.resolve(self.id)
    if let text {
      guard !text.isEmpty else { throw Complaint(.usage, "an empty note says nothing") }
      try store.editLabels(of: id) { $0.notes.append(.init(secondsSince1970: Environment.now(), text: text)) }
    }
    let table = RunCard.table(of: try store.labels(of: id).notes)
    if output.json {
      return Output.print([
        "schema": "runs/note/1", "id": .text(id.text), "notes": .array(table.rowObjects),
      ])
    }
    if table.rows.isEmpty { return output.tell("run \(id) has no notes") }
    Output.write(table.render(.text))
  }
}
