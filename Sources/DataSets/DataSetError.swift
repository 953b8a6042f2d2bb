/// Why a data set could not be read: what was being done to which file, what was expected and what was found.
package struct DataSetError: Error, Hashable, CustomStringConvertible {
  package enum Code: String, Hashable, Sendable {
    /// No folder holds the data sets that come with the program.
    case resourcesMissing
    /// The file is not there or cannot be read.
    case unreadable
    /// The file is no gzip file, or it is damaged.
    case badCompression
    /// The text is not what its reader expects.
    case badText
    /// The bytes are not what their format or their own header says.
    case malformed
    /// It is what it says, and of a kind or size that is not read.
    case unsupported
    /// Parts that are well formed do not go together, as images and labels of different numbers.
    case unfitting
  }

  package let code: Code
  /// What was being done, as "reading digits".
  package let action: String
  package let file: String
  /// The line of the unpacked text, counted from 1; nil where the whole file is meant.
  package let line: Int?
  /// The byte of the file, or of the unpacked content, from which on it is not as expected; nil where the whole is meant.
  package let offset: Int?
  package let expected: String
  package let found: String

  package init(
    _ code: Code, _ action: String, file: String, line: Int? = nil, offset: Int? = nil, expected: String,
    found: String
  ) {
    self.code = code
    self.action = action
    self.file = file
    self.line = line
    self.offset = offset
    self.expected = expected
    self.found = found
  }

  package var description: String {
    let place = file + (line.map { ", line \($0)" } ?? "") + (offset.map { ", byte \($0)" } ?? "")
    return "\(action): \(place): expected \(expected), found \(found)"
  }
}
