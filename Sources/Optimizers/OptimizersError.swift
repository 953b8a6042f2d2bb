/// Why a learned optimizer could not be made.
package struct OptimizersError: Error, Hashable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// A hyperparameter lies outside its range.
    case invalidConfiguration
  }

  package let code: Code
  /// The hyperparameter, by its name in the configuration.
  package let field: String
  /// What it must be, in words.
  package let expected: String
  /// What it was.
  package let found: String

  package var description: String { "\(field) is \(found); it must be \(expected)" }

  /// Refuses a hyperparameter that does not hold what it must.
  static func require(
    _ holds: Bool, _ field: String, is expected: String, found: some Any
  ) throws(OptimizersError) {
    guard holds else {
      throw OptimizersError(code: .invalidConfiguration, field: field, expected: expected, found: "\(found)")
    }
  }

  /// Refuses decays that are not in 0 ..< 1, or none at all.
  static func requireDecays(_ decays: [Float], _ field: String) throws(OptimizersError) {
    try require(
      !decays.isEmpty && decays.allSatisfy { (0..<1).contains($0) }, field, is: "one or more decays in 0 ..< 1",
      found: decays)
  }

  /// Refuses a scale of steps that is not a positive number.
  static func requirePositive(_ value: Float, _ field: String) throws(OptimizersError) {
    try require(value > 0 && value.isFinite, field, is: "a positive number", found: value)
  }

  /// Refuses a size that is not in 1 ... 4096.
  static func requireSize(_ size: Int, _ field: String) throws(OptimizersError) {
    try require((1...4096).contains(size), field, is: "a whole number in 1 ... 4096", found: size)
  }
}
