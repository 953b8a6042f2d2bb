import ArgumentParser
import Experiments
import Foundation

extension ForeignContent: ExpressibleByArgument {}

/// What this program starts itself with to read a file from elsewhere; not for people.
struct ReadForeign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ForeignFile.command,
    abstract: "Reads a file from elsewhere under limits, and passes it on.",
    shouldDisplay: false)

  @Argument(help: "The file.")
  var file: String

  @Option(help: "What is wanted of it.")
  var content: ForeignContent

  @Option(help: "Bytes of address space.")
  var memory: Int

  @Option(help: "Seconds of CPU time.")
  var cpu: Int

  func run() throws {
    try ForeignReader.passOn(
      content, of: file, to: STDOUT_FILENO, memory: memory, cpuSeconds: cpu)
  }
}
