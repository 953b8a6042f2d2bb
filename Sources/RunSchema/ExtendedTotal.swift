package import RunStore

/// A total of outer iterations other than the recipe's, kept in the history of the run, so that whoever resumes it next
/// goes on to the same end.
package enum ExtendedTotal {
  private static let prefix = "until "

  /// The note of a resumption that is to reach `iterations`.
  package static func note(_ iterations: Int) -> String { prefix + String(iterations) }

  /// The total that was noted last; nil where none was.
  package static func last(in events: [RunEvent]) -> Int? {
    events.reversed().lazy.filter { $0.kind == .resumed && $0.message.hasPrefix(prefix) }
      .compactMap { Int($0.message.dropFirst(prefix.count)) }.first
  }
}
