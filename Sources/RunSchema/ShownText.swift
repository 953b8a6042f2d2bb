/// Characters that are not seen, or that change how others are seen, made visible: names and notes are data of others.
extension Unicode.Scalar {
  /// Whether this is a control, a bidirectional or other format character, of no width, or a private one.
  package var isHidden: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }

  /// The character as Swift writes it in a literal: "\u{1B}".
  package var escape: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}

extension StringProtocol {
  /// The text with its hidden characters written out, fit for one line of a terminal.
  package var shown: String {
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isHidden { text += scalar.escape } else { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}
