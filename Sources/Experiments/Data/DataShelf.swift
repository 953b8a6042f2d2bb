import DataSets
package import RunStore
import Synchronization
import Tasks

/// The data sets that recipes can name: those that come with the program, and those of a store. Each is read once.
package final class DataShelf: Sendable {
  /// What a run was computed from, for one that is taken up again.
  struct Recorded: Sendable {
    let run: String
    /// Digests by name.
    let digests: [String: String]
  }

  /// nil: only those that come with the program.
  private let store: Store?
  /// Other data than these are refused.
  private let recorded: Recorded?
  private let loaded = Mutex<[String: LoadedData]>([:])

  package init(_ store: Store? = nil) {
    self.store = store
    recorded = nil
  }

  init(_ store: Store?, recorded: Recorded?) {
    self.store = store
    self.recorded = recorded
  }

  /// The shelf without anything recorded, for another run.
  func forNewRuns() -> DataShelf { recorded == nil ? self : DataShelf(store) }

  /// The data set of a name.
  ///
  /// Throws `notFound` where there is none, and `unfit` where a run needs one that is not there or has another digest.
  func data(_ name: String) throws -> LoadedData {
    if let known = loaded.withLock({ $0[name] }) { return known }
    let data = try BundledData(rawValue: name)?.loaded() ?? registered(name)
    if let recorded, let digest = recorded.digests[name], digest != data.digest {
      throw ExperimentError(
        .unfit, doing: "reading run \(recorded.run)",
        problem: "it was computed from the data set \(name) with \(digest); the one in the store has \(data.digest)",
        advice: "to go on, put back what it was made of: runs data rm \(name), then \(DataAdvice.call(name))")
    }
    loaded.withLock { $0[name] = data }
    return data
  }

  /// Images by a name.
  func images(_ name: String) throws -> TaskSetImages {
    guard case .images(let images) = try data(name).content else { throw wrongContent(name, "images") }
    return images
  }

  func corpus(_ name: String) throws -> TextCorpus {
    guard case .texts(let corpus) = try data(name).content else { throw wrongContent(name, "texts") }
    return corpus
  }

  /// Images or rows of a table as vectors, and their split.
  func vectors(_ name: String) throws -> (DataSet, Partition) {
    switch try data(name).content {
    case .images(let images): (images.dataSet, images.partition)
    case .table(let table, let partition): (table, partition)
    case .texts: throw wrongContent(name, "images or a table")
    }
  }

  private func wrongContent(_ name: String, _ expected: String) -> ExperimentError {
    ExperimentError(
      .malformed, doing: "drawing tasks on the data set \(name)", problem: "it holds no \(expected)",
      advice: "see runs data show \(name)")
  }

  private func registered(_ name: String) throws -> LoadedData {
    guard let store, Store.isDataName(name), try store.dataNames().contains(name) else { throw absent(name) }
    let (head, contents) = try store.data(name)
    return try RegisteredDataReader(name: name, file: store.dataPath(name), head: head, contents: contents).loaded()
  }

  private func absent(_ name: String) -> ExperimentError {
    let place = store.map { "the store \($0.path)" } ?? "what comes with the program"
    guard let recorded, let digest = recorded.digests[name] else {
      return ExperimentError(
        .notFound, doing: "looking for the data set \(name)", problem: "\(place) has none of that name",
        advice: DataAdvice.howToAdd(name))
    }
    return ExperimentError(
      .unfit, doing: "reading run \(recorded.run)",
      problem: "it was computed from the data set \(name) with \(digest), and \(place) has none of that name",
      advice: DataAdvice.howToAdd(name))
  }
}

/// How data sets that recipes name come into a store.
enum DataAdvice {
  static func howToAdd(_ name: String) -> String { "add it: \(call(name))" }

  /// The command with what its path is.
  static func call(_ name: String) -> String { "runs data add \(name) PATH, where PATH is \(wanted(name))" }

  /// What a data set that TaskSet names is made of; what any may be made of for other names.
  private static func wanted(_ name: String) -> String {
    switch TaskSet.ImageDataSet.Name.allCases.first(where: { $0.dataSetName == name }) {
    case .mnist: DataKind.idx.summary
    case .fashionMNIST: DataKind.idx.summary + " (Debian: dataset-fashion-mnist, /usr/share/datasets/fashion-mnist)"
    case .cifar10: DataKind.cifar10.summary
    case .cifar100: DataKind.cifar100.summary
    case .imageNet16, .imageNet32: DataKind.imagenet.summary
    case .coil100, .deepWeeds, .food101, .sun397: DataKind.pictures.summary + ", 32 x 32"
    case nil: "one of what runs help data add lists"
    }
  }
}

extension TaskSet.ImageDataSet.Name {
  /// The name that this data set has in a store, where no name has a slash.
  var dataSetName: String { rawValue.replacing("/", with: "_") }
}
