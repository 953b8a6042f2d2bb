/// How wide a text will be, estimated without a font: by the wide shapes of DejaVu Sans, so that others fit as well.
enum TextMetrics {
  /// The width of a line in the unit of its size.
  static func width(_ text: String, size: Double) -> Double {
    text.reduce(0) { $0 + ems($1) } * size
  }

  private static func ems(_ character: Character) -> Double {
    guard let ascii = character.asciiValue else { return String(character).displayWidth > 1 ? 1.1 : 0.85 }
    return switch character {
    case "i", "j", "l", "I", "J", "'", "|", ".", ",", ":", ";", "!", " ", "(", ")", "[", "]", "/", "-": 0.4
    case "f", "r", "t": 0.42
    case "m", "w", "M", "W", "%", "@": 1
    default: (0x41...0x5A).contains(ascii) || "+=<>~#_&".contains(character) ? 0.84 : 0.64
    }
  }

  /// The text as far as it fits, with "…" for what is left out.
  static func fitted(_ text: String, to width: Double, size: Double) -> String {
    if Self.width(text, size: size) <= width { return text }
    var (kept, used) = ("", ems("…") * size)
    for character in text {
      used += ems(character) * size
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
