import ArgumentParser
import Experiments
import Foundation
import RunStore

extension CompletionKind {
  /// The ids and names of the store that the command line so far means.
  static let run = CompletionKind.custom { words, _, prefix in
    let given = words.firstIndex(of: "--store").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    let store = Store(at: StoreOptions.path(given: given))
    do {
      let ids = try store.ids()
      let names = try store.names().map(\.name)
      return (["latest"] + names + ids.map(\.text)).filter { $0.hasPrefix(prefix) }
    } catch {
      return []  // a shell that completes has no place for complaints
    }
  }
}
