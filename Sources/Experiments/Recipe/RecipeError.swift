/// Why a recipe cannot be used: which file, which line, which field, and what would do.
package struct RecipeError: Error, Equatable, CustomStringConvertible {
  package enum Code: Sendable {
    /// There is no recipe of that name.
    case notFound
    /// The text is not YAML, or a field is unknown, of the wrong type, out of range, or at odds with another.
    case malformed
  }

  package let code: Code
  /// The file, or `--set` where a field was given on the command line.
  package let source: String
  package let line: Int?
  /// The field as `estimator.truncation.steps`; empty for the recipe as a whole.
  package let field: String
  package let problem: String

  package var description: String {
    let place = line.map { "\(source), line \($0)" } ?? source
    return field.isEmpty ? "\(place): \(problem)" : "\(place): \(field): \(problem)"
  }
}
