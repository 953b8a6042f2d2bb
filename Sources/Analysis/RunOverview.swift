package import RunSchema
package import RunStore

/// A run in short: what lists show, filters ask for and tables are sorted by. A damaged run has one too, and says so.
package struct RunOverview: Sendable {
  package let id: RunID
  package let labels: Labels
  /// What is wrong with the run or its labels; nil where nothing is.
  package let damage: StoreError?
  /// One word: running, finished, interrupted, failed, died, or damaged.
  package let status: String
  package let recipeName: String?
  package let recipe: RecipeFields?
  package let seed: UInt64?
  package let numerics: String?
  package let generation: Int?
  /// The run it started from.
  package let parent: String?
  /// The checkpoint it started from, and how: fork, self-train.
  package let origin: Lineage?
  package let relation: String?
  /// Of all records; nil for a run on its way.
  package let recordsDigest: String?
  /// Outer iterations done before the first record, done in all, and planned by the recipe.
  package let firstIteration: Int?
  package let iterations: Int?
  package let planned: Int?
  package let lastLoss: Double?
  /// The lowest smoothed outer loss, and the outer iteration after which it was reached.
  package let best: (loss: Double, iteration: Int)?
  /// Seconds since 1970, UTC.
  package let created: Double?

  /// All runs of a store, oldest first. Of runs that are as they were at the last look no file is read.
  package static func all(in store: Store) throws -> [RunOverview] {
    var recipes = RecipeCache()
    return try store.summaries(summarizer).map { RunOverview($0, &recipes) }
  }

  /// One run, read for the purpose.
  package init(_ run: Run, _ labels: Labels) {
    var recipes = RecipeCache()
    var facts: RunFacts?
    var damage: StoreError?
    do {
      facts = try Self.facts(of: run)
    } catch let error as StoreError {
      damage = error
    } catch {
      damage = StoreError(.damaged, doing: "reading run \(run.id)", file: run.path, underlying: "\(error)")
    }
    self.init(
      RunSummary(
        id: run.id, labels: labels, status: run.status, recordCount: run.recordCount,
        created: run.events.first?.secondsSince1970, parent: run.description.lineage.first, facts: facts,
        damage: damage), &recipes)
  }

  private init(_ summary: RunSummary, _ recipes: inout RecipeCache) {
    func text(_ fact: TextFact) -> String? { summary.facts?.texts[fact.rawValue] }
    func number(_ fact: NumberFact) -> Double? { summary.facts?.numbers[fact.rawValue] }
    func integer(_ fact: NumberFact) -> Int? { number(fact).flatMap { Int(exactly: $0) } }
    let first = integer(.firstIteration)
    id = summary.id
    labels = summary.labels
    damage = summary.damage
    status = damage == nil ? summary.status?.word ?? "damaged" : "damaged"
    recipeName = text(.recipeName)
    recipe = text(.recipe).flatMap { recipes.fields(of: $0) }
    seed = text(.seed).flatMap { UInt64($0) }
    numerics = text(.numerics)
    parent = summary.parent?.run
    origin = summary.parent
    relation = text(.relation)
    recordsDigest = text(.recordsDigest)
    generation = integer(.generation)
    firstIteration = first
    iterations = summary.recordCount.map { (first ?? 0) + $0 }
    planned = integer(.planned)
    lastLoss = number(.lastLoss)
    if let loss = number(.bestLoss), let iteration = integer(.bestIteration) {
      best = (loss, iteration)
    } else {
      best = nil
    }
    created = summary.created
  }
}

// What the store keeps of each run for its lists.
extension RunOverview {
  private enum TextFact: Int, CaseIterable {
    case recipeName, recipe, seed, numerics, relation, recordsDigest
  }

  private enum NumberFact: Int, CaseIterable {
    case generation, firstIteration, planned, lastLoss, bestLoss, bestIteration
  }

  /// A new number for whatever changes in `facts`.
  private static let summarizer = Summarizer(name: "runs/overview/2") { try facts(of: $0) }

