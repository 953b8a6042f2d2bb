import Analysis
import ArgumentParser
import Experiments
import RunSchema
import RunStore

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Whether this machine is fit, or whether a run is whole.",
    discussion: """
      Examples:
        runs doctor
        runs doctor latest

      Without a run: CPU, threads, libraries, whether this build gives the bits it should, data, and the store's disk. With
      one: every checksum of every file, the newest intact checkpoint, and what resume would do. Nothing is repaired, for
      nothing needs it. Exit code 65: the run is damaged; 73: the store cannot be written; 78: this machine or build is unfit.
      """.flowing)

  @Argument(help: "The run: its id, the start of it, its name, or latest.", completion: .run)
  var id: String?

  @OptionGroup var format: TableOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let store = Store(at: self.store.path)
    guard let id else { return try examineMachine(store) }
    let health = try RunHealth(of: try store.resolve(id), in: store)
    Output.print(health.card, format, output, from: [health.provenance])
    if let problem = health.report.problems.first {
      throw Complaint(.badData, "run \(health.id) is damaged: \(problem)")
    }
  }

  private func examineMachine(_ store: Store) throws {
    let findings = MachineCheck.findings(storeAt: store.path)
    if format.format(output) == .text {
      Output.write(format.comment(.ofThisCall(), .text))
      tell(findings)
    } else {
      Output.print(table(findings), format, output, json: json(findings))
    }
    if let bad = findings.first(where: { $0.verdict == .bad }) {
      throw Complaint(bad.key == "store" ? .cannotCreate : .unfit, "\(bad.subject): \(bad.words)")
    }
  }

  private func tell(_ findings: [Finding]) {
    let width = findings.map(\.subject.count).max() ?? 0
    for finding in findings {
      let mark =
        switch finding.verdict {
        case .good: "ok  "
        case .warning: "WARN"
        case .bad: "BAD "
        }
      Output.print("\(mark)  \(finding.subject.padded(to: width, .left))  \(finding.words.shown)")
    }
  }

  private func table(_ findings: [Finding]) -> Table {
    var table = Table(columns: [.init("what", key: "key"), .init("verdict"), .init("found", key: "message")])
    for finding in findings {
      table.append([.text(finding.subject), .text(finding.verdict.rawValue), .text(finding.words)])
    }
    return table
  }

  private func json(_ findings: [Finding]) -> JSONValue {
    [
      "schema": "runs/doctor/1", "fit": .bool(!findings.contains { $0.verdict == .bad }),
      "findings": .array(
        findings.map { finding in
          ["key": .text(finding.key), "verdict": .text(finding.verdict.rawValue), "message": .text(finding.words)]
        }),
    ]
  }
}
