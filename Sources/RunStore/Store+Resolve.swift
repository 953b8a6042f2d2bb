// From what people type to a run.

extension Store {
  static let latest = "latest"

  /// The run that a text means: an id, a name, the start of an id that only one run has, or `latest`.
  ///
  /// Throws `ambiguous` with the candidates, or `notFound`.
  public func resolve(_ reference: String) throws -> RunID { try resolve([reference])[0] }

  /// The runs that several texts mean, in their order. Folders and names are looked at once for all.
  public func resolve(_ references: [String]) throws -> [RunID] {
    var known = Known(ids: try ids())
    return try references.map { try resolve($0, &known) }
  }

  /// What is looked up once.
  private struct Known {
    let ids: [RunID]
    var names: [(id: RunID, name: String)]?
  }

  private func resolve(_ reference: String, _ known: inout Known) throws -> RunID {
    let doing = "looking for run \(reference)"
    let ids = known.ids
    func nothing(_ advice: String) -> StoreError {
      StoreError(.notFound, doing: doing, file: path, found: "\(ids.count) runs, none of them that", advice: advice)
    }
    if reference == Self.latest {
      guard let last = ids.last else { throw nothing("make one first") }
      return last
    }
    if let exact = ids.first(where: { $0.text == reference }) { return exact }
    if !ids.isEmpty, Labels.isName(reference) {
      let names = try known.names ?? names(of: ids, in: folder(doing: doing), doing: doing)
      known.names = names
      let named = names.filter { $0.name == reference }.map(\.id)
      if !named.isEmpty { return try single(named, doing: doing) }
    }
    let fitting = ids.filter { !reference.isEmpty && $0.text.hasPrefix(reference) }
    guard !fitting.isEmpty else {
      throw nothing("give an id, the start of one, a name, or \(Self.latest); list the runs to see them")
    }
    return try single(fitting, doing: doing)
  }

  private func single(_ candidates: [RunID], doing: String) throws -> RunID {
    guard candidates.count > 1 else { return candidates[0] }
    throw StoreError(
      .ambiguous(candidates.map(\.text)), doing: doing, file: path, advice: "give more letters of the one you mean")
  }
}