  private static func facts(of run: Run) throws -> RunFacts {
    let identity = run.identity
    let first = identity.integer(IdentityNames.firstIteration)
    let losses = try run.column("records", "outer_loss").doubles ?? []
    let best = SmoothedLoss(losses).best
    return RunFacts(
      texts: try TextFact.allCases.map { fact in
        switch fact {
        case .recipeName: identity.text(IdentityNames.recipeName)
        case .recipe: identity.text(IdentityNames.recipeResolved)
        case .seed: identity.unsigned(IdentityNames.seed).map { String($0) }
        case .numerics: identity.text(IdentityNames.numericsVersion)
        case .relation: identity.text(IdentityNames.relation)
        // That of a run on its way would take all its records, and not hold for long.
        case .recordsDigest: run.publishedRecordCount == run.recordCount ? try run.recordsDigest().hex : nil
        }
      },
      numbers: NumberFact.allCases.map { fact in
        switch fact {
        case .generation: identity.integer(IdentityNames.generation).map { Double($0) }
        case .firstIteration: first.map { Double($0) }
        case .planned: planned(run).map { Double($0) }
        case .lastLoss: losses.last
        case .bestLoss: best?.value
        case .bestIteration: best.map { Double((first ?? 0) + $0.count) }
        }
      })
  }
}

extension RunOverview {
  /// The recipe's iterations, or what a resumption said instead.
  private static func planned(_ run: Run) -> Int? {
    if let total = ExtendedTotal.last(in: run.events) { return total }
    guard case .integer(let count)? = run.identity.recipe?["iterations"] else { return nil }
    return count
  }
}

/// Recipes by their text, each parsed once: runs of a store share most of theirs.
private struct RecipeCache {
  private var known: [String: RecipeFields] = [:]

  /// Nil for what is no JSON.
  mutating func fields(of text: String) -> RecipeFields? {
    if let fields = known[text] { return fields }
    do {
      let fields = RecipeFields(try JSONParser.parse(text))
      known[text] = fields
      return fields
    } catch {
      return nil
    }
  }
}

// Fields by name.
extension RunOverview {
  /// Names that filters and sorting know besides those of the recipe.
  package static let fieldNames = fieldSources.map(\.key)

  /// Where a field comes from.
  static let fieldSources: KeyValuePairs = [
    "id": "the name of the run's folder", "name": "labels.json", "group": "labels.json", "tag": "labels.json",
    "status": "the lock, and the last of run/events/kind", "recipe": "run/identity/recipe/name",
    "seed": "run/identity/seed", "iterations": "number of rows of run/records, and run/identity/first_iteration",
    "planned": "field iterations of the JSON document run/identity/recipe/resolved",
    "outer_loss": "last row of run/records/outer_loss",
    "best": "lowest moving average, decay \(SmoothedLoss.decay), of run/records/outer_loss",
    "best_iteration": "the outer iteration of best", "created": "first row of run/events/time",
    "numerics": "run/identity/numerics/version", "generation": "run/identity/origin/generation",
    "parent": "run/lineage/run",
  ]

  /// Other words for fields, as runs compare has them.
  private static let otherNames = ["recipe_name": "recipe", "tags": "tag", "numerics_version": "numerics"]

  /// The value of a field: one of `fieldNames`, or a path in the recipe. Nil for other names.
  package func field(_ name: String) -> Cell? {
    switch Self.otherNames[name] ?? name {
    case "id": .text(id.text)
    case "name": Cell(labels.name)
    case "group": Cell(labels.group)
    case "tag": .list(labels.tags)
    case "status": .text(status)
    case "recipe": Cell(recipeName)
    case "seed": seed.map { .unsigned($0) } ?? .missing
    case "iterations": Cell(iterations)
    case "planned": Cell(planned)
    case "outer_loss": Cell(lastLoss)
    case "best": Cell(best?.loss)
    case "best_iteration": Cell(best?.iteration)
    case "created": created.map { .instant($0) } ?? .missing
    case "numerics": Cell(numerics)
    case "generation": Cell(generation)
    case "parent": Cell(parent)
    default: recipe?[name]
    }
  }
}

