extension String {
  /// The columns of a terminal that the text takes: two for the wide characters of East Asia and for emoji, none for
  /// marks that stand over others. Without control characters; see `shown`.
  package var displayWidth: Int {
    reduce(0) { $0 + ($1.unicodeScalars.map(\.displayWidth).max() ?? 0) }
  }

  /// The text filled up with blanks to a width; behind it, or before it for what stands to the right.
  package func padded(to width: Int, _ alignment: Table.Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, width - displayWidth))
    return alignment == .left ? self + blanks : blanks + self
  }
}

extension Unicode.Scalar {
  /// Blocks whose characters take two columns (Unicode Standard Annex 11, East Asian Width W and F).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x17000...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]

  fileprivate var displayWidth: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
  }
}
