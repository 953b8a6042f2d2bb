import Foundation

/// The IDX files of MNIST and its like: "0, 0, type, rank", the axes as big-endian 32-bit numbers, the elements
/// (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"). Plain or as gzip.
package enum IDX {
  static let action = "reading an IDX file"

  /// The array in an unpacked IDX file.
  package static func parse(_ bytes: [UInt8], file: String) throws(DataSetError) -> NumberArray {
    var cursor = ByteCursor(bytes, action: action, file: file)
    let zeros: UInt16 = try cursor.big("two zeros")
    guard zeros == 0 else { throw cursor.error(at: 0, expected: "two zeros, as IDX files begin", found: "\(zeros)") }
    let type: UInt8 = try cursor.big("a type")
    guard let encoding = encoding(type) else {
      throw cursor.error(at: 2, expected: "a type of 8, 9, 11, 12, 13 or 14", found: "\(type)")
    }
    let rank: UInt8 = try cursor.big("a rank")
    guard (1...4).contains(rank) else { throw cursor.error(at: 3, expected: "one to four axes", found: "\(rank)") }
    var shape: [Int] = []
    for _ in 0..<rank { shape.append(Int(try cursor.big("an axis") as UInt32)) }
    return try cursor.rest(as: shape, encoding)
  }

  private static func encoding(_ type: UInt8) -> NumberArray.Encoding? {
    switch type {
    case 0x08: .init(kind: .unsigned, byteCount: 1, isBigEndian: true)
    case 0x09: .init(kind: .signed, byteCount: 1, isBigEndian: true)
    case 0x0B: .init(kind: .signed, byteCount: 2, isBigEndian: true)
    case 0x0C: .init(kind: .signed, byteCount: 4, isBigEndian: true)
    case 0x0D: .init(kind: .float, byteCount: 4, isBigEndian: true)
    case 0x0E: .init(kind: .float, byteCount: 8, isBigEndian: true)
    default: nil
    }
  }
}

extension IDX {
  /// The four files of a folder; those to test on may be missing.
  private static let parts = [
    ["train-images-idx3-ubyte", "train-images.idx3-ubyte"], ["train-labels-idx1-ubyte", "train-labels.idx1-ubyte"],
    ["t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"], ["t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"],
  ]

  /// Whether a folder has the names of MNIST's files.
  package static func isIn(_ names: [String]) -> Bool { name(0, among: names) != nil }

  private static func name(_ part: Int, among names: [String]) -> String? {
    parts[part].flatMap { [$0, $0 + ".gz"] }.first { names.contains($0) }
  }

  /// The images and labels of a folder: those of the names `train-…` to train on, `t10k-…` to test on.
  package static func read(folder: String, _ files: InputFiles) throws(DataSetError) -> GatheredData {
    let names = try files.names(in: folder, for: action)
    var arrays: [NumberArray?] = []
    for part in parts.indices {
      guard let name = name(part, among: names) else {
        arrays.append(nil)
        continue
      }
      let path = folder + "/" + name
      arrays.append(try parse(try files.unpackedBytes(of: path, for: action), file: path))
    }
    guard let images = arrays[0], let labels = arrays[1] else {
      throw DataSetError(
        .unreadable, action, file: folder, expected: "\(parts[0][0]) and \(parts[1][0]), or both with .gz",
        found: names.isEmpty ? "nothing" : names.prefix(8).joined(separator: ", "))
    }
    guard let testImages = arrays[2], let testLabels = arrays[3] else {
      return try GatheredData(images, labels: labels, action: action, file: folder)
    }
    guard testImages.shape.first == testLabels.shape.first, images.shape.first == labels.shape.first,
      let all = images.followed(by: testImages), let allLabels = labels.followed(by: testLabels)
    else {
      throw DataSetError(
        .unfitting, action, file: folder, expected: "images and labels that go together",
        found:
          "images of \(images.shape) and \(testImages.shape), labels of \(labels.shape) and \(testLabels.shape)")
    }
    return try GatheredData(
      all, labels: allLabels, testCount: testImages.shape[0], action: action, file: folder)
  }
}
