import DataSets
import Tasks

/// The data sets that come with the program, and what is said where they are not found.
enum BundledData {
  static func digits() throws(ExperimentError) -> DataSet {
    do {
      return try Digits.load(from: .bundled())
    } catch {
      throw ExperimentError(
        error.code == .resourcesMissing ? .notFound : .malformed, doing: "reading the bundled digits",
        problem: "\(error)", advice: "see runs doctor; the folder runs_DataSets.resources belongs next to the program")
    }
  }
}
