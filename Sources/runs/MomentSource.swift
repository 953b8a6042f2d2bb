import Experiments
import RunStore

/// How a moment of a run was come by, in words: from which stored state, and what was done from there.
enum MomentSource {
  static func words(_ theta: ThetaMoment) -> String {
    words(origin: theta.origin, theta.records) { "\($0) record\($0 == 1 ? "" : "s")" }
  }

  static func words(_ point: StatePoint) -> String {
    words(origin: point.origin, point.state.outerIteration - point.origin) {
      "\($0) outer iteration\($0 == 1 ? "" : "s") computed again, each as recorded"
    }
  }

  private static func words(origin: Int, _ count: Int, _ steps: (Int) -> String) -> String {
    let start = origin == 0 ? "the start" : "the checkpoint of outer iteration \(origin)"
    return count == 0 ? start : "\(start) and \(steps(count))"
  }
}
