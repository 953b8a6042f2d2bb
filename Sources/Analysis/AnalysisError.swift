/// What keeps runs from being compared: which kind, what was being done to what, and what to do next.
package struct AnalysisError: Error, Equatable, CustomStringConvertible {
  package enum Code: Sendable {
    /// The call's words are off.
    case usage
    /// A run's data are not what its schema says.
    case malformed
    /// There is no such checkpoint, metric or field.
    case notFound
  }

  package let code: Code
  package let doing: String
  package let problem: String
  package let advice: String?

  package init(_ code: Code, doing: String, problem: String, advice: String? = nil) {
    self.code = code
    self.doing = doing
    self.problem = problem
    self.advice = advice
  }

  package var description: String { "\(doing): \(problem)" + (advice.map { "; \($0)" } ?? "") }
}
