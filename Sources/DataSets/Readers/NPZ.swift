/// NumPy's archives of arrays: a zip of .npy members.
package enum NPZ {
  static let action = "reading an NPZ file"

  /// The arrays of an archive by their names; members that are none are passed over.
  package static func parse(_ bytes: [UInt8], file: String) throws(DataSetError) -> [String: NumberArray] {
    let zip = try Zip(bytes, action: action, file: file)
    var arrays: [String: NumberArray] = [:]
    for member in zip.members where member.name.hasSuffix(".npy") {
      let name = String(member.name.dropLast(4))
      do {
        arrays[name] = try NPY.parse(try zip.content(of: member), file: "\(file), \(member.name)")
      } catch  where error.code == .unsupported {
        continue  // an array of objects beside those that are wanted
      }
    }
    return arrays
  }

  /// Features and labels of an archive, or of any other file's arrays, by the names that they have or usually have.
  package static func examples(
    of arrays: [String: NumberArray], features: String?, labels: String?, action: String = action, file: String
  ) throws(DataSetError) -> GatheredData {
    func find(_ wanted: String?, _ usual: [String], _ what: String) throws(DataSetError) -> NumberArray {
      let names = wanted.map { [$0] } ?? usual
      if let name = names.first(where: { arrays[$0] != nil }), let array = arrays[name] { return array }
      throw DataSetError(
        .unfitting, action, file: file,
        expected: "\(what), as \(names.joined(separator: ", ")) (or another name by --\(what))",
        found: arrays.isEmpty ? "no array of numbers" : arrays.keys.sorted().joined(separator: ", "))
    }
    return try GatheredData(
      try find(features, ["features", "data", "images", "pixels", "x", "X"], "features"),
      labels: try find(labels, ["labels", "label", "targets", "classes", "y", "Y"], "labels"), action: action,
      file: file)
  }
}

/// Downsampled ImageNet (P. Chrabaszcz, I. Loshchilov, F. Hutter, arXiv 1707.08819): archives `train_data….npz` and
/// `val_data.npz` with `data`, rows of red, green and blue planes, and `labels` from 1 to 1000.
package enum ImageNet {
  private static let action = "reading downsampled ImageNet"

  private static func isTraining(_ name: String) -> Bool {
    (name.hasPrefix("train_data") || name.hasPrefix("Imagenet")) && name.hasSuffix(".npz")
  }

  private static func isValidation(_ name: String) -> Bool { name.hasPrefix("val_data") && name.hasSuffix(".npz") }

  package static func isIn(_ names: [String]) -> Bool { names.contains { isTraining($0) } }

  /// The images of a folder; those of `val_data` are its test part.
  package static func read(folder: String, _ files: InputFiles) throws(DataSetError) -> GatheredData {
    let names = try files.names(in: folder, for: action)
    let parts = names.filter { isTraining($0) } + names.filter { isValidation($0) }
    var (pixels, labels): ([UInt8], [Int64]) = ([], [])
    var (width, testCount) = (0, 0)
    for name in parts {
      let path = folder + "/" + name
      let part = try parse(try files.bytes(of: path, for: action), file: path)
      if width == 0 { width = part.width }
      guard part.width == width, pixels.count <= InputLimits.dataSetBytes - part.pixels.count else {
        throw DataSetError(
          .unsupported, action, file: path,
          expected: "images of \(width) numbers, \(InputLimits.dataSetBytes) bytes in all", found: "more, or others")
      }
      pixels += part.pixels
      labels += part.labels
      if isValidation(name) { testCount += part.labels.count }
    }
    guard let size = (1...1_024).first(where: { 3 * $0 * $0 == width }) else {
      throw DataSetError(
        .unreadable, action, file: folder, expected: "train_data….npz", found: names.prefix(8).joined(separator: ", "))
    }
    return try GatheredData(
      NumberArray(
        shape: [labels.count, size, size, 3],
        .bytes(GatheredData.interleaved(pixels, channels: 3, positions: size * size))),
      labels: NumberArray(shape: [labels.count], .integers(labels.map { $0 - 1 })), testCount: testCount,
      action: action, file: folder)
  }

  private static func parse(
    _ bytes: [UInt8], file: String
  ) throws(DataSetError) -> (pixels: [UInt8], labels: [Int64], width: Int) {
    let arrays = try NPZ.parse(bytes, file: file)
    guard let data = arrays["data"], case .bytes(let pixels) = data.values, data.shape.count == 2,
      (1...1_024).contains(where: { 3 * $0 * $0 == data.shape[1] }), let labels = arrays["labels"],
      labels.shape == [data.shape[0]]
    else {
      throw DataSetError(
        .unfitting, action, file: file, expected: "data of rows of 3 n² bytes, and a label for each in labels",
        found: arrays.map { "\($0.key) of \($0.value.shape)" }.sorted().joined(separator: ", "))
    }
    let classes: [Int64] =
      switch labels.values {
      case .bytes(let values): values.map { Int64($0) }
      case .integers(let values): values
      case .floats(let values): values.map { Int64(exactly: $0) ?? 0 }
      }
    guard classes.allSatisfy({ (1...1_000).contains($0) }) else {
      throw DataSetError(.unfitting, action, file: file, expected: "labels from 1 to 1000", found: "others")
    }
    return (pixels, classes, data.shape[1])
  }
}
