/// `; did you mean X?` where a known name is near, else nothing.
package func suggestion(for name: String, among names: [String]) -> String {
  let near = names.map { ($0, editDistance($0, name)) }.min { $0.1 < $1.1 }
  guard let near, near.1 <= max(2, name.count / 3) else { return "" }
  return "; did you mean \(near.0)?"
}

/// Levenshtein's distance: insertions, deletions and replacements, one each.
private func editDistance(_ one: String, _ other: String) -> Int {
  let (a, b) = (Array(one), Array(other))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
