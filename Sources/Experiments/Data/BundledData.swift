import DataSets
import Tasks

/// The data sets that come with the program, by the names that recipes give them.
enum BundledData: String, CaseIterable {
  /// The digits as images of one channel, in one partition for all tasks.
  case digits
  /// The verses of the King James text by bytes and by words.
  case verseBytes = "kjv_bytes"
  case verseWords = "kjv_words"

  /// Read once for both of their forms.
  private static let verses = Result { () throws(DataSetError) in try Verses.load(from: .bundled()) }

  func loaded() throws(ExperimentError) -> LoadedData {
    switch self {
    case .digits:
      let digits = try reading("digits") { () throws(DataSetError) in try Digits.load(from: .bundled()) }
      return LoadedData(
        content: .images(
          TaskSetImages(digits, rows: 8, columns: 8, channels: 1, partition: Partition(count: digits.count, seed: 0))),
        digest: digits.digest)
    case .verseBytes, .verseWords:
      let verses = try reading("verses") { () throws(DataSetError) in try Self.verses.get() }
      return LoadedData(
        content: .texts(self == .verseBytes ? Verses.bytes(of: verses) : Verses.words(of: verses)),
        digest: Verses.digest)
    }
  }

  private func reading<Value>(
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
