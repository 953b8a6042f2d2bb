// Counted from outside the process: no system call on a path of the store but those of the file protocol.

import Foundation
import RunStore
import Synchronization
import Testing

/// Counts what the store asks of the system.
private final class CountingFileSystem: ForwardingFileSystem {
  let inner = SystemFileSystem()
  private let counts = Mutex<[RunStoreTests.Operation: Int]>([:])

  func around<Result>(
    _ operation: RunStoreTests.Operation, _ body: () throws(SystemFailure) -> Result
  ) throws(SystemFailure) -> Result {
    counts.withLock { $0[operation, default: 0] += 1 }
    return try body()
  }

  func count(_ operations: RunStoreTests.Operation...) -> Int {
    counts.withLock { counts in operations.reduce(0) { $0 + counts[$1, default: 0] } }
  }
}

/// strace, looking at this process.
private struct Trace {
  static let program = ["/usr/bin/strace", "/bin/strace"].first { FileManager.default.isExecutableFile(atPath: $0) }

  /// The lines about paths below a folder while something is done; nil where this process may not be traced.
  static func lines(about path: String, _ body: () throws -> Void) throws -> [Substring]? {
    let output = path + "-trace"
    defer { do { try FileManager.default.removeItem(atPath: output) } catch {} }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(program))
    process.arguments = [
      "-f", "-y", "-qq", "-s", "0", "-o", output, "-p", String(ProcessInfo.processInfo.processIdentifier),
      "-e", "trace=%file,%desc,fsync,fdatasync,ftruncate,flock,fallocate",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !isTraced() { usleep(2_000) }
    guard process.isRunning else { return nil }
    // Other signals may be blocked in a child of the tests. What is traced goes on.
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    // All threads of this process are attached once a call of this very thread was seen; so with what was done.
    wait(untilSeen: path + "-before", in: output)
    try body()
    wait(untilSeen: path + "-after", in: output)
    let text = try String(contentsOfFile: output, encoding: .utf8)
    // A call that another thread's call interrupts takes two lines; the first has its name and paths.
    return text.split(separator: "\n").filter {
      ($0.contains(path + "/") || $0.contains(path + ">") || $0.contains(path + "\"")) && !$0.contains(" resumed>")
    }
  }

  private static func wait(untilSeen probe: String, in output: String) {
    while true {
      _ = access(probe, F_OK)
      if let text = try? String(contentsOfFile: output, encoding: .utf8), text.contains(probe) { return }
      usleep(2_000)
    }
  }

  private static func isTraced() -> Bool {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.contains("TracerPid:\t") && !status.contains("TracerPid:\t0\n")
  }

  /// How often each call was made: a line is a thread's number, the call's name, and its arguments in brackets.
  static func counts(_ lines: [Substring]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in lines {
      guard let name = line.split(separator: "(", maxSplits: 1).first?.split(separator: " ").last else { continue }
      counts[String(name), default: 0] += 1
    }
    return counts
  }
}

@Suite struct Seam {
  @Test(.enabled(if: Trace.program != nil, "strace is not installed"))
  func noSystemCallOnAPathOfTheStoreBypassesTheFileProtocol() throws {
    let folder = TemporaryFolder()
    let above = folder.path + "/above"
    let path = above + "/Runs"
    // Made before: what is asked about the folders further up has none of its paths.
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let counting = CountingFileSystem()
    let traced = try Trace.lines(about: above) {
      try leadALife(in: Store(at: path, fileSystem: counting, environment: TestWorld().environment))
    }
    guard let traced else { return print("seam: this process may not be traced, nothing was counted") }
    let counts = Trace.counts(traced)
    let expected: [String: Int] = [
      "openat": counting.count(.openFolder, .open, .create, .list), "pread64": counting.count(.read),
      "pwrite64": counting.count(.write), "fdatasync": counting.count(.syncData),
      "fsync": counting.count(.sync, .syncFolder), "ftruncate": counting.count(.truncate),
      "renameat": counting.count(.rename), "unlinkat": counting.count(.remove, .removeFolder),
      "flock": counting.count(.lock),
    ]
    for (call, count) in expected {
      #expect(counts[call, default: 0] == count, "\(call)")
      #expect(count > 0, "\(call): nothing was tried")
    }
    #expect(counts["mkdirat", default: 0] + counts["mkdir", default: 0] == counting.count(.makeFolder))
    let harmless: Set = ["mkdirat", "mkdir", "newfstatat", "fstat", "getdents64", "fcntl", "close", "lseek", "access"]
    let others = counts.filter { expected[$0.key] == nil && !harmless.contains($0.key) }
    #expect(others.isEmpty, "calls that are none of the protocol's: \(others)")
    let changing = ["pwrite64", "ftruncate", "renameat", "unlinkat"].map { counts[$0, default: 0] }.reduce(0, +)
    print("seam: \(traced.count) system calls below the store, \(changing) of them changes, none past the protocol")
  }

  /// All that a store does with files.
  private func leadALife(in store: Store) throws {
    var life = Life()
    try life.lead(in: store, to: 5)
    try life.lead(in: store)
    let id = try #require(life.id)
    _ = try store.removeCheckpoints(of: id, notKeptBy: Retention("last=2")!)
    try store.editLabels(of: id) { $0.tags = ["tag"] }
    _ = try store.summaries(Summarizer(name: "seam") { _ in RunFacts(texts: [], numbers: []) })
    _ = try store.check(id)
    let portable = try PortableRun(file: store.run(id).portableFile(), named: "portable")
    try store.remove(id)
    try store.importRun(portable, remark: "back")
    try store.remove(id)
  }
}
