import RunStore

/// A copy of a run whose records or states somebody changed, with all checksums made anew: nothing but computing it again
/// can tell.
struct TamperedRun {
  var name: String
  /// Changes the values of a column of a record, by iteration, table and column.
  var record: (_ iteration: Int, _ table: String, _ column: String, ArrayValues) -> ArrayValues = { $3 }
  var state: (_ iteration: Int, NamedArray) -> NamedArray = { $1 }
  var omitsCheckpoint: (_ iteration: Int) -> Bool = { _ in false }

  @discardableResult
  func write(copyOf id: String, in store: TestStore) throws -> String {
    let store = Store(at: store.path)
    let original = try store.run(try store.resolve(id))
    let writer = try store.create(original.description, name: name)
    for number in 1...original.recordCount {
      var copy = try original.records(number..<number + 1)[0]
      for (table, schema) in original.tables.enumerated() {
        for (index, column) in schema.columns.enumerated() {
          copy.tables[table][index] = record(number, schema.name, column.name, copy.tables[table][index])
        }
      }
      try writer.commit(copy)
      guard let entry = original.checkpoints.first(where: { $0.iteration == number }), !omitsCheckpoint(number) else {
        continue
      }
      let arrays = try original.loadCheckpoint(entry).arrays.map { state(number, $0) }
      try writer.checkpoint(at: number, NamedArrays(arrays))
    }
    try writer.finish(.finished)
    return writer.id.text
  }
}
