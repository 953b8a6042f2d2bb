/// What went wrong in an experiment: which kind, what was being done to what, and what to do next.
package struct ExperimentError: Error, Equatable, CustomStringConvertible {
  package enum Code: Sendable {
    /// The call does not make sense.
    case usage
    /// Data are not what they should be.
    case malformed
    /// There is no such file, checkpoint or iteration.
    case notFound
    /// This build or machine cannot give the recorded bits.
    case unfit
    /// A value computed again is not the recorded one.
    case checkFailed
    case cannotCreate
    case ioFailed
  }

  package let code: Code
  /// What was being done, to what.
  package let doing: String
  package let problem: String
  package let advice: String?

  package init(_ code: Code, doing: String, problem: String, advice: String? = nil) {
    self.code = code
    self.doing = doing
    self.problem = problem
    self.advice = advice
  }

  package var description: String {
    "\(doing): \(problem)" + (advice.map { "; \($0)" } ?? "")
  }
}
