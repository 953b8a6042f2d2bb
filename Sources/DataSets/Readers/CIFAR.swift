/// The binary files of CIFAR-10 and CIFAR-100: an image a record of one label (or a coarse and a fine one) and 32 x 32 pixels
/// of red, then green, then blue (A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009).
package enum CIFAR: String, CaseIterable, Sendable {
  case ten = "cifar10"
  case hundred = "cifar100"

  private static let pixels = 3 * 32 * 32
  private var action: String { "reading \(self == .ten ? "CIFAR-10" : "CIFAR-100")" }
  private var labelBytes: Int { self == .ten ? 1 : 2 }
  private var classCount: Int { self == .ten ? 10 : 100 }

  private var trainingFiles: [String] {
    self == .ten ? (1...5).map { "data_batch_\($0).bin" } : ["train.bin"]
  }
  private var testFile: String { self == .ten ? "test_batch.bin" : "test.bin" }
  private var namesFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }

  /// Which of the two a folder has the names of.
  package static func isIn(_ names: [String]) -> CIFAR? { allCases.first { names.contains($0.trainingFiles[0]) } }

  /// The records of a file, its labels and its pixels with the channels together.
  package func parse(_ bytes: [UInt8], file: String) throws(DataSetError) -> (labels: [UInt8], pixels: [UInt8]) {
    let record = labelBytes + Self.pixels
    let count = bytes.count / record
    guard count > 0, bytes.count == count * record else {
      throw DataSetError(
        .malformed, action, file: file, offset: count * record, expected: "records of \(record) bytes",
        found: "\(bytes.count) bytes in all")
    }
    var labels: [UInt8] = []
    var planes: [UInt8] = []
    planes.reserveCapacity(count * Self.pixels)
    for start in stride(from: 0, to: bytes.count, by: record) {
      let label = bytes[start + labelBytes - 1]
      guard label < classCount else {
        throw DataSetError(
          .malformed, action, file: file, offset: start + labelBytes - 1, expected: "a label below \(classCount)",
          found: "\(label)")
      }
      labels.append(label)
      planes += bytes[start + labelBytes..<start + record]
    }
    return (labels, GatheredData.interleaved(planes, channels: 3, positions: 32 * 32))
  }

  /// The images of a folder; the fine labels of CIFAR-100.
  package func read(folder: String, _ files: InputFiles) throws(DataSetError) -> GatheredData {
    let names = try files.names(in: folder, for: action)
    var (labels, pixels): ([UInt8], [UInt8]) = ([], [])
    var testCount = 0
    for name in trainingFiles + [testFile] where name != testFile || names.contains(name) {
      let path = folder + "/" + name
      let part = try parse(try files.bytes(of: path, for: action), file: path)
      labels += part.labels
      pixels += part.pixels
      if name == testFile { testCount = part.labels.count }
    }
    return try GatheredData(
      NumberArray(shape: [labels.count, 32, 32, 3], .bytes(pixels)),
      labels: NumberArray(shape: [labels.count], .bytes(labels)),
      classNames: try classNames(names, folder: folder, files), testCount: testCount, action: action, file: folder)
  }

  /// The classes' names, or numbers where the file with their names is not there.
  private func classNames(_ names: [String], folder: String, _ files: InputFiles) throws(DataSetError) -> [String] {
    guard names.contains(namesFile) else { return (0..<classCount).map(String.init) }
    let text = String(decoding: try files.bytes(of: folder + "/" + namesFile, for: action), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
    guard lines.count == classCount else {
      throw DataSetError(
        .malformed, action, file: folder + "/" + namesFile, expected: "\(classCount) names", found: "\(lines.count)")
    }
    return lines
  }
}
