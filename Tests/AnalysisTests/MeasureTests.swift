import Analysis
import Foundation
import RunStore
import Testing

/// Not a test of a limit but a measure, for whoever wants one: RUNS_MEASURE=FOLDER makes a store of 100 runs of 10,000 records
/// there, where there is none yet, and says how long comparing them takes in this build. The program itself is measured on
/// the same store: `time runs compare --store FOLDER 'iterations>0' --group-by estimator.kind`.
@Suite struct Measure {
  static let folder = ProcessInfo.processInfo.environment["RUNS_MEASURE"]

  @Test(.enabled(if: Measure.folder != nil, "set RUNS_MEASURE to a folder"))
  func comparingAHundredRunsOfTenThousandRecords() throws {
    let store = Store(at: try #require(Self.folder))
    if try store.ids().isEmpty {
      for number in 0..<100 {
        let offset = Double(number)
        var run = Synthetic(
          seed: UInt64(number / 2), records: 10_000, checkpointEvery: 5_000, name: "run\(number)",
          loss: { 1 / (Double($0) + offset) + 0.01 * sin(Double($0) * offset) },
          positive: { cos(Double($0 * 7 + $1) + offset) })
        if number.isMultiple(of: 2) { run.recipe = run.recipe.replacing("full_es", with: "persistent_es") }
        try run.write(in: store)
      }
    }
    let clock = ContinuousClock()
    var runs: [ComparedRun] = []
    let opening = try clock.measure { runs = try ComparedRun.all(store.ids().map { ($0, nil) }, in: store) }
    let grouped = try clock.measure {
      _ = try Comparison(groups: RunGroup.groups(of: runs, by: nil), metrics: [], along: .iterations).presentation
    }
    let single = try clock.measure { _ = try Comparison(runs, metrics: [], along: .iterations).presentation }
    print("opening \(opening), comparing in groups \(grouped), one by one \(single)")
    #expect(runs.count == 100)
  }

  /// In FOLDER/small a store of 1,000 runs, for lists and completion.
  @Test(.enabled(if: Measure.folder != nil, "set RUNS_MEASURE to a folder"))
  func listingAThousandRuns() throws {
    let store = Store(at: try #require(Self.folder) + "/small")
    for number in try store.ids().count..<1_000 {
      try Synthetic(seed: UInt64(number), records: 1, name: "run\(number)").write(in: store)
    }
    let clock = ContinuousClock()
    for look in ["first", "second"] {
      print("\(look) list", try clock.measure { _ = try RunOverview.all(in: store) })
    }
  }
}
