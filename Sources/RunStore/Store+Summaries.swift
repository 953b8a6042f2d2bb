// Lists of runs, which look at each run's files and read only what has changed since the last look.

/// A run in a list.
public struct RunSummary: Sendable {
  /// The run's id.
  public var id: RunID
  /// Its name, group and tags, without notes and pins; empty when they cannot be read.
  public var labels: Labels
  /// What became of it; nil when it is damaged.
  public var status: RunStatus?
  /// The number of records; nil when it is damaged.
  public var recordCount: Int?
  /// When it was made, in seconds since 1970, UTC; nil when it is damaged.
  public var created: Double?
  /// The run it started from.
  public var parent: Lineage?
  /// What the client asked for; nil when the run is damaged.
  public var facts: RunFacts?
  /// What is wrong with the run or its labels.
  public var damage: StoreError?

  /// A run in a list.
  public init(
    id: RunID, labels: Labels, status: RunStatus? = nil, recordCount: Int? = nil, created: Double? = nil,
    parent: Lineage? = nil, facts: RunFacts? = nil, damage: StoreError? = nil
  ) {
    self.id = id
    self.labels = labels
    self.status = status
    self.recordCount = recordCount
    self.created = created
    self.parent = parent
    self.facts = facts
    self.damage = damage
  }
}

extension Store {
  /// All runs, oldest first, without facts.
  public func summaries() throws -> [RunSummary] {
    try summaries(Summarizer(name: "") { _ in RunFacts(texts: [], numbers: []) })
  }

  /// All runs, oldest first. A damaged run is listed with its damage and disturbs no other.
  ///
  /// What was found is kept in a file of the store, for the next time; where none can be written it is found again.
  public func summaries(_ summarizer: Summarizer) throws -> [RunSummary] {
    let doing = "listing runs"
    let folder: Folder
    do {
      folder = try self.folder(doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      return []
    }
    let catalogue = Catalogue.find(in: folder, doing: doing)
    let known = catalogue?.summarizer == summarizer.name ? catalogue?.entries ?? [:] : [:]
    var look = Look(known: known, summarizer: summarizer, store: self, folder: folder)
    let names = try folderNames(in: folder, doing: doing)
    let areAsKnown = concurrently(names.count) { known[names[$0]]?.stamp.fits(names[$0], in: folder) ?? false }
    let summaries = try zip(names, areAsKnown).compactMap { id, isAsKnown in
      isAsKnown || isRun(id, in: folder) ? try look.summary(of: id, isAsKnown: isAsKnown) : nil
    }
    look.keep(count: summaries.count, wasKept: catalogue)
    return summaries
  }

  /// The names of the runs that have one. Writes nothing.
  public func names() throws -> [(id: RunID, name: String)] {
    let doing = "listing runs"
    do {
      let folder = try self.folder(doing: doing)
      return try names(of: ids(in: folder, doing: doing), in: folder, doing: doing)
    } catch let error as StoreError where error.code == .notFound {
      return []
    }
  }

  /// The names of those of some runs that have one. Labels are read where the catalogue does not have them as they are.
  func names(of ids: [RunID], in store: Folder, doing: String) throws -> [(id: RunID, name: String)] {
    let entries = Catalogue.find(in: store, doing: doing)?.entries ?? [:]
    let areAsKnown = concurrently(ids.count) { index in
      guard let labels = entries[ids[index]]?.stamp.labels else { return false }
      return store.status(ids[index].text + "/" + Labels.fileName) == labels
    }
    return try zip(ids, areAsKnown).compactMap { id, isAsKnown in
      let name = isAsKnown ? entries[id]?.labels.name : try name(of: id, in: store)
      return name.map { (id, $0) }
    }
  }
}

/// One look through all runs of a store.
private struct Look {
  let known: [RunID: CatalogueEntry]
  let summarizer: Summarizer
  let store: Store
  let folder: Folder
  /// What holds after this look.
  private var entries: [RunID: CatalogueEntry] = [:]
  private var found = 0

  init(known: [RunID: CatalogueEntry], summarizer: Summarizer, store: Store, folder: Folder) {
    self.known = known
    self.summarizer = summarizer
    self.store = store
    self.folder = folder
  }

  /// What there is to say of a run; nil for one that went meanwhile.
  /// - Parameter isAsKnown: its files are as the catalogue says.
  mutating func summary(of id: RunID, isAsKnown: Bool) throws -> RunSummary? {
    if isAsKnown, let entry = known[id], let status = status(entry, id) {
      entries[id] = entry
      return RunSummary(id, entry, status)
    }
    let doing = "reading run \(id)"
    do {
      let own = try folder.folder(id.text, doing: doing)
      // Before the run is read: what changes meanwhile is seen by the next look.
      let stamp = try RunStamp(id, in: folder, own, doing: doing)
      let run = try Run(id, in: own, doing: doing)
      var labels = try Labels.read(in: own, doing: doing)
      (labels.notes, labels.pinned) = ([], [])
      let entry = CatalogueEntry(
        stamp: stamp, labels: labels, statusAtRest: run.events.last?.statusAtRest ?? .died,
        recordCount: run.recordCount, created: run.events.first?.secondsSince1970 ?? 0,
        parent: run.description.lineage.first, facts: try summarizer.facts(run))
      if isSettled(stamp) {
        entries[id] = entry
        found += 1
      }
      return RunSummary(id, entry, run.status)
    } catch let error as StoreError {
      if error.code == .notFound, !folder.mayHave(id.text) { return nil }
      return RunSummary(id: id, labels: try labels(of: id), damage: error)
    } catch {
      let damage = StoreError(.damaged, doing: doing, file: folder.path(of: id.text), underlying: "\(error)")
      return RunSummary(id: id, labels: try labels(of: id), damage: damage)
    }
  }

