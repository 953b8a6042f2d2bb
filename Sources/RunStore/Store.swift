// A folder of runs.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder of runs, each a folder of its own. Making a store touches nothing; what reads never writes.
///
/// ```swift
/// let store = Store(at: "Runs")
/// let writer = try store.create(
///   RunDescription(
///     format: "weather/1", formatVersion: 1, identity: NamedArrays([.text("station", "Zugspitze")]),
///     tables: [TableSchema("records", columns: [Column("temperature", .float64, unit: "K")])]))
/// try writer.commit(Record(iteration: 1, tables: [[.float64([271.3])]]))
/// try writer.finish(.finished)
/// let temperatures = try store.run(writer.id).column("records", "temperature")
/// ```
public struct Store: Sendable {
  /// The folder's path.
  public let path: String
  let system: any FileSystem
  let environment: StoreEnvironment

  /// The store in a folder, which need not be there yet.
  public init(
    at path: String, fileSystem: any FileSystem = SystemFileSystem(), environment: StoreEnvironment = .system()
  ) {
    self.path = path
    system = fileSystem
    self.environment = environment
  }

  /// A run, to read. Takes no lock and writes nothing, whatever state the run is in.
  ///
  /// Throws `notFound` when there is no such run, `damaged` when its files are not what was written.
  public func run(_ id: RunID) throws -> Run {
    try Run(id, in: folder(of: id, doing: "reading run \(id)"), doing: "reading run \(id)")
  }

  /// The ids of all runs, oldest first; none when there is no such folder.
  public func ids() throws -> [RunID] {
    let doing = "listing runs"
    do {
      return try ids(in: folder(doing: doing), doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      return []
    }
  }

  /// A run's labels.
  public func labels(of id: RunID) throws -> Labels {
    try Labels.read(in: folder(of: id, doing: "reading labels"), doing: "reading the labels of run \(id)")
  }

  /// Changes a run's labels, also while it is being written. A name must not be another run's.
  public func editLabels(of id: RunID, _ change: (inout Labels) throws -> Void) throws {
    let doing = "labelling run \(id)"
    let store = try folder(doing: doing)
    try store.exclusively(doing: doing) { try editLabels(of: id, in: store, change) }
  }

  /// Removes a run with all its files, unless a process is writing it. The folder is renamed first, so that half a
  /// run is never seen.
  public func remove(_ id: RunID) throws {
    let doing = "removing run \(id)"
    let store = try folder(doing: doing)
    try store.exclusively(doing: doing) {
      let lock = try RunLock(store.folder(id.text, doing: doing), environment, doing: doing)
      try withExtendedLifetime(lock) {
        try removeLeftovers(in: store, doing: doing)
        try store.rename(id.text, to: Self.goneName, doing: doing)
        try store.sync(doing: doing)
        try store.removeTree(Self.goneName, doing: doing)
      }
    }
  }
}

// Folders and names.
extension Store {
  /// A run that is being made, and one that is being removed. One of each is enough, since the store's folder is held; so
  /// what a killed process left is found without listing the store.
  static let newName = ".new"
  static let goneName = ".gone"

  func folder(doing: String) throws -> Folder { try Folder(system, path: path, doing: doing) }

  func folder(of id: RunID, doing: String) throws -> Folder {
    do {
      return try folder(doing: doing).folder(id.text, doing: doing)
    } catch var error as StoreError where error.code == .notFound {
      error.advice = "list the runs of this store to see what there is"
      throw error
    }
  }

  /// A folder is a run when there is a file of a run in it: a store may lie among other folders, and those of a damaged
  /// run are seldom all gone.
  func ids(in folder: Folder, doing: String) throws -> [RunID] {
    let names = try folderNames(in: folder, doing: doing)
    let areRuns = concurrently(names.count) { isRun(names[$0], in: folder) }
    return zip(names, areRuns).compactMap { $1 ? $0 : nil }
  }

  /// The names of folders that could be runs, in the order of time.
  func folderNames(in folder: Folder, doing: String) throws -> [RunID] {
    try folder.list(doing: doing).compactMap { $0.kind == .folder ? RunID($0.name) : nil }.sorted()
  }

