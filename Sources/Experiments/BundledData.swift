import DataSets
import Tasks

/// The data sets that come with the program, and what is said where they are not found.
enum BundledData {
  static func digits() throws(ExperimentError) -> DataSet {
    try loaded("digits") { () throws(DataSetError) in try Digits.load(from: .bundled()) }
  }

  /// The digits as images of one channel, in one partition for all tasks.
  static func digitImages() throws(ExperimentError) -> TaskSetImages {
    let digits = try digits()
    return TaskSetImages(
      digits, rows: 8, columns: 8, channels: 1, partition: Partition(count: digits.count, seed: 0))
  }

  static func verses() throws(ExperimentError) -> [Verses.Verse] {
    try loaded("verses") { () throws(DataSetError) in try Verses.load(from: .bundled()) }
  }

  private static func loaded<Value>(
    _ what: String, _ load: () throws(DataSetError) -> Value
  ) throws(ExperimentError) -> Value {
    do {
      return try load()
    } catch {
      throw ExperimentError(
        error.code == .resourcesMissing ? .notFound : .malformed, doing: "reading the bundled \(what)",
        problem: "\(error)", advice: "see runs doctor; the folder runs_DataSets.resources belongs next to the program")
    }
  }
}
