internal import RunSchema
package import RunStore

/// The runs that a run comes from and those that come from it, as far as the store has them.
package struct LineageTree: Sendable {
  struct Node: Sendable {
    let id: String
    /// How many parents lie above it.
    let depth: Int
    let label: String
    let detail: String
    let isSubject: Bool
    /// Where its parent stands in the list; nil for the first.
    let parent: Int?
  }

  /// Parents before their children, the whole of a branch before the next.
  let nodes: [Node]
  /// How many more there are than the tree shows.
  let leftOut: Int

  private static let mostNodes = 40

  /// - Parameter all: the runs of the store.
  package init(of subjects: [RunID], in all: [RunOverview]) {
    let runs = Dictionary(all.map { ($0.id.text, $0) }) { first, _ in first }
    let parents = runs.compactMapValues { $0.origin }
    var children: [String: [String]] = [:]
    for (id, parent) in parents { children[parent.run, default: []].append(id) }
    var roots: [String] = []
    for subject in subjects {
      var (root, seen) = (subject.text, Set<String>())
      // A file could name a run as its own ancestor.
      while let parent = parents[root]?.run, seen.insert(root).inserted { root = parent }
      if !roots.contains(root) { roots.append(root) }
    }
    let wanted = Set(subjects.map(\.text))
    var (nodes, met, leftOut) = ([Node](), Set<String>(), 0)
    var stack = roots.reversed().map { (id: $0, depth: 0, parent: Int?.none) }
    while let (id, depth, parent) = stack.popLast() {
      guard met.insert(id).inserted else { continue }
      if nodes.count < Self.mostNodes || wanted.contains(id) {
        nodes.append(
          Self.node(id, runs[id], parents[id], depth: depth, parent: parent, isSubject: wanted.contains(id)))
      } else {
        leftOut += 1
      }
      let place = nodes.count - 1
      for child in (children[id] ?? []).sorted().reversed() { stack.append((child, depth + 1, place)) }
    }
    (self.nodes, self.leftOut) = (nodes, leftOut)
  }

  private static func node(
    _ id: String, _ overview: RunOverview?, _ origin: Lineage?, depth: Int, parent: Int?, isSubject: Bool
  ) -> Node {
    guard let overview else {
      return Node(id: id, depth: depth, label: id, detail: "not in this store", isSubject: isSubject, parent: parent)
    }
    let label = overview.labels.name.map { "\($0) (\(id))" } ?? id
    var parts: [String] = []
    if overview.damage == nil {
      if let origin { parts.append("\(overview.relation ?? "from") at \(origin.iteration)") }
      parts += [counted(overview.iterations ?? 0, "iteration"), overview.status]
    } else {
      parts.append("damaged")
    }
    return Node(
      id: id, depth: depth, label: label, detail: parts.joined(separator: ", "), isSubject: isSubject, parent: parent)
  }

  /// Whether any run there comes from another.
  var isWorthDrawing: Bool { nodes.contains { $0.parent != nil } }

  /// The tree as SVG for a page: a line a run, indented below its parent.
  func svg(width: Int, theme: Theme, prefix: String) -> String {
    let style = SVGStyle(theme)
    let (row, indent, size) = (
      40.0, min(26, (Double(width) * 0.4) / Double(max(1, nodes.map(\.depth).max() ?? 1))), 13.0
    )
    let height = XMLWriter.number(row * Double(nodes.count) + 4)
    var writer = XMLWriter()
    writer.element(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("width", "\(width)"), ("height", height),
        ("viewBox", "0 0 \(width) \(height)"), ("role", "img"), ("aria-labelledby", "\(prefix)-title"),
        ("font-family", SVGStyle.fonts),
      ]
    ) { writer in
      writer.element("title", [("id", "\(prefix)-title")], text: "Lineage")
      for (index, node) in nodes.enumerated() {
        let (x, y) = (9 + Double(node.depth) * indent, Double(index) * row + 16)
        if let parent = node.parent {
          let (px, py) = (9 + Double(nodes[parent].depth) * indent, Double(parent) * row + 16)
          writer.element(
            "path",
            [
              (
                "d",
                "M\(XMLWriter.number(px)) \(XMLWriter.number(py + 6))V\(XMLWriter.number(y))H\(XMLWriter.number(x - 6))"
              ),
              ("fill", "none"),
            ] + style.stroke(.quiet))
        }
        writer.element(
          "circle",
          [("cx", XMLWriter.number(x)), ("cy", XMLWriter.number(y)), ("r", node.isSubject ? "6" : "4.5")]
            + style.dot(node.isSubject ? .numbered(1) : .muted))
        let room = Double(width) - x - 14
        for (line, text) in [node.label, node.detail].enumerated() {
          writer.element(
            "text",
            [
              ("x", XMLWriter.number(x + 13)), ("y", XMLWriter.number(y + 4.5 + Double(line) * 15)),
              ("font-size", line == 0 ? "13" : "11.5"),
            ] + (line == 0 && node.isSubject ? [("font-weight", "600")] : []) + style.fill(line == 0 ? .text : .quiet),
            text: TextMetrics.fitted(text.shown, to: room / 1.08, size: line == 0 ? size : 11.5))
        }
      }
    }
    return writer.text
  }
}
