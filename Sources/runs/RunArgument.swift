import Analysis
import ArgumentParser
import Experiments
import Foundation
import RunSchema
import RunStore

extension CompletionKind {
  /// The ids and names of the store that the command line so far means; behind @ the moments of a run that are stored.
  static let run = CompletionKind.custom { words, _, prefix in
    let given = words.firstIndex(of: "--store").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    let store = Store(at: StoreOptions.path(given: given))
    do {
      if let at = prefix.firstIndex(of: "@") { return try moments(of: String(prefix[..<at]), in: store, prefix) }
      return (["latest"] + (try store.names().map(\.name)) + (try store.ids().map(\.text)))
        .filter { $0.hasPrefix(prefix) }
    } catch {
      return []  // a shell that completes has no place for complaints
    }
  }

  private static func moments(of name: String, in store: Store, _ prefix: String) throws -> [String] {
    let run = try store.run(try store.resolve(name))
    let first = run.identity.integer(IdentityNames.firstIteration) ?? 0
    return (["best"] + run.checkpoints.map { "\(first + $0.iteration)" }).map { "\(name)@\($0)" }
      .filter { $0.hasPrefix(prefix) }
  }

  /// The recipes that a bare name finds.
  static let recipe = CompletionKind.custom { _, _, prefix in
    RecipeLibrary.all().map(\.name).filter { $0.hasPrefix(prefix) }
  }

  /// Fields of runs that need no look into a run.
  static let field = CompletionKind.list(RunOverview.fieldNames)
}
