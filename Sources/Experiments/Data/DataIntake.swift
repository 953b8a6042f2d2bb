import DataSets
import Foundation
package import RunStore
import Synchronization

/// What is to be made a data set of a store, and how it is to be read.
package struct DataIntake: Sendable {
  /// What texts are cut into.
  package enum TextUnit: String, CaseIterable, Sendable {
    case bytes, words, subwords

    fileprivate var tokens: TextFiles.Unit {
      switch self {
      case .bytes: .bytes
      case .words: .words
      case .subwords: .subwords
      }
    }
  }

  package let name: String
  package let path: String
  /// nil: as the path looks.
  package var kind: DataKind?
  /// The arrays, datasets, file or column with features and labels, where they do not have the usual names.
  package var features: String?
  package var labels: String?
  package var unit = TextUnit.bytes
  /// Rows and columns that pictures are brought to.
  package var size: Int?

  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  /// Reads, checks, splits, digests and keeps it.
  /// - Parameter program: the path of `runs`, which reads HDF5 from elsewhere in a process of its own.
  package func add(to store: Store, by program: String?) throws -> DataCard {
    try checkName(in: store)
    let log = FileLog()
    let files = InputFiles { log.note($0, $1) }
    let (kind, gathered) = try reading(files, program)
    guard gathered.count - gathered.testCount >= 10 else {
      throw ExperimentError(
        .malformed, doing: "adding data set \(name)",
        problem: "\(path) has \(gathered.count) examples: too few for four splits", advice: "ten at least are needed")
    }
    let contents = gathered.contents()
    let head = try store.addData(name, about: about(kind, gathered, contents, log), contents: contents)
    return DataCard(head)
  }

  private func checkName(in store: Store) throws {
    let doing = "adding data set \(name)"
    guard Store.isDataName(name), name != "none", BundledData(rawValue: name) == nil else {
      throw ExperimentError(
        .usage, doing: doing,
        problem: BundledData(rawValue: name) != nil || name == "none"
          ? "this name stands for what comes with the program"
          : "a name is 1 to 64 of a-z 0-9 _ . -, a letter or digit first",
        advice: "choose another")
    }
    // Asked again when it is written; here so that nobody waits for a big file first.
    guard try !store.dataNames().contains(name) else {
      throw ExperimentError(
        .usage, doing: doing, problem: "\(store.path) has a data set of that name",
        advice: "choose another, or remove it: runs data rm \(name)")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw ExperimentError(.notFound, doing: doing, problem: "\(path): there is no such file or folder")
    }
  }

  private func reading(_ files: InputFiles, _ program: String?) throws -> (DataKind, GatheredData) {
    do {
      guard let kind = try kind ?? DataKind.guess(path, files) else {
        throw ExperimentError(
          .usage, doing: "adding data set \(name)", problem: "\(path) does not say what it is",
          advice: "give --kind: \(DataKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return (kind, try read(kind, files, program))
    } catch let error as DataSetError {
      throw ExperimentError(
        error.code == .unreadable ? .notFound : .malformed, doing: "adding data set \(name)", problem: "\(error)",
        advice: "nothing was added")
    }
  }

  private func read(_ kind: DataKind, _ files: InputFiles, _ program: String?) throws -> GatheredData {
    let action = "reading \(kind.rawValue)"
    switch kind {
    case .idx: return try IDX.read(folder: path, files)
    case .cifar10: return try CIFAR.ten.read(folder: path, files)
    case .cifar100: return try CIFAR.hundred.read(folder: path, files)
    case .imagenet: return try ImageNet.read(folder: path, files)
    case .npz:
      let arrays = try NPZ.parse(try files.bytes(of: path, for: action), file: path)
      return try NPZ.examples(of: arrays, features: features, labels: labels, file: path)
    case .npy:
      guard let labels else {
        throw ExperimentError(
          .usage, doing: "adding data set \(name)", problem: "an NPY file holds one array",
          advice: "name the file with the labels: --labels LABELS.npy")
      }
      let arrays = try [path, labels].map { file in
        try NPY.parse(try files.bytes(of: file, for: NPY.action), file: file)
      }
      return try GatheredData(arrays[0], labels: arrays[1], action: action, file: path)
    case .hdf5: return try hdf5(files, program)
    case .pictures:
      return try PictureFolder.read(
        path, size: size, jpeg: { path throws(DataSetError) in try JPEGConverter.pixmap(of: path) }, files)
    case .csv: return try CSV.parse(try files.unpackedBytes(of: path, for: action), labels: labels, file: path)
    case .text: return try TextFiles.read(path, unit: unit.tokens, files)
    }
  }

  /// By way of the child process that foreign HDF5 files are read in.
  private func hdf5(_ files: InputFiles, _ program: String?) throws -> GatheredData {
    // For its digest only.
    _ = try files.bytes(of: path, for: "reading hdf5")
    let file = try ForeignFile.read(path, by: program)
    var arrays: [String: NumberArray] = [:]
    for dataset in file.datasets where (1...4).contains(dataset.shape.count) {
      let values: NumberArray.Values? =
        switch dataset.values {
        case .float32(let values): .floats(values)
        case .float64(let values): .floats(values.map { Float($0) })
        case .integers(let values): .integers(values)
        case .unsigned(let values):
          values.allSatisfy { $0 < 256 }
            ? .bytes(values.map { UInt8($0) }) : .integers(values.map { Int64(truncatingIfNeeded: $0) })
        case .booleans(let values): .bytes(values.map { $0 ? 1 : 0 })
        case .texts: nil
        }
      if let values { arrays[dataset.path] = NumberArray(shape: dataset.shape, values) }
    }
    return try NPZ.examples(of: arrays, features: features, labels: labels, action: "reading hdf5", file: path)
  }

  private func about(
    _ kind: DataKind, _ gathered: GatheredData, _ contents: NamedArrays, _ log: FileLog
  ) -> NamedArrays {
    let files = log.files
    let sizes = DataCard.splits.map { Int64(contents[$0.array]?.shape.first ?? 0) }
    return NamedArrays([
      .text(AboutNames.kind, kind.rawValue, summary: "what it was read from"),
      .text(AboutNames.content, gathered.content.name, summary: "images, table or texts"),
      NamedArray(
        AboutNames.shape, shape: [gathered.content.shape.count], .int64(gathered.content.shape.map { Int64($0) }),
        summary: "of an example; of texts the number of tokens and the size of the vocabulary"),
      .scalar(AboutNames.examples, .int64([Int64(gathered.count)]), summary: "number of examples"),
      .scalar(AboutNames.classes, .int64([Int64(gathered.classCount)]), summary: "number of classes"),
      NamedArray(
        AboutNames.splits, shape: [sizes.count], .int64(sizes),
        summary: "examples in train, inner_valid, outer_valid and test"),
      NamedArray(
        AboutNames.files, shape: [files.count], .text(files.map(\.name)), summary: "the files that it was read from"),
      NamedArray(
        AboutNames.fileDigests, shape: [files.count], .text(files.map(\.digest)), summary: "SHA-256 of each"),
    ])
  }
}

/// The names of what a registered data set says of itself.
enum AboutNames {
  static let kind = "kind"
  static let content = "content"
  static let shape = "example_shape"
  static let examples = "examples"
  static let classes = "classes"
  static let splits = "split_sizes"
  static let files = "source/files"
  static let fileDigests = "source/sha256"
}

/// Notes which files were read, as it goes. Of many files one digest of all is kept.
private final class FileLog: Sendable {
  private let entries = Mutex<[(name: String, digest: String)]>([])
  private static let most = 100

  func note(_ path: String, _ bytes: [UInt8]) {
    let digest = Digest.of(bytes).hex
    entries.withLock { $0.append((path, digest)) }
  }

  var files: [(name: String, digest: String)] {
    let all = entries.withLock { $0 }
    guard all.count > Self.most else { return all }
    let lines = all.map { "\($0.digest)  \($0.name)\n" }.joined()
    return [("\(all.count) files, as sha256sum lists them", Digest.of(Array(lines.utf8)).hex)]
  }
}

extension GatheredData.Content {
  fileprivate var name: String {
    switch self {
    case .images: "images"
    case .table: "table"
    case .texts: "texts"
    }
  }

  fileprivate var shape: [Int] {
    switch self {
    case .images(_, let rows, let columns, let channels): [rows, columns, channels]
    case .table(_, let width): [width]
    case .texts(let texts): [texts.tokens.count, texts.vocabularySize]
    }
  }
}
