import Foundation
import RunSchema

/// The figures of an earlier run of the bench, to compare with.
package struct BenchBaseline: Sendable {
  /// Of a figure: its value, and that a second of CPU time.
  private let values: [String: (value: Double, perCPUSecond: Double?)]

  /// Reads a report that was saved with `save`.
  package init(path: String) throws(ExperimentError) {
    let doing = "reading the baseline \(path)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ExperimentError(.notFound, doing: doing, problem: "there is no such file")
    }
    let document: JSONValue
    do {
      document = try JSONParser.parse(String(decoding: data, as: UTF8.self))
    } catch {
      throw ExperimentError(.malformed, doing: doing, problem: "\(error)")
    }
    guard document["schema"] == "runs/bench/1", case .array(let figures)? = document["figures"] else {
      throw ExperimentError(.malformed, doing: doing, problem: "this is no report of schema runs/bench/1")
    }
    var values: [String: (value: Double, perCPUSecond: Double?)] = [:]
    for figure in figures {
      guard case .text(let group)? = figure["group"], case .text(let name)? = figure["name"],
        let value = Self.number(figure["value"])
      else { throw ExperimentError(.malformed, doing: doing, problem: "a figure lacks its group, name or value") }
      values["\(group)/\(name)"] = (value, Self.number(figure["per_cpu_second"]))
    }
    self.values = values
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  /// How often better a figure is now, above 1 for faster or less; nil where the baseline has none of that name.
  package func ratio(of figure: BenchFigure) -> Double? {
    guard let then = values["\(figure.group)/\(figure.name)"] else { return nil }
    return figure.isRate ? figure.value / then.value : then.value / figure.value
  }

  /// The same by CPU time, which other programs disturb less.
  package func ratioOfCPU(of figure: BenchFigure) -> Double? {
    guard let now = figure.valuePerCPUSecond, let then = values["\(figure.group)/\(figure.name)"]?.perCPUSecond
    else { return nil }
    return now / then
  }
}

extension BenchReport {
  /// Writes the report down as a baseline.
  package func save(to path: String) throws(ExperimentError) {
    do {
      try Data((json.pretty + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ExperimentError(.cannotCreate, doing: "saving the baseline \(path)", problem: error.localizedDescription)
    }
  }
}
