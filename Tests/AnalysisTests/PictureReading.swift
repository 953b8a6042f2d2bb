// A picture read as a reader does: from its ticks what a place means, from its lines the numbers drawn.

import Analysis
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What stands in an SVG of ours, in the units of its axes.
struct PictureReading {
  struct Line {
    let points: [Point]
    let colour: String
    let isFaint: Bool
  }

  /// What a panel shows. Lines, bands and bars are what is drawn inside its frame.
  struct Panel {
    fileprivate(set) var title = ""
    let x: Axis
    let y: Axis
    fileprivate(set) var lines: [Line] = []
    /// Areas as their outlines: the upper edge from left to right, then the lower from right to left.
    fileprivate(set) var bands: [[Point]] = []
    fileprivate(set) var layers: [[Point]] = []
    /// Left, right and height.
    fileprivate(set) var bars: [(left: Double, right: Double, height: Double)] = []
    fileprivate(set) var contours: [Line] = []
    fileprivate(set) var dots: [Point] = []

    var strong: [Line] { lines.filter { !$0.isFaint } }
    var faint: [Line] { lines.filter(\.isFaint) }
  }

  /// A line through the ticks, of the value or of its logarithm.
  struct Axis {
    let isLogarithmic: Bool
    private let origin: Double
    private let slope: Double

    /// - Parameter ticks: places in pixels and the numbers written there.
    init?(_ ticks: [(place: Double, value: Double)]) {
      guard ticks.count > 1 else { return nil }
      let fits = [false, true].compactMap { isLogarithmic -> (Bool, Double, Double, Double)? in
        if isLogarithmic, ticks.contains(where: { $0.value <= 0 }) { return nil }
        let values = ticks.map { isLogarithmic ? log10($0.value) : $0.value }
        let slope = (values.last! - values[0]) / (ticks.last!.place - ticks[0].place)
        let miss = zip(ticks, values).map { abs($1 - values[0] - slope * ($0.place - ticks[0].place)) / abs(slope) }
        return (isLogarithmic, values[0] - slope * ticks[0].place, slope, miss.max()!)
      }
      guard let best = fits.min(by: { $0.3 < $1.3 }), best.3 < 0.5 else { return nil }
      (isLogarithmic, origin, slope) = (best.0, best.1, best.2)
    }

    func value(_ place: Double) -> Double {
      isLogarithmic ? pow(10, origin + slope * place) : origin + slope * place
    }

    /// How far two values lie apart on the picture.
    func pixels(_ a: Double, _ b: Double) -> Double {
      abs((isLogarithmic ? log10(a) - log10(b) : a - b) / slope)
    }
  }

  private(set) var panels: [Panel] = []
  /// Of texts, in their order.
  private(set) var texts: [String] = []

  init(_ chart: Chart, width: Int = 800) throws {
    let svg = SVGPicture(chart, width: width, theme: .light).svg
    let root = try #require(Node.parse(svg), "the picture is no XML")
    let labels = root.children.filter { $0.name == "text" }
    texts = labels.map(\.text)
    for (index, node) in root.children.enumerated() where node.name == "svg" {
      let grid = root.children[index - 1].attributes["d"] ?? ""
      var panel = try Self.panel(Box(node), grid, labels)
      panel.title = Self.title(above: Box(node), labels)
      for child in node.children { try Self.add(child, Box(node), to: &panel) }
      panels.append(panel)
    }
  }

  fileprivate struct Box {
    let x: Double
    let y: Double
    let width: Double
    let height: Double

    init(_ node: Node) {
      x = node.number("x")
      y = node.number("y")
      width = node.number("width")
      height = node.number("height")
    }
  }