  /// Labels of a damaged run, as far as they can be read.
  private func labels(of id: RunID) throws -> Labels {
    do {
      return try store.labels(of: id)
    } catch is StoreError {
      return Labels()
    }
  }

  /// A change within the clock's tick of the last one leaves no trace, so that what is young is looked at again.
  private func isSettled(_ stamp: RunStamp) -> Bool {
    store.environment.secondsSince1970() - Double(stamp.modified) * 1e-9 > 2
  }

  /// A run without a journal has no writer: one begins with a journal. Nil where the lock cannot be asked.
  private func status(_ entry: CatalogueEntry, _ id: RunID) -> RunStatus? {
    if entry.stamp.journals.isEmpty { return entry.statusAtRest }
    do {
      let doing = "reading run \(id)"
      let holder = try LockHolder.current(in: folder.folder(id.text, doing: doing), doing: doing)
      return holder.map { .running(pid: $0.pid, host: $0.host) } ?? entry.statusAtRest
    } catch {
      return nil
    }
  }

  /// Writes the catalogue where reading what it lacks costs more than writing it: a few runs among thousands are read
  /// again instead.
  func keep(count: Int, wasKept: Catalogue?) {
    guard !summarizer.name.isEmpty, found > 0, found * 1_000 >= count || wasKept?.summarizer != summarizer.name else {
      return
    }
    Catalogue(summarizer: summarizer.name, entries: entries)
      .keep(in: folder, process: store.environment.pid, doing: "keeping the catalogue")
  }
}

extension RunSummary {
  fileprivate init(_ id: RunID, _ entry: CatalogueEntry, _ status: RunStatus) {
    self.init(
      id: id, labels: entry.labels, status: status, recordCount: entry.recordCount, created: entry.created,
      parent: entry.parent, facts: entry.facts)
  }
}

extension RunStamp {
  /// As a run's files are now.
  init(_ id: RunID, in store: Folder, _ own: Folder, doing: String) throws {
    folder = try store.neededStatus(id.text, doing: doing)
    run = try store.neededStatus(id.text + "/" + Snapshot.fileName, doing: doing)
    labels = store.status(id.text + "/" + Labels.fileName)
    journals = try own.list(doing: doing).compactMap { JournalFile.number(of: $0.name) }.sorted().map { number in
      Journal(number: number, status: try store.neededStatus(id.text + "/" + JournalFile.name(number), doing: doing))
    }
  }

  /// Whether a run's files are still so. While its folder is the same, no other journals are in it.
  fileprivate func fits(_ id: RunID, in store: Folder) -> Bool {
    store.status(id.text) == folder && store.status(id.text + "/" + Snapshot.fileName) == run
      && store.status(id.text + "/" + Labels.fileName) == labels
      && journals.allSatisfy { store.status(id.text + "/" + JournalFile.name($0.number)) == $0.status }
  }
}

extension Catalogue {
  /// The catalogue of a store; nil where there is none that can be used.
  static func find(in store: Folder, doing: String) -> Catalogue? {
    do {
      guard let file = try store.openIfPresent(fileName, doing: doing) else { return nil }
      return try Catalogue(encoded: file.readAll(doing: doing))
    } catch {
      return nil
    }
  }

  /// Puts this catalogue in the place of the old one, if that is possible. It need not survive a power cut: its checksum
  /// tells, and it is made again.
  func keep(in store: Folder, process: Int32, doing: String) {
    let aside = Self.asidePrefix + String(process)
    do {
      try store.removeIfThere(aside, doing: doing)
      let file = try store.open(aside, .createNew, doing: doing)
      try file.write(encoded, at: 0, doing: doing)
      try store.rename(aside, to: Self.fileName, doing: doing)
      // What killed processes left. One that is still at it does without.
      for entry in try store.list(doing: doing) where entry.kind == .file && entry.name.hasPrefix(Self.asidePrefix) {
        try store.removeIfThere(entry.name, doing: doing)
      }
    } catch {
      // A store that is not ours to write, or a full disk: the next look does without.
      do { try store.removeIfThere(aside, doing: doing) } catch {}
    }
  }
}

extension Folder {
  /// What is known of a file or folder below this one; nil where the system does not say. Without the number of its
  /// names, which for a folder says nothing.
  fileprivate func status(_ path: String) -> FileStatus? {
    do {
      var status = try system.status(path, in: descriptor)
      status.links = 1
      return status
    } catch {
      return nil
    }
  }

  fileprivate func neededStatus(_ path: String, doing: String) throws -> FileStatus {
    var status = try attempt(doing, self.path(of: path)) { () throws(SystemFailure) in
      try system.status(path, in: descriptor)
    }
    status.links = 1
    return status
  }

  /// False only where the system says that there is no such thing.
  func mayHave(_ path: String) -> Bool {
    do {
      _ = try attempt("looking", path) { () throws(SystemFailure) in try system.status(path, in: descriptor) }
      return true
    } catch let error as StoreError where error.code == .notFound || error.code == .damaged {
      return false
    } catch {
      return true
    }
  }
}
