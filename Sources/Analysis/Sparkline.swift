/// A curve in one line of text: means of equal parts, from the least to the greatest in eight steps.
package struct Sparkline: Sendable {
  private static let steps = Array("▁▂▃▄▅▆▇█")

  package let text: String

  /// Values that are no finite numbers are blanks.
  package init(_ values: [Double], width: Int) {
    let count = min(width, values.count)
    let means = (0..<count).map { part -> Double in
      let range = part * values.count / count..<(part + 1) * values.count / count
      return values[range].reduce(0, +) / Double(range.count)
    }
    let finite = means.filter(\.isFinite)
    guard let least = finite.min(), let greatest = finite.max() else {
      text = ""
      return
    }
    let span = greatest - least
    text = String(
      means.map { mean -> Character in
        guard mean.isFinite else { return " " }
        let level = span > 0 ? (mean - least) / span : 0
        return Self.steps[min(Self.steps.count - 1, Int(level * Double(Self.steps.count)))]
      })
  }
}
