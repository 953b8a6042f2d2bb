import Foundation

/// A child process whose output is taken in, for so long and so much.
enum ChildProcess {
  enum End: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It was ended because of its time, or its output.
    case tooSlow, tooMuch
  }

  struct Outcome {
    var output: [UInt8]
    /// The start of what it said on standard error.
    var errors: String
    var end: End
  }

  private static let errorLimit = 16_384

  /// Runs a program to its end. It has nothing to read, and no files of this process.
  static func run(
    _ program: String, _ arguments: [String], environment changes: [String: String], seconds: Int, outputLimit: Int
  ) throws(ForeignFileError) -> Outcome {
    let (output, errors) = (try Pipe(), try Pipe())
    let pid = try start(program, arguments, changes, output, errors)
    output.closeWriting()
    errors.closeWriting()
    var outcome = Outcome(output: [], errors: "", end: .exited(0))
    var words: [UInt8] = []
    let deadline = Environment.clock() + Double(seconds)
    var early: End?
    while early == nil, output.isOpen || errors.isOpen {
      let left = deadline - Environment.clock()
      guard left > 0 else {
        early = .tooSlow
        break
      }
      var polled = [output, errors].filter(\.isOpen).map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
      _ = poll(&polled, nfds_t(polled.count), Int32(min(left * 1_000 + 1, 1_000)))
      for ready in polled where ready.revents != 0 {
        if ready.fd == output.reading { output.take(into: &outcome.output) } else { errors.take(into: &words) }
      }
      if outcome.output.count > outputLimit { early = .tooMuch }
      if words.count > errorLimit { words.removeLast(words.count - errorLimit) }
    }
    outcome.errors = String(decoding: words, as: UTF8.self)
    outcome.end = wait(for: pid, early, until: deadline)
    return outcome
  }

  /// Waits for a process that has closed its output; ends it where that was decided or does not happen in time.
  private static func wait(for pid: pid_t, _ early: End?, until deadline: Double) -> End {
    var status: Int32 = 0
    if early == nil {
      while Environment.clock() < deadline {
        let found = waitpid(pid, &status, WNOHANG)
        if found == pid { return End(status: status) }
        if found < 0, errno != EINTR { break }
        usleep(1_000)
      }
    }
    kill(pid, SIGKILL)
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return early ?? .tooSlow
  }

  private static func start(
    _ program: String, _ arguments: [String], _ changes: [String: String], _ output: Pipe, _ errors: Pipe
  ) throws(ForeignFileError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors.writing, STDERR_FILENO)
    let environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }.map { "\($0)=\($1)" }
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var settings = environment.map { strdup($0) } + [nil]
    defer { for text in words + settings { free(text) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, program, &actions, nil, &words, &settings)
    guard failure == 0 else {
      throw ForeignFileError(.unfit, "\(program) cannot be started: \(String(cString: strerror(failure)))")
    }
    return pid
  }

  /// A pipe that no child inherits but by being told to.
  private final class Pipe {
    let reading: Int32
    let writing: Int32
    private(set) var isOpen = true
    private var isWriting = true

    init() throws(ForeignFileError) {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else {
        throw ForeignFileError(.unfit, "no pipe: \(String(cString: strerror(errno)))")
      }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      (reading, writing) = (ends[0], ends[1])
    }

    deinit {
      close(reading)
      if isWriting { close(writing) }
    }

    func closeWriting() {
      close(writing)
      isWriting = false
    }

    /// Takes what there is; at the end the pipe is no longer open.
    func take(into bytes: inout [UInt8]) {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let found = read(reading, buffer.baseAddress, buffer.count)
        if found == 0 || found < 0 && errno != EINTR { isOpen = false }
        count = max(0, found)
      }
      bytes += part
    }
  }
}

extension ChildProcess.End {
  /// What waitpid says: the low seven bits are the signal, or 0.
  fileprivate init(status: Int32) {
    self = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: status & 0x7f)
  }
}
