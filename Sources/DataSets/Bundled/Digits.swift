package import Tasks

/// The 1,797 handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak 1998; UCI repository; the test part, as scikit-learn ships
/// it).
package enum Digits {
  /// The digits with pixels in [0, 1], a sixteenth of the file's.
  package static func load(from resources: Resources) throws(DataSetError) -> DataSet {
    let file = resources.folder + "/" + fileName
    let text = try resources.unpacked(fileName, for: action)
    let table = try ByteTable.parse(text, columns: pixels + 1, count: count, action: action, file: file)
    var features: [Float] = []
    features.reserveCapacity(count * pixels)
    var labels: [Int32] = []
    labels.reserveCapacity(count)
    for row in 0..<count {
      for column in 0..<pixels {
        let level = table[row * (pixels + 1) + column]
        guard level <= 16 else {
          throw DataSetError(
            .badText, action, file: file, line: row + 1, expected: "a pixel of 0 to 16 in column \(column + 1)",
            found: "\(level)")
        }
        features.append(Float(level) / 16)
      }
      let label = table[row * (pixels + 1) + pixels]
      guard label < 10 else {
        throw DataSetError(
          .badText, action, file: file, line: row + 1, expected: "a digit in column \(pixels + 1)", found: "\(label)")
      }
      labels.append(Int32(label))
    }
    return DataSet(
      name: "digits",
      source: "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI (1998), test part, CC BY 4.0",
      digest: "sha256:6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
      width: pixels, classCount: 10, values: .numbers(features), labels: labels)
  }

  private static let fileName = "digits.csv.gz"
  private static let action = "reading the digits"
  private static let count = 1797
  private static let pixels = 64
}