extension RunOverview {
  /// A field's value and where in the run's files it stands; what is in no file has no source.
  func traced(_ name: String) -> Traced {
    let name = Self.otherNames[name] ?? name
    guard let cell = field(name), !cell.isMissing else { return .missing }
    guard damage == nil, let records = iterations.map({ $0 - (firstIteration ?? 0) }) else { return Traced(cell) }
    func source(_ dataset: String, _ rows: Range<Int>? = nil, _ formula: String = "the value") -> Traced {
      Traced(cell, Source(run: id.text, dataset: dataset, rows: rows, formula: formula))
    }
    let loss = "run/records/outer_loss"
    let average = "moving average, decay \(SmoothedLoss.decay)"
    return switch name {
    case "id": source("", nil, "the name of the run's folder")
    case "name", "group", "tag": source("", nil, "as labels.json in the run's folder says")
    case "status": source("run/events/kind", nil, "the last; running by the lock")
    case "recipe": source("run/identity/recipe/name")
    case "seed": source("run/identity/seed")
    case "iterations":
      source("run/records/iteration", 0..<records, "number of rows, and run/identity/first_iteration")
    case "planned":
      source(
        "run/identity/recipe/resolved", nil, "field iterations of the JSON document, or what resume --iterations said")
    case "outer_loss": source(loss, max(0, records - 1)..<records)
    case "best": source(loss, 0..<records, "lowest \(average)")
    case "best_iteration": source(loss, 0..<records, "outer iteration of the lowest \(average)")
    case "created": source("run/events/time", 0..<1, "seconds since 1970, as a date")
    case "numerics": source("run/identity/numerics/version")
    case "generation": source("run/identity/origin/generation")
    case "parent": source("run/lineage/run")
    default: source("run/identity/recipe/resolved", nil, "field \(name) of the JSON document")
    }
  }

  /// For the comment of a table.
  package var provenance: String {
    let digest = recordsDigest.map { ", records_sha256 \($0)" } ?? ""
    return "run \(id.text)\(labels.name.map { " (\($0))" } ?? ""): \(iterations ?? 0) outer iterations\(digest)"
  }
}

extension Cell {
  package init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
  package init(_ integer: Int?) { self = integer.map { .integer($0) } ?? .missing }
  package init(_ number: Double?) { self = number.map { .number($0) } ?? .missing }
}

extension RunStatus {
  /// One word for it.
  package var word: String {
    switch self {
    case .running: "running"
    case .finished: "finished"
    case .interrupted: "interrupted"
    case .failed: "failed"
    case .died: "died"
    }
  }

  /// All that it says.
  package var words: String {
    switch self {
    case .running(let pid, let host): "running (process \(pid) on \(host))"
    case .failed(let message): "failed: \(message)"
    case .died: "died (its process ended without sealing it; what was committed is whole)"
    case .finished, .interrupted: word
    }
  }
}

extension NamedArrays {
  package func text(_ name: String) -> String? {
    guard case .text(let values)? = self[name]?.values, values.count == 1 else { return nil }
    return values[0]
  }

  package func integer(_ name: String) -> Int? {
    switch self[name]?.values {
    case .int64(let values) where values.count == 1: Int(values[0])
    case .uint8(let values) where values.count == 1: Int(values[0])
    default: nil
    }
  }

  package func unsigned(_ name: String) -> UInt64? {
    guard case .uint64(let values)? = self[name]?.values, values.count == 1 else { return nil }
    return values[0]
  }

  /// The resolved recipe; nil where it is none or no JSON.
  package var recipe: JSONValue? {
    guard let text = text(IdentityNames.recipeResolved) else { return nil }
    do { return try JSONParser.parse(text) } catch { return nil }
  }
}
