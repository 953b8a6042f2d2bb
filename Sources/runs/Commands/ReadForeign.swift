import ArgumentParser
import Experiments
import Foundation

/// What this program starts itself with to read a file from elsewhere; not for people.
struct ReadForeign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ForeignFile.command, abstract: "Reads a file from elsewhere under limits, and passes its arrays on.",
    shouldDisplay: false)

  @Argument(help: "The file.")
  var file: String

  @Option(help: "Bytes of address space.")
  var memory: Int

  @Option(help: "Seconds of CPU time.")
  var cpu: Int

  func run() throws {
    try ForeignReader.passOn(file, to: STDOUT_FILENO, memory: memory, cpuSeconds: cpu)
  }
}
