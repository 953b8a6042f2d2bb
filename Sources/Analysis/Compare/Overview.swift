internal import RunStore

/// What the first table of a comparison says of those that are compared, as quantities, so that each is traced.
extension Comparison {
  var overview: ComparisonSection {
    groups.isEmpty ? Self.overview(runs) : Self.overview(groups)
  }

  private static func overview(_ runs: [ComparedRun]) -> ComparisonSection {
    var section = ComparisonSection("Runs", key: "runs", kind: "run", subjects(runs))
    func quantity(_ label: String, _ value: (ComparedRun) -> Traced) -> Quantity {
      Quantity(label, hasChange: false, runs.map(value))
    }
    section.quantities = [
      quantity("recipe") { run in
        run.fact("recipe_name").map { Traced($0.cell, $0.source([run])) } ?? .missing
      },
      quantity("seed") { run in Traced(.unsigned(run.seed), run.fact("seed")?.source([run])) },
      quantity("status") { run in
        Traced(
          .text(run.status),
          Source(run: run.id.text, dataset: "run/events/kind", formula: "the last; running by the lock"))
      },
      quantity("iterations") { run in
        Traced(
          .integer(run.lastIteration),
          Source(
            run: run.id.text, dataset: "run/records/iteration", rows: 0..<run.recordCount,
            formula: "number of rows, and run/identity/first_iteration"))
      },
      quantity("started") { run in
        run.run.events.first.map {
          Traced(
            .instant($0.secondsSince1970),
            Source(run: run.id.text, dataset: "run/events/time", rows: 0..<1, formula: "seconds since 1970, as a date"))
        } ?? .missing
      },
    ]
    return section
  }

  private static func overview(_ groups: [RunGroup]) -> ComparisonSection {
    var section = ComparisonSection(
      "Groups", key: "groups", kind: "group", groups.map { .init(heading: $0.letter, key: $0.letter) })
    func source(_ group: RunGroup, _ formula: String) -> Source {
      Source(
        runs: group.runs.map(\.id.text), dataset: "run/identity/seed", formula: formula,
        parts: group.runs.map { .init(of: $0.id.text, rows: nil, value: .unsigned($0.seed)) })
    }
    section.quantities = [
      Quantity(
        "n", key: "runs", hasChange: false,
        groups.map { Traced(.integer($0.count), source($0, "number of runs, each seed once")) }),
      Quantity("seeds", hasChange: false, groups.map { Traced(.seeds($0.seeds), source($0, "the values")) }),
    ]
    return section
  }
}
