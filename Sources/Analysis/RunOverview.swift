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
  /// Outer iterations done before the first record, done in all, and planned by the recipe.
  package let firstIteration: Int?
  package let iterations: Int?
  package let planned: Int?
  package let lastLoss: Double?
  /// The lowest smoothed outer loss, and the outer iteration after which it was reached.
  package let best: (loss: Double, iteration: Int)?
  /// Seconds since 1970, UTC.
  package let created: Double?

  package init(_ summary: RunSummary) {
    self.init(summary.run, id: summary.id, summary.labels, damage: summary.damage)
  }

  package init(_ run: Run, _ labels: Labels) { self.init(run, id: run.id, labels, damage: nil) }

  private init(_ run: Run?, id: RunID, _ labels: Labels, damage: StoreError?) {
    var damage = damage
    var losses: [Double] = []
    if let run {
      do {
        losses = try run.column("records", "outer_loss").doubles ?? []
      } catch let error as StoreError {
        damage = error
      } catch {
        damage = StoreError(.damaged, doing: "reading run \(id)", file: run.path, underlying: "\(error)")
      }
    }
    let identity = run?.identity
    let recipe = identity?.recipe
    let first = identity?.integer(IdentityNames.firstIteration)
    self.id = id
    self.labels = labels
    self.damage = damage
    status = damage == nil ? run?.status.word ?? "damaged" : "damaged"
    recipeName = identity?.text(IdentityNames.recipeName)
    self.recipe = recipe.map { RecipeFields($0) }
    seed = identity?.unsigned(IdentityNames.seed)
    numerics = identity?.text(IdentityNames.numericsVersion)
    generation = identity?.integer(IdentityNames.generation)
    parent = run?.description.lineage.first?.run
    firstIteration = first
    iterations = run.map { (first ?? 0) + $0.recordCount }
    planned = recipe?["iterations"].flatMap { if case .integer(let count) = $0 { count } else { nil } }
    lastLoss = losses.last
    best = SmoothedLoss(losses).best.map { ($0.value, (first ?? 0) + $0.count) }
    created = run?.events.first?.secondsSince1970
  }
}

// Fields by name.
extension RunOverview {
  /// Names that filters and sorting know besides those of the recipe.
  package static let fieldNames = [
    "id", "name", "group", "tag", "status", "recipe", "seed", "iterations", "planned", "outer_loss", "best",
    "best_iteration", "created", "numerics", "generation", "parent",
  ]

  /// The value of a field: one of `fieldNames`, or a path in the recipe. Nil for other names.
  package func field(_ name: String) -> Cell? {
    switch name {
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
