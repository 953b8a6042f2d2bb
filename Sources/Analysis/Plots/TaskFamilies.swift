internal import RunSchema
internal import RunStore

/// The names of the task families of several runs, and where in the common list each run's own numbers point.
struct TaskFamilies {
  private(set) var names: [String] = []
  private var places: [String: Int] = [:]
  private var numbers: [RunID: [Int]] = [:]

  /// What numbers without a name are called.
  static let unknown = "without a name"

  init(_ runs: some Sequence<Run>) {
    for run in runs {
      var own: [String] = []
      if case .text(let texts)? = run.identity[IdentityNames.taskFamilies]?.values { own = texts }
      numbers[run.id] = own.map { place(of: $0) }
    }
    _ = place(of: Self.unknown)
  }

  private mutating func place(of name: String) -> Int {
    if let place = places[name] { return place }
    names.append(name)
    places[name] = names.count - 1
    return names.count - 1
  }

  /// What a run's column task_family holds for a name; nil where it holds nothing for it.
  func number(of name: String, in run: RunID) -> Int? {
    places[name].flatMap { place in numbers[run]?.firstIndex(of: place) }
  }

  /// The place in `names` of a value of the column task_family.
  func place(of value: Double, in run: RunID) -> Int {
    numbers[run]?.at(value) ?? places[Self.unknown]!
  }
}

extension Array {
  /// What lies at a place that a column gives; nil where the number is no place. A column may hold anything.
  func at(_ place: Double) -> Element? {
    place >= 0 && place < Double(count) ? self[Int(place)] : nil
  }
}
