// Columns of lists: small expressions over runs, and over groups of them.

import Analysis
import RunStore
import Testing

@Suite struct ListColumns {
  private func table(
    _ small: SmallStore, _ columns: String?, by fields: [String] = [], sort: String? = nil, limit: Int? = nil
  ) throws -> Table {
    let list = try RunList(
      try small.overviews(), matching: Filter(parsing: ""), sort: nil, limit: nil, now: Instant(1_800_000_000))
    return try RunTable(
      list, columns: try columns.map { try ListColumn.columns(parsing: $0) } ?? [], groupedBy: fields, sort: sort,
      limit: limit, reader: RunReader(small.store)
    ).table
  }

  /// Newest first: c, b, a.
  private func three() throws -> SmallStore {
    let small = try SmallStore()
    try small.add(losses: [3, 1, 2], name: "a", seed: 1)
    try small.add(losses: [5, 4], name: "b", seed: 2)
    try small.add(losses: [9, 7], name: "c", seed: 1, estimator: "persistent_es")
    return small
  }

  @Test(arguments: [
    ("name", ListColumn.Expression.name("name"), "name"),
    (" estimator.kind as kind ", .name("estimator.kind"), "kind"),
    ("outer_loss@300", .at("outer_loss", iteration: 300), "outer_loss@300"),
    ("min(outer_loss) as best", .reduced(.min, .name("outer_loss")), "best"),
    ("min outer_loss as best", .reduced(.min, .name("outer_loss")), "best"),
    ("mean ( min(outer_loss) )", .reduced(.mean, .reduced(.min, .name("outer_loss"))), "mean(min(outer_loss))"),
    ("sd(outer_loss@5)", .reduced(.sd, .at("outer_loss", iteration: 5)), "sd(outer_loss@5)"),
  ])
  func aColumnIsASmallExpression(_ text: String, _ expression: ListColumn.Expression, _ heading: String) throws {
    let column = try ListColumn(parsing: text)
    #expect(column.expression == expression && column.heading == heading)
  }

  @Test(arguments: [
    "", "min(", "min(x", "lowest(x)", "x@", "x@0", "x@y", "x@1@2", "min(x))", "a b c", "min(x) as", "a;b", "()",
  ])
  func whatIsNoColumnIsAnError(_ text: String) {
    #expect(throws: AnalysisError.self) { try ListColumn(parsing: text) }
  }

  @Test func aRowARunHoldsFieldsAndReductionsOverItsRecords() throws {
    let table = try table(
      three(), "name,estimator,min(outer_loss) as least,outer_loss@1,outer_loss@3,theta_norm,sd(outer_loss)")
    #expect(
      table.columns.map(\.heading)
        == ["name", "estimator", "least", "outer_loss@1", "outer_loss@3", "theta_norm", "sd(outer_loss)"])
    let a = table.rows[2]
    #expect(a[0] == .text("a") && a[1] == .text("full_es") && a[2] == .number(1))
    #expect(a[3] == .number(3) && a[4] == .number(2) && a[5] == .number(0.5) && a[6] == .number(1))
    #expect(table.rows[0][4] == .missing)
  }

  @Test func aRowAGroupReducesOverItsRuns() throws {
    let table = try table(
      three(), "mean(outer_loss),mean(min(outer_loss)) as least,seed,name,recipe,sum(iterations)",
      by: ["estimator.kind"])
    #expect(table.columns.map(\.heading).prefix(2) == ["estimator.kind", "n"])
    #expect(table.rows.count == 2)
    #expect(
      table.rows[1] == [
        .text("full_es"), .integer(2), .number(3), .number(2.5), .text("(varies)"), .text("(varies)"),
        .text("made-up"), .number(5),
      ])
    #expect(table.rows[0].prefix(5) == [.text("persistent_es"), .integer(1), .number(7), .number(7), .unsigned(1)])
  }

  @Test func groupsMayBeOfSeveralFields() throws {
    #expect(try table(three(), nil, by: ["estimator.kind", "seed"]).rows.count == 3)
    #expect(try table(three(), nil, by: ["recipe"]).rows.count == 1)
  }

  @Test func rowsAreSortedByAHeading() throws {
    let names = { (table: Table) in table.rows.map { $0[0] } }
    #expect(try names(table(three(), "name,min(outer_loss) as x", sort: "x")) == [.text("a"), .text("b"), .text("c")])
    #expect(try names(table(three(), "name,outer_loss@3 as x", sort: "-x"))[0] == .text("a"))
    #expect(try table(three(), "name,min(outer_loss) as x", sort: "-x", limit: 1).rows == [[.text("c"), .number(7)]])
    #expect(throws: RunListError.self) { try table(three(), "name", sort: "y") }
  }

  @Test func namesThatNoRunHasAreErrors() throws {
    #expect(throws: RunListError.self) { try table(three(), "nosuch") }
    #expect(throws: RunListError.self) { try table(three(), "min(name)") }
    #expect(throws: RunListError.self) { try table(three(), "estimator.nosuch") }
    #expect(throws: RunListError.self) { try table(three(), nil, by: ["estimator.nosuch"]) }
    #expect(throws: AnalysisError.self) { try table(three(), "mean(min(outer_loss))") }
  }

  @Test func aDamagedRunHasWhatIsKnownOfItAndNothingElse() throws {
    let small = try three()
    try small.damage("run.h5", of: try #require(try small.store.ids().last))
    let table = try table(small, "id,status,min(outer_loss)")
    #expect(table.rows[0][1] == .text("damaged") && table.rows[0][2] == .missing)
    #expect(table.rows[1][2] == .number(4))
  }

  @Test func aNameOfSeveralWordsIsKnownByItsInitialsToo() throws {
    let small = try three()
    let list = { (filter: String) in
      try RunList(
        small.overviews(), matching: Filter(parsing: filter), sort: nil, limit: nil, now: Instant(1_800_000_000)
      ).runs.compactMap(\.labels.name)
    }
    #expect(try list("estimator=pes") == ["c"])
    #expect(try list("estimator!=pes") == ["b", "a"])
    #expect(try list("estimator=fes") == ["b", "a"])
    #expect(try list("estimator=es").isEmpty)
  }
}
