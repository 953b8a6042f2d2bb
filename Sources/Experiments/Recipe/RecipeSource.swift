import Yams

/// Where a recipe's fields came from, for messages: a file, and what `--set` changed in it.
struct RecipeSource {
  let name: String
  /// The fields that `--set` gave, as `estimator.pairs`.
  var overridden: [String] = []
}

/// A field given on the command line: `estimator.pairs=16`, `tasks.0.batch_size=64`.
package struct RecipeOverride: Equatable, Sendable {
  package let path: [String]
  package let value: String

  package init(path: [String], value: String) {
    self.path = path
    self.value = value
  }

  /// The override in a text `a.b=value`; nil where it is not of that form.
  package init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(path: path, value: String(text[text.index(after: equals)...]))
  }
}

extension Node {
  /// The tree with one value put in place; maps on the way are made where they are missing.
  func setting(_ path: ArraySlice<String>, to value: Node) -> Node? {
    guard let key = path.first else { return value }
    if case .sequence(var sequence) = self {
      guard let index = Int(key), sequence.indices.contains(index),
        let inner = sequence[index].setting(path.dropFirst(), to: value)
      else { return nil }
      sequence[index] = inner
      return .sequence(sequence)
    }
    var mapping = self.mapping ?? Node.Mapping([])
    if self.mapping == nil, self.null == nil { return nil }
    let inner = mapping[key] ?? Node.mapping(Node.Mapping([]))
    guard let changed = inner.setting(path.dropFirst(), to: value) else { return nil }
    mapping[key] = changed
    return .mapping(mapping)
  }
}
