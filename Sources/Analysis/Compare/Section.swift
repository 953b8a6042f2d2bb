package import RunSchema

/// A part of a comparison: quantities of the same subjects, and what is to be said of them.
package struct ComparisonSection: Sendable {
  /// What a column of numbers is about: a run, a group of runs, or one of them against another.
  package struct Subject: Equatable, Sendable {
    package let heading: String
    /// The run's id, the group's letter, or the letters of two.
    package let key: String
  }

  package let title: String
  package let key: String
  package let subjects: [Subject]
  /// What a subject is: "run", "group", "pair".
  package let kind: String
  package var quantities: [Quantity] = []
  package var sentences: [String] = []
  /// Whether it says what was set rather than what came of it: then nothing there is "(not set)" and not "–".
  var isOfFacts = false

  init(_ title: String, key: String, kind: String, _ subjects: [Subject]) {
    self.title = title
    self.key = key
    self.kind = kind
    self.subjects = subjects
  }

  /// Up to three subjects have a column each; more have a row each.
  private static let greatestColumnCount = 3

  /// The table for people; nil where there is none.
  package var table: Table? {
    if quantities.isEmpty { return nil }
    return subjects.count <= Self.greatestColumnCount ? tall : wide
  }

  private var tall: Table {
    let showsChange = quantities.contains { !$0.change.isMissing }
    let unit = commonUnit
    // Names and digests read from the left, numbers from the right.
    let alignment: Table.Alignment = quantities.allSatisfy { $0.values.allSatisfy { !$0.cell.isText } } ? .right : .left
    var columns = [Table.Column("", key: "quantity")]
    columns += subjects.map { Table.Column($0.heading, alignment: alignment) }
    if showsChange { columns.append(.init("change", alignment: .right)) }
    var table = Table(tallHeading, columns: columns)
    for quantity in quantities {
      let label = quantity.unit.flatMap { Self.label(quantity.label, unit: $0, besides: unit) } ?? quantity.label
      var row = [Cell.text(label)] + quantity.values.map { shown($0.cell) }
      if showsChange { row.append(quantity.change.isMissing ? .text("") : quantity.change) }
      table.append(row)
    }
    return table
  }

  /// With the unit, or with what it has more than the one that stands behind the title; nil where that says it all.
  private static func label(_ label: String, unit: String, besides common: String?) -> String? {
    guard let common else { return "\(label) [\(unit)]" }
    if unit == common { return nil }
    return unit.hasPrefix(common + " ") ? "\(label) [\(unit.dropFirst(common.count + 1))]" : "\(label) [\(unit)]"
  }

  /// The unit that most quantities have, said once behind the title.
  private var commonUnit: String? {
    let counts = Dictionary(grouping: quantities.compactMap(\.unit)) { $0 }.mapValues(\.count)
    return counts.filter { 2 * $0.value > quantities.count }.keys.first
  }

  /// The title as people read it.
  package var heading: String { subjects.count <= Self.greatestColumnCount ? tallHeading : title }

  private var tallHeading: String { commonUnit.map { "\(title) [\($0)]" } ?? title }

  private var wide: Table {
    let columns = quantities.map { quantity in
      let isNumeric = quantity.values.allSatisfy { !$0.cell.isText }
      return Table.Column(
        quantity.label, unit: quantity.unit, alignment: isNumeric ? .right : .left, key: quantity.key)
    }
    var table = Table(title, columns: [.init(kind)] + columns)
    for (index, subject) in subjects.enumerated() {
      table.append([.text(subject.heading)] + quantities.map { shown($0.values[index].cell) })
    }
    return table
  }

  /// Said aloud where nothing is set.
  private func shown(_ cell: Cell) -> Cell {
    guard isOfFacts else { return cell }
    return cell.isMissing ? .text("(not set)") : cell == .list([]) ? .text("(none)") : cell
  }

  /// The same for programs, always with a list of values in the order of the subjects.
  package var json: JSONValue {
    .object([
      .init("title", .text(title)), .init("kind", .text(kind)),
      .init("subjects", .array(subjects.map { ["key": .text($0.key), "heading": .text($0.heading)] })),
      .init("quantities", .array(quantities.map(\.json))),
      .init("sentences", .array(sentences.map { .text($0) })),
    ])
  }
}

extension Quantity {
  fileprivate var json: JSONValue {
    .object([
      .init("key", .text(key)), .init("label", .text(label)), .init("unit", exactUnit.map { .text($0) } ?? .null),
      .init("values", .array(values.map(\.cell.json))), .init("change", change.json),
      .init("from", .array(values.map { $0.source?.json ?? .null })),
    ])
  }
}
