/// The looks of a picture as attributes of its elements, which every reader of SVG understands, and as a style sheet that
/// turns them over where the reader asks for dark.
package struct SVGStyle: Sendable {
  enum Ink: String, CaseIterable {
    case ground, text, quiet, grid, warning

    var colour: Palette.Colour {
      switch self {
      case .ground: Palette.ground
      case .text: Palette.text
      case .quiet: Palette.quiet
      case .grid: Palette.grid
      case .warning: Palette.warning
      }
    }
  }

  static let fonts = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
  private let theme: Theme

  init(_ theme: Theme) { self.theme = theme }

  /// What a document with pictures for both grounds needs: rules for the dark one. Elements bear the light colours.
  package static var darkRules: String {
    let inks = Ink.allCases.map { ($0.rawValue, $0.colour.dark) }
    let colours = Palette.colours.enumerated().map { ("\($0.offset)", $0.element.dark) }
    return (inks + colours).map { ".rp-s-\($0.0){stroke:\($0.1)}.rp-f-\($0.0){fill:\($0.1)}" }.joined()
  }

  /// Nil for a fixed theme.
  var sheet: String? {
    theme == .auto ? "@media screen and (prefers-color-scheme:dark){\(Self.darkRules)}" : nil
  }

  private func paint(_ attribute: String, _ name: String, _ colour: Palette.Colour) -> [(String, String)] {
    switch theme {
    case .auto: [("class", "rp-\(attribute.first!)-\(name)"), (attribute, colour.light)]
    case .light: [(attribute, colour.light)]
    case .dark: [(attribute, colour.dark)]
    }
  }

  func fill(_ ink: Ink) -> [(String, String)] { paint("fill", ink.rawValue, ink.colour) }

  func stroke(_ ink: Ink) -> [(String, String)] { paint("stroke", ink.rawValue, ink.colour) }

  private func paint(_ attribute: String, _ look: Look) -> [(String, String)] {
    switch look {
    case .muted: return paint(attribute, Ink.quiet.rawValue, Palette.quiet)
    case .numbered(let number):
      let index = Palette.colourIndex(number)
      return paint(attribute, "\(index)", Palette.colours[index])
    }
  }

  func dot(_ look: Look) -> [(String, String)] { paint("fill", look) }

  func line(_ look: Look, _ weight: Mark.Weight) -> [(String, String)] {
    let dash = Palette.dash(look)
    var attributes = paint("stroke", look)
    switch weight {
    case .strong: attributes.append(("stroke-width", "2"))
    case .thin: attributes.append(("stroke-width", "1.2"))
    case .faint: attributes += [("stroke-width", "1"), ("stroke-opacity", "0.45")]
    }
    if weight != .faint, !dash.isEmpty { attributes.append(("stroke-dasharray", dash)) }
    return attributes + [("stroke-linejoin", "round"), ("stroke-linecap", dash.isEmpty ? "round" : "butt")]
  }

  func band(_ look: Look) -> [(String, String)] { paint("fill", look) + [("fill-opacity", "0.2")] }

  func layer(_ look: Look) -> [(String, String)] {
    paint("fill", look) + [("fill-opacity", "0.85"), ("stroke-width", "0.6")] + paintSeam()
  }

  /// A seam of the ground's colour between layers and bars. A second class would not fit the attribute list, so the
  /// seam is the same on both grounds: half see-through.
  private func paintSeam() -> [(String, String)] { [("stroke", "#ffffff"), ("stroke-opacity", "0.5")] }
}
