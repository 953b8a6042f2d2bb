internal import RunSchema

/// A chart as lines of text: braille dots, eight to a character, under the same axes as the picture.
package struct TerminalPlot: Sendable {
  package enum Colours: Sendable { case none, ansi }

  private let columns: Int
  private let colours: Colours

  /// - Parameter columns: the width of the terminal.
  package init(columns: Int, colours: Colours) {
    self.columns = min(max(columns, 30), 400)
    self.colours = colours
  }

  /// The whole plot, its last line ended.
  package func text(_ chart: Chart) -> String {
    var lines = [fitted(chart.title)]
    lines += legend(chart.legend)
    if let bar = chart.bar {
      let levels = bar.levels.map { TickLabels.short($0) }.joined(separator: ", ")
      lines += wrapped("\(bar.label): denser from \(levels)")
    }
    for panel in chart.panels { lines += self.lines(panel, isOnly: chart.panels.count == 1) }
    lines += chart.notes.flatMap { wrapped($0) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func fitted(_ text: String) -> String { Self.fitted(text, to: columns) }

  /// Another's text with its hidden characters written out, cut to some columns.
  private static func fitted(_ text: String, to columns: Int) -> String {
    let shown = text.shown
    if shown.displayWidth <= columns { return shown }
    var (kept, used) = ("", 1)
    for character in shown {
      used += String(character).displayWidth
      if used > columns { break }
      kept.append(character)
    }
    return kept + "…"
  }

  private func wrapped(_ text: String) -> [String] {
    var lines = [""]
    for word in text.shown.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = fitted(String(word))
      } else if line.displayWidth + 1 + word.description.displayWidth <= columns {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(fitted(String(word)))
      }
    }
    return lines
  }

  /// A letter for a look, which stands at the end of its line.
  private static func letter(_ look: Look) -> Character {
    guard case .numbered(let number) = look else { return "·" }
    return Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(number % 26)))
  }

  private func painted(_ text: String, _ look: Look?) -> String {
    guard colours == .ansi, let look else { return text }
    return "\u{1B}[\(Self.code(look))m\(text)\u{1B}[0m"
  }

  /// The terminal's own colours in the order of the palette: blue, red, green, magenta, yellow, cyan, the text's own.
  private static func code(_ look: Look) -> Int {
    guard case .numbered(let number) = look else { return 90 }
    return [94, 91, 92, 95, 93, 96, 39][Palette.colourIndex(number)]
  }

  private func legend(_ entries: [LegendEntry]) -> [String] {
    entries.map { entry in
      let label = Self.fitted(entry.label, to: columns - 5)
      switch entry.swatch {
      case .line(let look): return painted("─\(Self.letter(look))", look) + "  " + label
      case .faintLine(let look): return painted("⠒⠒", look) + "  " + label
      case .band(let look): return painted("░░", look) + "  " + label
      case .layer(let look): return painted("█\(Self.letter(look))", look) + "  " + label
      case .strokes: return "××  " + label
      case .none: return "    " + label
      }
    }
  }

  private func lines(_ panel: Panel, isOnly: Bool) -> [String] {
    let rows = isOnly ? 16 : 8
    let yTicks = Ticks(panel.y, count: rows / 4).ticks.filter { !$0.label.isEmpty }
    let labelWidth = min(yTicks.map { $0.label.count }.max() ?? 0, 12)
    // Axis line and the letters' column.
    let width = columns - labelWidth - 3
    var canvas = BrailleCanvas(columns: width, rows: rows)
    canvas.draw(panel, letter: Self.letter)
    var labels = [Int: String]()
    let yScale = AxisScale(panel.y)
    for tick in yTicks {
      labels[min(Int((1 - yScale.share(tick.value)) * Double(rows)), rows - 1)] = tick.label
    }
    var lines = panel.title.isEmpty ? [] : ["", fitted(panel.title)]
    lines.append(fitted(panel.y.label))
    for row in 0..<rows {
      let label = labels[row].map { Self.fitted($0, to: labelWidth) } ?? ""
      let cells = canvas.cells[row].map { painted(String($0.character), $0.look) }.joined()
      let end = canvas.ends[row].map { painted(String($0.letter), $0.look) } ?? ""
      lines.append(label.padded(to: labelWidth, .right) + (label.isEmpty ? " │" : " ┤") + cells + end)
    }
    return lines + xLines(panel.x, margin: labelWidth + 2, width: width)
  }

  private func xLines(_ axis: Axis, margin: Int, width: Int) -> [String] {
    var strokes = [Character](repeating: "─", count: width)
    var labels = [Character](repeating: " ", count: width + margin)
    let scale = AxisScale(axis)
    var free = 0
    for tick in Ticks(axis, count: max(2, width / 14)).ticks where !tick.label.isEmpty {
      let place = min(Int(scale.share(tick.value) * Double(width)), width - 1)
      let start = min(max(margin + place - tick.label.count / 2, 0), labels.count - tick.label.count)
      guard place >= 0, start >= free else { continue }
      strokes[place] = "┬"
      for (offset, character) in tick.label.enumerated() { labels[start + offset] = character }
      free = start + tick.label.count + 1
    }
    let blanks = String(repeating: " ", count: margin - 1)
    let label = Self.fitted(axis.label, to: columns)
    return [blanks + "└" + String(strokes), String(labels), label.padded(to: min(columns, margin + width), .right)]
  }
}