  private static func panel(_ box: Box, _ grid: String, _ labels: [Node]) throws -> Panel {
    var (xs, ys): ([Double], [Double]) = ([], [])
    for match in grid.matches(of: #/M(-?[\d.]+) (-?[\d.]+)([HV])/#) {
      if match.3 == "H" { ys.append(Double(match.2)!) } else { xs.append(Double(match.1)!) }
    }
    func number(at place: Double, _ found: (Node) -> Double?) -> (Double, Double)? {
      labels.compactMap { label -> (Double, Double)? in
        guard let at = found(label), abs(at - place) < 0.2 else { return nil }
        return Self.number(label.text).map { (place, $0) }
      }.first
    }
    let xTicks = xs.compactMap { place in
      number(at: place) { label in
        let below = label.number("y") - box.y - box.height
        return label.attributes["text-anchor"] == "middle" && below > 0 && below < 24 ? label.number("x") : nil
      }
    }
    let yTicks = ys.compactMap { place in
      number(at: place) { label in
        guard label.attributes["text-anchor"] == "end", abs(label.number("x") - box.x + 6) < 0.2 else { return nil }
        return label.number("y") - 0.35 * label.number("font-size")
      }
    }
    return Panel(
      x: try #require(Axis(xTicks), "x: \(xTicks)"), y: try #require(Axis(yTicks), "y: \(yTicks)"))
  }

  /// The bold words that end closest above a frame and begin left of it.
  private static func title(above box: Box, _ labels: [Node]) -> String {
    labels.filter { label in
      let height = box.y - label.number("y")
      return label.attributes["font-weight"] == "600" && height > 0 && height < 40
        && (0..<80).contains(box.x - label.number("x"))
    }.last?.text ?? ""
  }

  private static func add(_ node: Node, _ box: Box, to panel: inout Panel) throws {
    func point(_ x: Double, _ y: Double) -> Point { Point(panel.x.value(box.x + x), panel.y.value(box.y + y)) }
    if node.name == "circle" { panel.dots.append(point(node.number("cx"), node.number("cy"))) }
    guard node.name == "path", let data = node.attributes["d"] else { return }
    if node.attributes["fill"] != "none" {
      let paths = data.split(separator: "Z").map { points(String($0)).map { point($0.x, $0.y) } }
      switch node.attributes["fill-opacity"] {
      case "0.2": panel.bands += paths
      case "0.85" where data.contains("V"):
        for bar in data.matches(of: #/M(-?[\d.]+) (-?[\d.]+)V(-?[\d.]+)H(-?[\d.]+)V/#) {
          let (low, high) = (point(Double(bar.1)!, Double(bar.2)!), point(Double(bar.4)!, Double(bar.3)!))
          panel.bars.append((low.x, high.x, high.y))
        }
      case "0.85": panel.layers += paths
      default: break
      }
      return
    }
    let colour = node.attributes["stroke"] ?? ""
    // Not the edge of the ground's colour under a line, nor strokes at the frame's upper edge.
    guard colour != "#ffffff", !data.contains("v") else { return }
    for part in data.split(separator: "M") {
      let line = Line(
        points: points(String(part)).map { point($0.x, $0.y) }, colour: colour,
        isFaint: node.attributes["stroke-opacity"] == "0.5")
      if node.attributes["stroke-width"] == "0.7" { panel.contours.append(line) } else { panel.lines.append(line) }
    }
  }

  private static func points(_ data: String) -> [Point] {
    data.matches(of: #/(-?[\d.]+) (-?[\d.]+)/#).map { Point(Double($0.1)!, Double($0.2)!) }
  }

  /// A tick's label as a number.
  private static func number(_ label: String) -> Double? {
    var text = label.replacingOccurrences(of: "−", with: "-")
    let factors: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    let factor = text.last.flatMap { factors[$0] }
    if factor != nil { text.removeLast() }
    return Double(text).map { $0 * (factor ?? 1) }
  }
}

/// An element with what is in it.
final class Node {
  let name: String
  let attributes: [String: String]
  fileprivate(set) var children: [Node] = []
  fileprivate(set) var text = ""

  fileprivate init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  func number(_ attribute: String) -> Double { Double(attributes[attribute] ?? "") ?? .nan }

  /// Nil for what is no XML.
  static func parse(_ document: String) -> Node? {
    let builder = Builder()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = builder
    return parser.parse() ? builder.root : nil
  }

  private final class Builder: NSObject, XMLParserDelegate {
    var root: Node?
    private var open: [Node] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      let node = Node(name, attributes)
      open.last?.children.append(node)
      open.append(node)
      root = root ?? node
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }
  }
}
