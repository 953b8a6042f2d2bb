/// The looks of what is drawn: the colours of Okabe and Ito, which colour-blind people tell apart, each with a dash of its
/// own, so that lines are told apart in grey as well.
enum Palette {
  struct Colour: Equatable {
    /// On white.
    let light: String
    /// On the dark ground: the same hue, lighter where it must be.
    let dark: String
  }

  static let colours = [
    Colour(light: "#0072b2", dark: "#4aa8e8"),  // blue
    Colour(light: "#d55e00", dark: "#f07f33"),  // vermilion
    Colour(light: "#009e73", dark: "#2cc79c"),  // bluish green
    Colour(light: "#cc79a7", dark: "#e297c1"),  // reddish purple
    Colour(light: "#e69f00", dark: "#f0b93a"),  // orange
    Colour(light: "#56b4e9", dark: "#9bd6fa"),  // sky blue
    Colour(light: "#3a3a3a", dark: "#dcdcdc"),  // black
  ]
  static let ground = Colour(light: "#ffffff", dark: "#15181c")
  static let text = Colour(light: "#1f2328", dark: "#e4e7ea")
  static let quiet = Colour(light: "#59626c", dark: "#a3adb8")
  static let grid = Colour(light: "#e3e6ea", dark: "#2c3238")
  /// Grounds of a surface from its lowest band to its highest: steps of one hue whose lightness alone changes, and leaves
  /// room for all the colours above on it. The lowest is next to the ground.
  static let ramp = (0..<rampSteps).map { step in
    let share = Double(step) / Double(rampSteps - 1)
    return Colour(
      light: mixed((0xFA, 0xFC, 0xFD), (0x5F, 0x80, 0x9A), share),
      dark: mixed((0x17, 0x1C, 0x21), (0x62, 0x7F, 0x96), share))
  }
  static let rampSteps = 10

  private static func mixed(_ from: (Double, Double, Double), _ to: (Double, Double, Double), _ share: Double) -> String
  {
    func hex(_ from: Double, _ to: Double) -> String {
      let text = String(Int((from + (to - from) * share).rounded()), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + hex(from.0, to.0) + hex(from.1, to.1) + hex(from.2, to.2)
  }

  static let warning = Colour(light: "#b3261e", dark: "#ff8a80")

  /// Lengths of strokes and gaps; five to seven colours, so that 35 looks differ.
  private static let dashes = ["", "7 3", "2 2.5", "9 3 2 3", "4 2"]

  /// How many looks differ.
  static var lookCount: Int { colours.count * dashes.count }

  static func colourIndex(_ look: Int) -> Int { look % colours.count }

  static func dash(_ look: Look) -> String {
    if case .numbered(let index) = look { dashes[index % dashes.count] } else { "" }
  }
}

/// Which colours a picture has.
package enum Theme: String, CaseIterable, Sendable {
  /// Those that the reader's system asks for.
  case auto
  case light
  case dark
}
