// Made-up runs to draw, and what a picture's text says of itself.

import Analysis
import Foundation
import RunSchema
import RunStore
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A store of runs whose records follow formulas.
struct DrawnRuns {
  /// What would break out of its place if it could, and is long besides.
  static let hostile = "</title><script>alert(1)</script>\"' & \u{202E}\u{1B}[31m 漢字 $\\input{x}$ nan " + long
  private static let long = String(repeating: "wide name ", count: 8)

  private let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(at: folder.path)
  }

  struct Shape {
    var records = 40
    var families = ["quadratic", DrawnRuns.hostile, "mlp"]
    var loss: @Sendable (Int) -> Double = { 1 / (1 + 0.05 * Double($0)) + 0.05 * Double($0 * 7919 % 13) / 13 }
    var group: String?
    var name: String?
    var firstIteration = 0
    var parent: RunID?
  }

  private static let pairs = 4

  @discardableResult
  func add(_ shape: Shape, seed: UInt64 = 1) throws -> Run {
    let recipe: JSONValue = [
      "summary": .text(Self.hostile), "estimator": ["kind": "full_es", "pairs": 4],
      "tasks": [["family": "quadratic", "weight": .number(1)]], "iterations": .integer(shape.records),
    ]
    let identity = NamedArrays([
      .text(IdentityNames.recipeName, "a&b<c>"), .text(IdentityNames.recipeResolved, recipe.pretty),
      .text(IdentityNames.recipeGiven, "summary: \(Self.hostile)\nkind: <x>\n"),
      .text(IdentityNames.recipeOverrides, "a=</pre><b>"),
      .scalar(IdentityNames.seed, .uint64([seed])),
      .scalar(IdentityNames.firstIteration, .int64([Int64(shape.firstIteration)])),
      .text(IdentityNames.numericsVersion, "1"), .text(IdentityNames.codeRevision, "abc; rm -rf /"),
      NamedArray(IdentityNames.taskFamilies, shape: [shape.families.count], .text(shape.families)),
    ])
    let lineage = shape.parent.map { [Lineage(run: $0.text, iteration: 3, contents: Digest.of([]))] } ?? []
    let writer = try store.create(
      RunDescription(
        format: SchemaVersion.name, formatVersion: SchemaVersion.current, identity: identity,
        tables: RecordTables.all(pairs: Self.pairs), durability: .none, lineage: lineage),
      name: shape.name, group: shape.group)
    for index in 0..<shape.records { try writer.commit(Self.record(index, shape)) }
    try writer.finish(.finished)
    return try store.run(writer.id)
  }

  private static func record(_ index: Int, _ shape: Shape) -> Record {
    let loss = shape.loss(index)
    let tables = RecordTables.all(pairs: pairs).map { schema in
      schema.columns.map { column -> ArrayValues in
        let rows = 0..<schema.rowsPerRecord
        let n = Double(index)
        switch column.name {
        case "iteration": return .int64(rows.map { _ in Int64(shape.firstIteration + index + 1) })
        case "outer_loss": return .float64([loss])
        case "gradient_norm": return .float64([10 + n])
        case "clipped_share": return .float64([0.5])
        case "pair": return .int32(rows.map { Int32($0) })
        case "task_family", "last_task_family":
          return .int32(rows.map { Int32((index + $0 * 5) % max(1, shape.families.count)) })
        case "truncation": return .int64(rows.map { Int64(20 + $0) })
        case "inner_step": return .int64(rows.map { Int64((index * 20 + $0) % 100) })
        case "positive_loss": return .float64(rows.map { loss + 0.01 * Double(($0 * 31 + index * 17) % 11 - 5) })
        case "negative_loss": return .float64(rows.map { _ in loss })
        case "inner_steps": return .int64([320])
        case "seconds": return .float64([0.1 + 0.01 * Double(index % 7)])
        case "peak_memory": return .int64([80 << 20])
        default: break
        }
        switch column.type {
        case .float64: return .float64(rows.map { _ in 0.5 + 0.001 * n })
        case .int64: return .int64(rows.map { _ in 0 })
        case .int32: return .int32(rows.map { _ in 2 })
        case .uint64: return .uint64(rows.map { _ in .max })
        default: return .uint8(rows.map { UInt8($0 % 2) })
        }
      }
    }
    return Record(iteration: index + 1, tables: tables)
  }

  /// All runs of the store with their labels, oldest first.
  func all() throws -> [(run: Run, labels: Labels)] {
    try store.ids().sorted().map { (try store.run($0), try store.labels(of: $0)) }
  }
}

/// What must hold of every picture.
enum PictureCheck {
  /// Everything that a picture must be, whatever it shows.
  static func check(_ chart: Chart, width: Int, _ what: String) {
    let layout = ChartLayout(chart, width: width)
    let page = ChartLayout.Box(x: 0, y: 0, width: layout.width, height: layout.height)
    let boxes = layout.texts.map(\.box)
    for (index, text) in layout.texts.enumerated() {
      let box = boxes[index]
      #expect(
        box.x >= page.x - 0.5 && box.right <= page.right + 0.5 && box.y >= 0 && box.bottom <= page.bottom,
        "\(what), \(width): \(text.text) lies outside")
      let under = boxes[..<index].firstIndex { box.overlaps($0) }.map { layout.texts[$0].text }
      #expect(under == nil, "\(what), \(width): \(text.text) lies on \(under ?? "")")
      #expect(!layout.swatches.contains { box.overlaps($0.box) }, "\(what), \(width): \(text.text) lies on a swatch")
      #expect(!layout.frames.contains { box.overlaps($0.plot) }, "\(what), \(width): \(text.text) lies on the data")
    }
    for swatch in layout.swatches {
      #expect(layout.frames.allSatisfy { !swatch.box.overlaps($0.plot) }, "\(what): a swatch lies on the data")
    }
    let svg = SVGPicture(chart, width: width, theme: .auto).svg
    let parsed = ParsedXML(svg)
    #expect(parsed.isWellFormed, "\(what), \(width): \(parsed.problem)")
    #expect(parsed.badNumbers.isEmpty, "\(what), \(width): \(parsed.badNumbers.prefix(3))")
    #expect(!parsed.elements.contains { $0.name == "script" || $0.attributes.keys.contains { $0.hasPrefix("on") } })
    #expect(!svg.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x1B })
    if width == 360 { #expect(svg == SVGPicture(chart, width: width, theme: .auto).svg, "\(what): other bytes") }
    #expect(svg.utf8.count < 600_000, "\(what): \(svg.utf8.count) bytes")
  }
}

/// An XML document taken apart by Foundation's parser.
final class ParsedXML: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  private(set) var isWellFormed = false
  private(set) var problem = ""

  init(_ document: String) {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
    problem = parser.parserError.map { "\($0), line \(parser.lineNumber)" } ?? ""
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

extension ParsedXML {
  private static let numeric: Set<String> = [
    "x", "y", "width", "height", "d", "viewBox", "cx", "cy", "r", "font-size", "stroke-width",
  ]

  /// Attributes that should be numbers and hold something else.
  var badNumbers: [String] {
    elements.flatMap { element in
      element.attributes.filter { Self.numeric.contains($0.key) && $0.value != "100%" }.map(\.value).filter { value in
        let words = value.split { " MLHVZhvz".contains($0) }
        return words.contains { word in
          // "5h-4": the letters part them; a number follows each.
          Double(word).map { !$0.isFinite } ?? true
        }
      }
    }
  }
}