  /// What cannot be asked about is taken for one, and says so itself.
  func isRun(_ id: RunID, in store: Folder) -> Bool {
    [Snapshot.fileName, LockHolder.fileName].contains { store.mayHave(id.text + "/" + $0) }
  }

  /// The store's folder, made with those above it if it is not there. Each name on the way to it is brought to the disk,
  /// also one that a process gave which ended right after.
  func makeFolder(doing: String) throws -> Folder {
    var above = path.hasPrefix("/") ? "/" : "."
    let places = path.split(separator: "/").map { part in
      defer { above = above == "/" ? "/" + part : above + "/" + part }
      return (above: above, place: above == "/" ? "/" + part : above + "/" + part)
    }
    if let present = try presentFolder(doing: doing) {
      // Those above it were on the disk before it was made.
      if let last = places.last { try sync(last.above, doing: doing) }
      return present
    }
    for (above, place) in places {
      do {
        _ = try Folder(system, path: place, doing: doing)
      } catch let error as StoreError where error.code == .notFound {
        try attempt(doing, place, creating: true) { () throws(SystemFailure) in try system.makeFolder(path: place) }
      }
      try sync(above, doing: doing)
    }
    return try folder(doing: doing)
  }

  /// Nil when it is not there.
  private func presentFolder(doing: String) throws -> Folder? {
    do {
      return try folder(doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      return nil
    } catch let error as StoreError where error.code == .damaged {
      // Not a run's file but the way to the store is no folder.
      throw StoreError(
        .cannotCreate(errno: ENOTDIR), doing: doing, file: path, underlying: error.underlying,
        advice: "choose another place for the store")
    }
  }

  /// Brings a folder above the store to the disk; one that may not be read is not this program's to bring.
  private func sync(_ above: String, doing: String) throws {
    let folder: Folder
    do {
      folder = try Folder(system, path: above, doing: doing)
    } catch let error as StoreError where error.code == .readOnly {
      return
    }
    try folder.sync(doing: doing)
  }

  /// Removes what interrupted creations and removals left. The store's folder is held, so nobody is at it.
  func removeLeftovers(in store: Folder, doing: String) throws {
    for name in [Self.newName, Self.goneName] {
      do {
        try store.removeTree(name, doing: doing)
      } catch let error as StoreError where error.code == .notFound {}
    }
  }

  /// Changes labels while the store's folder is held.
  func editLabels(of id: RunID, in store: Folder, _ change: (inout Labels) throws -> Void) throws {
    let doing = "labelling run \(id)"
    let folder = try store.folder(id.text, doing: doing)
    var labels = try Labels.read(in: folder, doing: doing)
    let before = labels
    try change(&labels)
    guard labels != before else {
      // They may be what a process wrote that ended before they were on the disk.
      return try folder.sync(doing: doing)
    }
    if let name = labels.name, name != before.name { try check(name, isFreeIn: store, doing: doing) }
    try labels.write(in: folder, doing: doing)
  }

  /// Refuses a name that another run has. Runs whose labels cannot be read have none.
  func check(_ name: String, isFreeIn store: Folder, doing: String) throws {
    guard Labels.isName(name), name != Self.latest else {
      throw StoreError(
        .usage, doing: doing, file: path, expected: "a name of 1 to 64 of A-Z a-z 0-9 . _ -", found: name)
    }
    let names = try names(of: ids(in: store, doing: doing), in: store, doing: doing)
    if let other = names.first(where: { $0.name == name }) {
      throw StoreError(
        .usage, doing: doing, file: path, found: "the name \(name), which run \(other.id) has", advice: "choose another"
      )
    }
  }

  func name(of id: RunID, in store: Folder) throws -> String? {
    do {
      let doing = "reading the labels of run \(id)"
      return try Labels.read(in: store.folder(id.text, doing: doing), doing: doing).name
    } catch let error as StoreError where error.code == .damaged || error.code == .notFound {
      return nil
    }
  }
}
