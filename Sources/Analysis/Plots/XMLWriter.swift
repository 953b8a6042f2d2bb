internal import RunSchema

/// Writes elements one behind another: every text escaped, every number with one place at most.
struct XMLWriter {
  private(set) var text = ""

  /// An element without content.
  mutating func element(_ name: String, _ attributes: [(String, String)]) {
    open(name, attributes, end: "/>")
  }

  /// An element with a text.
  mutating func element(_ name: String, _ attributes: [(String, String)] = [], text content: String) {
    open(name, attributes, end: ">")
    text += Self.escape(content) + "</\(name)>\n"
  }

  /// An element around others.
  mutating func element(
    _ name: String, _ attributes: [(String, String)], _ body: (inout XMLWriter) throws -> Void
  ) rethrows {
    open(name, attributes, end: ">\n")
    try body(&self)
    text += "</\(name)>\n"
  }

  /// What is well formed and escaped already.
  mutating func raw(_ content: String) { text += content }

  private mutating func open(_ name: String, _ attributes: [(String, String)], end: String) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escape(value))\"" }
    text += end + (end == "/>" ? "\n" : "")
  }

  /// A text that can neither end its element or attribute nor hide: hidden characters are written out.
  static func escape(_ text: String) -> String { HTMLTable().escape(text) }

  /// A coordinate to a tenth of a pixel: "12", "0.5", "-3.1".
  static func number(_ value: Double) -> String {
    precondition(value.isFinite && abs(value) < 1e9, "a coordinate of \(value)")
    let tenths = Int((value * 10).rounded())
    let (whole, tenth) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (tenth == 0 ? "" : ".\(tenth)")
  }
}
