internal import RunSchema
import RunStore

/// Why two runs part: the first thing that differs in what they are and that can change a bit.
package enum Cause: Equatable, Sendable {
  case recipe([String])
  case seed
  /// A different start: the parent of a fork, the frozen optimizer of a self-training.
  case start([String])
  case numerics
  /// The programs differ although they name the same numerics version.
  case code([String])
  /// A file is not what was written.
  case damage(String)
  /// Nothing differs that may change a bit.
  case brokenPromise

  /// From what differs in the facts of two runs; damage is found elsewhere.
  init(_ left: ComparedRun, _ right: ComparedRun) {
    func differing(_ section: Fact.Section) -> [String] {
      Differences.keys(of: section, in: [left, right]).filter { !Differences.isSame($0, in: [left, right]) }
    }
    let recipe = differing(.recipe).filter { key in
      [left, right].contains { $0.fact(key)?.changesNoBit == false }
    }
    // Theta_0 follows from recipe, seed and numerics: by itself it is what is to be explained.
    // Nor is it one to be the other's fork: its state is the parent's.
    let start =
      Self.isFork(left, of: right) || Self.isFork(right, of: left)
      ? [] : differing(.start).filter { ["first_iteration", "relation", "parent", "frozen_theta"].contains($0) }
    let code = differing(.code)
    if !recipe.isEmpty {
      self = .recipe(recipe)
    } else if !differing(.seed).isEmpty {
      self = .seed
    } else if !differing(.numerics).isEmpty {
      self = .numerics
    } else if !start.isEmpty {
      self = .start(start)
    } else if !code.isEmpty {
      self = .code(code)
    } else {
      self = .brokenPromise
    }
  }

  private static func isFork(_ run: ComparedRun, of other: ComparedRun) -> Bool {
    run.fact("relation")?.cell == .text("fork") && run.run.description.lineage.contains { $0.run == other.id.text }
  }

  package var key: String {
    switch self {
    case .recipe: "recipe"
    case .seed: "seed"
    case .start: "start"
    case .numerics: "numerics"
    case .code: "code"
    case .damage: "damage"
    case .brokenPromise: "broken_promise"
    }
  }

  func words(_ left: ComparedRun, _ right: ComparedRun) -> String {
    func both(_ keys: [String]) -> String {
      keys.prefix(4).map { key in
        let values = [left, right].map {
          $0.fact(key)?.cell.isMissing == false ? $0.fact(key)!.cell.exactOrText : "(not set)"
        }
        return "\(key) \(values[0]) / \(values[1])"
      }.joined(separator: ", ") + (keys.count > 4 ? ", and \(keys.count - 4) more" : "")
    }
    switch self {
    case .recipe(let fields): return "the recipes differ: " + both(fields)
    case .seed: return "the seeds differ: \(left.seed) / \(right.seed)"
    case .start(let facts): return "they start from different states: " + both(facts)
    case .numerics:
      return "the numerics differ, so other bits are expected: " + both(["numerics_version", "randomness"])
    case .code:
      return "the programs differ although both say numerics version "
        + (left.fact("numerics_version")?.cell.exact ?? "")
        + ": one changed the bits without saying so; recipe and seed are the same"
    case .damage(let words): return "damaged data: " + words
    case .brokenPromise:
      return "none: recipe, seed, start, numerics and program are the same, so the bits should be; a broken promise."
        + " Run runs verify on both, and report the one that fails"
    }
  }
}

extension Cell {
  fileprivate var exactOrText: String {
    switch self {
    case .text(let text): text.count > 20 ? text.prefix(12) + "…" : text
    default: exact
    }
  }
}
