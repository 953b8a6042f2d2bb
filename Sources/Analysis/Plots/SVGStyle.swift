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
    let ramp = Palette.ramp.enumerated().map { ".rp-f-r\($0.offset){fill:\($0.element.dark)}" }
    return (inks + colours).map { ".rp-s-\($0.0){stroke:\($0.1)}.rp-f-\($0.0){fill:\($0.1)}" }.joined() + ramp.joined()
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

  func stroke(_ look: Look) -> [(String, String)] { paint("stroke", look) }

  func stroke(_ ink: Ink) -> [(String, String)] { paint("stroke", ink.rawValue, ink.colour) }

  private func paint(_ attribute: String, _ look: Look) -> [(String, String)] {
    switch look {
    case .muted: return paint(attribute, Ink.quiet.rawValue, Palette.quiet)
    case .numbered(let number):
      let index = Palette.colourIndex(number)
      return paint(attribute, "\(index)", Palette.colours[index])
    }
  }

  /// The ground of a band of a surface, of so many.
  func band(_ band: Int, of count: Int) -> [(String, String)] {
    let step = count < 2 ? 0 : (band * (Palette.rampSteps - 1) + (count - 1) / 2) / (count - 1)
    return paint("fill", "r\(step)", Palette.ramp[step])
  }

  /// The same in a colour bar, with an outline.
  func outlinedBand(_ band: Int, of count: Int) -> [(String, String)] {
    Self.merged(self.band(band, of: count) + stroke(.quiet))
  }

  /// Two paints of one element: their classes in one attribute.
  static func merged(_ attributes: [(String, String)]) -> [(String, String)] {
    let classes = attributes.filter { $0.0 == "class" }.map(\.1)
    return (classes.isEmpty ? [] : [("class", classes.joined(separator: " "))]) + attributes.filter { $0.0 != "class" }
  }

  func dot(_ look: Look) -> [(String, String)] { paint("fill", look) }

  func line(_ look: Look, _ weight: Mark.Weight) -> [(String, String)] {
    let dash = Palette.dash(look)
    var attributes = paint("stroke", look)
    switch weight {
    case .strong, .edged: attributes.append(("stroke-width", "2"))
    case .thin: attributes.append(("stroke-width", "1.2"))
    case .faint: attributes += [("stroke-width", "1"), ("stroke-opacity", "0.5")]
    }
    if weight != .faint, !dash.isEmpty { attributes.append(("stroke-dasharray", dash)) }
    return attributes + [("stroke-linejoin", "round"), ("stroke-linecap", dash.isEmpty ? "round" : "butt")]
  }

  /// With an edge, by which bands that overlap are told apart.
  func band(_ look: Look) -> [(String, String)] {
    Self.merged(paint("fill", look) + paint("stroke", look))
      + [("fill-opacity", "0.2"), ("stroke-opacity", "0.4"), ("stroke-width", "0.8")]
  }

  func layer(_ look: Look) -> [(String, String)] {
    paint("fill", look) + [("fill-opacity", "0.85"), ("stroke-width", "0.6")] + paintSeam()
  }

  /// A seam of the ground's colour between layers and bars. A second class would not fit the attribute list, so the
  /// seam is the same on both grounds: half see-through.
  private func paintSeam() -> [(String, String)] { [("stroke", "#ffffff"), ("stroke-opacity", "0.5")] }
}
