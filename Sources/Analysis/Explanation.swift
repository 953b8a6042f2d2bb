package import RunSchema

/// One number of a table, and how to compute it again.
package struct Explanation: Sendable {
  /// What a number is called by: its name for programs first, then those for people.
  package struct Names: Sendable {
    let key: String
    let others: [String]

    package init(_ key: String, _ others: String...) { self.init(key, others) }

    init(_ key: String, _ others: [String]) {
      self.key = key
      self.others = others
    }

    /// As people read it in the table.
    var label: String { others.first ?? key }

    fileprivate func has(_ word: String) -> Bool { ([key] + others).contains { Explanation.plain($0) == word } }
  }

  /// The title of the table.
  let section: String
  /// What is counted or measured.
  let quantity: Names
  /// Of whom or what: a run, a group, an optimizer, a tensor.
  let subject: Names
  /// Of the number as programs get it.
  let unit: String?
  package let value: Traced
  /// The files that hold the dataset.
  let files: [String]

  package init(
    in section: String, _ quantity: Names, of subject: Names, unit: String? = nil, _ value: Traced,
    files: [String] = []
  ) {
    self.section = section
    self.quantity = quantity
    self.subject = subject
    self.unit = unit
    self.value = value
    self.files = files
  }
}

extension [Explanation] {
  /// The cells that `ROW:COLUMN` names, or `ROW` alone: by a quantity's name and a subject's, in either order; `all` for
  /// every number.
  package func named(_ cell: String) throws(AnalysisError) -> [Explanation] {
    // A unit in brackets may come along from the table.
    let parts = cell.split(separator: ":", maxSplits: 1).map {
      Explanation.plain($0.replacing(#/ \[[^\]]*\]$/#, with: ""))
    }
    let found = filter { explanation in
      let (row, column) = (explanation.quantity, explanation.subject)
      return switch parts.count {
      case 1: parts[0] == "all" || row.has(parts[0]) || column.has(parts[0])
      case 2: row.has(parts[0]) && column.has(parts[1]) || row.has(parts[1]) && column.has(parts[0])
      default: false
      }
    }
    guard found.isEmpty else { return found }
    throw AnalysisError(
      .usage, doing: "explaining \"\(cell)\"",
      problem: isEmpty
        ? "there is no number"
        : "no cell has that name"
          + suggestion(for: cell, among: flatMap { [$0.quantity.key, $0.subject.label] }),
      advice: isEmpty
        ? nil
        : "write ROW:COLUMN with \(Self.few(map(\.quantity.key))) and \(Self.few(map(\.subject.label))), or all")
  }

  /// Each once, and no more than a screen has room for.
  private static func few(_ words: [String]) -> String {
    var known: Set<String> = []
    let once = words.filter { known.insert($0).inserted }
    let more = once.count > 40 ? ["\(once.count - 40) more"] : []
    return "one of " + (once.prefix(40) + more).joined(separator: ", ")
  }

  /// For people.
  package var presentation: Presentation { Presentation(map(\.part)) }

  /// One line a cell, for programs that read tables.
  package var table: Table {
    var table = Table(columns: [
      .init("in", key: "section"), .init("quantity", key: "key"), .init("of", key: "subject"),
      .init("value", alignment: .right), .init("unit"), .init("runs"), .init("dataset"), .init("rows"),
      .init("formula"), .init("parts", alignment: .right),
    ])
    for cell in self {
      let source = cell.value.source
      table.append([
        .text(cell.section), .text(cell.quantity.key), .text(cell.subject.key), cell.value.cell, Cell(cell.unit),
        .list(source?.runs ?? []), Cell(source?.dataset),
        Cell(source?.rows.map { "\($0.lowerBound)..<\($0.upperBound)" }),
        Cell(source?.formula), .integer(source?.parts.count ?? 0),
      ])
    }
    return table
  }

  /// What stands beside the numbers on a page that says the runs elsewhere.
  var shortTable: Table {
    var table = Table(columns: [
      .init("number"), .init("of"), .init("value", alignment: .right), .init("dataset"), .init("rows"),
      .init("how it is made"),
    ])
    for cell in self {
      let source = cell.value.source
      table.append([
        .text(cell.quantity.label.trimmed), .text(cell.subject.label), cell.value.cell, Cell(source?.dataset),
        Cell(source?.rows.map { "\($0.lowerBound)..<\($0.upperBound)" }), Cell(source?.formula),
      ])
    }
    return table
  }

  /// As the document that programs get.
  package var json: JSONValue { ["schema": "runs/explain/1", "cells": .array(map(\.json))] }
}

extension Explanation {
  fileprivate static func plain(_ text: some StringProtocol) -> String {
    text.lowercased().split(separator: " ").joined(separator: " ")
  }

  package var part: Presentation.Part {
    var lines = [
      ("cell", "\(quantity.key):\(subject.key)"),
      ("value", value.cell.isMissing ? "–" : value.cell.exact + (unit.map { " [\($0)]" } ?? "")), ("in", section),
    ]
    if let source = value.source {
      lines.append(("formula", source.formula))
      if !source.dataset.isEmpty { lines.append(("dataset", source.dataset)) }
      if source.rows != nil || source.parts.isEmpty && !source.dataset.isEmpty {
        lines.append(("rows", Self.words(source.rows)))
      }
      for (index, part) in source.parts.enumerated() {
        let rows = part.rows.map { ", rows \(Self.words($0))" } ?? ""
        lines.append((index == 0 ? "parts" : "", "\(part.of): \(part.value.isMissing ? "–" : part.value.exact)\(rows)"))
      }
      for (index, file) in files.enumerated() { lines.append((index == 0 ? "of" : "", file)) }
    } else {
      lines.append(("from", "nothing: there is no such value"))
    }
    return .init("\(quantity.label.trimmed), \(subject.label)", findings: lines)
  }

  private static func words(_ rows: Range<Int>?) -> String {
    rows.map { "\($0.lowerBound)..<\($0.upperBound), counted from 0" } ?? "all"
  }

  package var json: JSONValue {
    [
      "section": .text(section), "key": .text(quantity.key), "label": .text(quantity.label),
      "unit": unit.map { .text($0) } ?? .null, "subject": .text(subject.key), "value": value.cell.json,
      "from": value.source?.json ?? .null, "files": .array(files.map { .text($0) }),
    ]
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
