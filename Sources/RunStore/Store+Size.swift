// How much room runs take.

extension Store {
  /// The bytes of all files in a run's folder, as their lengths say.
  public func byteCount(of id: RunID) throws -> Int {
    let doing = "measuring run \(id)"
    return try folder(of: id, doing: doing).byteCount(doing: doing)
  }
}

extension Folder {
  /// A file that goes while one looks counts nothing.
  fileprivate func byteCount(doing: String) throws -> Int {
    var sum = 0
    for entry in try list(doing: doing) {
      do {
        switch entry.kind {
        case .folder: sum += try folder(entry.name, doing: doing).byteCount(doing: doing)
        case .file: sum += try open(entry.name, .read, doing: doing).status(doing: doing).size
        case .other: break
        }
      } catch let error as StoreError where error.code == .notFound {}
    }
    return sum
  }
}
