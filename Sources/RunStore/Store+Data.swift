// Data that runs of a store share: named arrays in files of their own, beside the runs.

import HDF5

/// Who a data file is, without its contents.
public struct DataFileHead: Equatable, Sendable {
  /// The name that it has in its store.
  public let name: String
  /// What its maker says of it: no digest covers it.
  public let about: NamedArrays
  /// The digest of the contents' arrays.
  public let contentsDigest: Digest
  /// The file's size.
  public let byteCount: Int
}

extension Store {
  /// The folder of data files; no run's id has an underscore.
  static let dataFolderName = "data_sets"
  private static let dataEnding = ".h5"
  private static let dataSchema = "runs/data-set"
  private static let dataVersion: Int64 = 1

  /// Whether a text may name a data file: a letter or digit, then up to 63 of a-z 0-9 _ . -
  public static func isDataName(_ text: String) -> Bool {
    let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    guard let first = text.utf8.first, letters.contains(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { letters.contains($0) || "_.-".utf8.contains($0) }
  }

  /// The path of a data file, there or not.
  public func dataPath(_ name: String) -> String { path + "/" + Self.dataFolderName + "/" + name + Self.dataEnding }

  /// Keeps arrays under a name: written aside, brought to the disk, renamed. A name is given once.
  ///
  /// Throws `usage` for a name that is off or taken.
  public func addData(_ name: String, about: NamedArrays, contents: NamedArrays) throws -> DataFileHead {
    let doing = "adding data set \(name)"
    guard Self.isDataName(name) else {
      throw StoreError(
        .usage, doing: doing, file: path, expected: "a name of 1 to 64 of a-z 0-9 _ . -, a letter or digit first",
        found: name)
    }
    let digest = contents.digest
    let image = try dataImage(about, contents, digest, doing: doing)
    let store = try makeFolder(doing: doing)
    let folder = try store.exclusively(doing: doing) { try dataFolder(in: store, doing: doing) }
    return try folder.exclusively(doing: doing) {
      try folder.removeAsides(doing: doing)
      guard try folder.openIfPresent(name + Self.dataEnding, doing: doing) == nil else {
        // As with the folder.
        try folder.sync(doing: doing)
        throw StoreError(
          .usage, doing: doing, file: folder.path(of: name + Self.dataEnding), found: "a data set of that name",
          advice: "choose another name, or remove it first")
      }
      try folder.replace(name + Self.dataEnding, with: image, doing: doing)
      return DataFileHead(name: name, about: about, contentsDigest: digest, byteCount: image.count)
    }
  }

  /// The names of all data files, sorted; none where there is no such folder.
  public func dataNames() throws -> [String] {
    let doing = "listing data sets"
    do {
      let entries = try folder(doing: doing).folder(Self.dataFolderName, doing: doing).list(doing: doing)
      return entries.compactMap { entry -> String? in
        guard entry.kind == .file, entry.name.hasSuffix(Self.dataEnding) else { return nil }
        let name = String(entry.name.dropLast(Self.dataEnding.count))
        return Self.isDataName(name) ? name : nil
      }.sorted()
    } catch let error as StoreError where error.code == .notFound {
      return []
    }
  }

  /// What a data file says of itself, after its seal was checked.
  public func dataHead(_ name: String) throws -> DataFileHead { try openData(name).head }

  /// A data file's arrays, after its seal and their digest were checked.
  public func data(_ name: String) throws -> (head: DataFileHead, contents: NamedArrays) {
    let (head, root) = try openData(name)
    let path = dataPath(name)
    let contents = try withHDF5(path, doing: "reading data set \(name)") {
      let contents = try root.group("contents").arrays()
      guard contents.digest == head.contentsDigest else {
        throw ArrayFileError(
          dataset: "/contents", expected: "arrays with the digest \(head.contentsDigest)", found: "\(contents.digest)")
      }
      return contents
    }
    return (head, contents)
  }

  /// Removes a data file.
  public func removeData(_ name: String) throws {
    let doing = "removing data set \(name)"
    let folder = try dataFolder(doing: doing)
    try folder.exclusively(doing: doing) {
      try folder.remove(try fileName(name, doing: doing), doing: doing)
      try folder.sync(doing: doing)
    }
  }

  private func openData(_ name: String) throws -> (head: DataFileHead, root: Group) {
    let doing = "reading data set \(name)"
    let file = try dataFolder(doing: doing).open(try fileName(name, doing: doing), .read, doing: doing)
    let bytes = try file.readAll(doing: doing)
    let image = try Seal.opened(bytes, file: file.path, advice: "remove the data set and add it again", doing: doing)
    return try withHDF5(file.path, doing: doing) {
      let root = try File.open(image: image, named: file.path).root
      guard try root.textAttribute("schema") == Self.dataSchema else {
        throw ArrayFileError(
          dataset: "/", expected: "schema \(Self.dataSchema)", found: try root.textAttribute("schema"))
      }
      let version = try root.attribute("schema_version", Int64.self)
      guard version <= Self.dataVersion else {
        throw StoreError(
          .newerSchema(found: Int(version), known: Int(Self.dataVersion)), doing: doing, file: file.path,
          advice: "update this program")
      }
      let head = DataFileHead(
        name: name, about: try root.group("about").arrays(),
        contentsDigest: try root.digestAttribute("contents_sha256"), byteCount: bytes.count)
      return (head, root)
    }
  }

  /// No name leads out of the folder.
  private func fileName(_ name: String, doing: String) throws -> String {
    guard Self.isDataName(name) else {
      throw StoreError(.notFound, doing: doing, file: path, found: "a name that no data set has")
    }
    return name + Self.dataEnding
  }

  private func dataFolder(doing: String) throws -> Folder {
    try folder(doing: doing).folder(Self.dataFolderName, doing: doing)
  }

  /// The folder, made where it is not there. Its name is brought to the disk in any case: who made it may have ended before.
  private func dataFolder(in store: Folder, doing: String) throws -> Folder {
    let folder: Folder
    do {
      folder = try store.folder(Self.dataFolderName, doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      folder = try store.makeFolder(Self.dataFolderName, doing: doing)
    }
    try store.sync(doing: doing)
    return folder
  }

  private func dataImage(
    _ about: NamedArrays, _ contents: NamedArrays, _ digest: Digest, doing: String
  ) throws -> [UInt8] {
    try withHDF5("data set", doing: doing) {
      let new = try NewFile(named: "data set")
      try new.root.setAttribute("NX_class", "NXroot")
      try new.root.setAttribute("creator", environment.creator)
      try new.root.setAttribute("schema", Self.dataSchema)
      try new.root.setAttribute("schema_version", Self.dataVersion)
      try new.root.setAttribute("contents_sha256", digest.hex)
      try new.root.group("about").write(about)
      try new.root.group("contents").write(contents, options: .compressed)
      return Seal.sealed(try new.finish())
    }
  }
}
