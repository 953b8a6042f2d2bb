// What is fuzzed: readers of bytes that this program did not make, or made long ago.

/// A reader that is given harmed bytes.
package struct Subject: Sendable {
  /// Its name on the command line, and its folder in the corpus.
  package let name: String
  /// Whole bytes to begin with.
  package let seeds: @Sendable () throws -> [[UInt8]]
  /// Reads bytes.
  ///
  /// Throws `Wrong` for a value that was never written; all that is refused is refused in silence.
  package let attempt: @Sendable ([UInt8]) throws -> Void

  package static let all = textSubjects + storeSubjects

  package static func named(_ name: String) -> Subject? { all.first { $0.name == name } }
}

/// A reader showed what nobody wrote.
package struct Wrong: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
