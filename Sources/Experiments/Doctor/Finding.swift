/// One thing that was looked at, and what was found.
package struct Finding: Sendable {
  package enum Verdict: String, Sendable {
    case good
    /// It works, but not as well or as safely as it could.
    case warning
    /// `runs` does not work with this.
    case bad
  }

  /// For programs, lower_snake_case.
  package let key: String
  /// For people.
  package let subject: String
  package let verdict: Verdict
  package let words: String

  init(_ key: String, _ subject: String, _ verdict: Verdict, _ words: String) {
    self.key = key
    self.subject = subject
    self.verdict = verdict
    self.words = words
  }
}
