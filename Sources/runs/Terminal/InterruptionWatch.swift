import Experiments
import Foundation
import Synchronization

/// Waits for Ctrl-C and SIGTERM on a thread of its own; then seals the run in training, says how to go on and ends the
/// process.
///
/// Made before any other thread of the process, which inherit the blocked signals: one that did not would die of them.
final class InterruptionWatch: Sendable {
  private static let signals = [SIGINT, SIGTERM]
  private let session = Mutex<Session?>(nil)

  init() {
    var set = Self.signalSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
    Thread.detachNewThread { [self] in
      var set = Self.signalSet
      var signal: Int32 = 0
      sigwait(&set, &signal)
      end(signal)
    }
  }

  /// Says which run is in training: nil for none.
  func watch(_ session: Session?) {
    self.session.withLock { $0 = session }
  }

  private static var signalSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    return set
  }

  private func end(_ signal: Int32) -> Never {
    if Terminal().isInteractive { Output.tell("") }
    do {
      let session = session.withLock { $0 }
      guard let session else {
        Output.tell("stopped while no run was in training")
        exit(128 + signal)
      }
      if let iterations = try session.interrupt() {
        Output.tell(
          "stopped after outer iteration \(iterations); all that was shown is safe. Go on with: runs resume \(session.id)"
        )
      }
      exit(128 + signal)
    } catch {
      let complaint = Complaint(error) ?? Complaint(.ioFailed, "\(error)")
      Output.complain(complaint.message)
      exit(complaint.code.rawValue)
    }
  }
}
