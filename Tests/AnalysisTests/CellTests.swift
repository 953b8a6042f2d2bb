// Numbers, times and widths as people read them.

import Analysis
import Foundation
import RunSchema
import Testing

@Suite struct Cells {
  @Test(
    arguments: [
      (0, "0"), (0.5, "0.5"), (1.0 / 3, "0.33333"), (2.0 / 3, "0.66667"), (-2.0 / 3, "-0.66667"), (0.999999, "1.0000"),
      (123.456789, "123.46"), (123456.7, "123457"), (9_999_999.6, "10000000"), (1e7, "1e+07"),
      (12_345_678, "1.2346e+07"),
      (0.0001, "0.0001"), (0.00009, "9e-05"), (0.000012345678, "1.2346e-05"), (1e-300, "1e-300"), (-0.0, "-0"),
      (.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf"), (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7977e+308"),
      (1234.5, "1234.5"), (99999.5, "100000"), (0.00099999999, "0.0010000"),
    ] as [(Double, String)])
  func numbersAreRoundedToFiveDigits(value: Double, expected: String) {
    #expect(Cell.number(value).rounded == expected)
  }

  @Test func roundingAgreesWithTheCLibrary() {
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state)
      guard value.isFinite, value != 0 else { continue }
      for digits in [1, 3, 5] {
        let ours = Double(Cell.number(value, digits: digits).rounded)
        let plain = (1e-4..<1e7).contains(abs(value))
        if !plain { #expect(ours == Double(String(format: "%.\(digits - 1)e", value)), "\(value)") }
      }
      // From uniform numbers too, where nothing is written with an exponent.
      let uniform = Double(state >> 11) * 0x1p-53 * 1000
      #expect(
        Double(Cell.fraction(uniform / 100).rounded.dropLast(2)) == Double(String(format: "%.1f", uniform / 100 * 100)))
    }
  }

  @Test func floatsShowTheirOwnDigits() {
    #expect(Cell.float(0.1).rounded == "0.1")
    #expect(Cell.float(0.1).exact == "0.1")
    #expect(Cell.number(Double(Float(0.1))).exact == "0.10000000149011612")
  }

  @Test func exactIsReadBackBitForBit() {
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state)
      if value.isFinite { #expect(Double(Cell.number(value).exact)?.bitPattern == value.bitPattern) }
    }
  }

  @Test func partsAndChangesAreInPerCent() {
    #expect(Cell.fraction(0.1234).rounded == "12.3 %")
    #expect(Cell.fraction(0.99951).rounded == "100.0 %")
    #expect(Cell.change(0.05).rounded == "+5.00 %")
    #expect(Cell.change(-0.051234).rounded == "-5.12 %")
    #expect(Cell.change(0).rounded == "0.00 %")
    #expect(Cell.change(-0.00001).rounded == "0.00 %")
    #expect(Cell.change(.nan).rounded == "nan %")
    #expect(Cell.change(1e30).rounded == "+1e+32 %")
    #expect(Cell.fraction(0.1234).exact == "0.1234")
  }

  @Test(
    arguments: [
      (0, "0.0 ms"), (0.00005, "0.1 ms"), (0.0352, "35.2 ms"), (0.9994, "999.4 ms"), (0.9996, "1.0 s"), (12, "12.0 s"),
      (59.94, "59.9 s"), (59.96, "1 min 00 s"), (185, "3 min 05 s"), (3599.4, "59 min 59 s"), (3599.6, "1 h 00 min"),
      (7620, "2 h 07 min"), (4 * 86400 + 3 * 3600, "4 d 03 h"), (-1, "-1 s"), (.nan, "nan s"), (1e15, "1e+15 s"),
    ] as [(Double, String)])
  func durationsAreInTheUnitThatFits(seconds: Double, expected: String) {
    #expect(Cell.duration(seconds).rounded == expected)
  }

  @Test func instantsAreDatesInUTC() {
    let formatter = ISO8601DateFormatter()
    for seconds in stride(from: -2_000_000_000.0, through: 40_000_000_000, by: 12_345_677) {
      #expect(Cell.instant(seconds).rounded == formatter.string(from: Date(timeIntervalSince1970: seconds)))
    }
    #expect(Cell.instant(0.9).rounded == "1970-01-01T00:00:00Z")
    #expect(Cell.instant(-0.1).rounded == "1969-12-31T23:59:59Z")
    #expect(Cell.instant(.nan).rounded == "nan s")
    #expect(Cell.instant(1e300).rounded == "1e+300 s")
    #expect(Instant(year: 2024, month: 2, day: 29)?.description == "2024-02-29T00:00:00Z")
    #expect(Instant(year: 2023, month: 2, day: 29) == nil && Instant(year: 2023, month: 13, day: 1) == nil)
  }

  @Test func widthsAreThoseOfATerminal() {
    #expect("abc".displayWidth == 3)
    #expect("日本".displayWidth == 4)
    #expect("e\u{301}".displayWidth == 1)
    #expect("😀–ß".displayWidth == 4)
    #expect("日".padded(to: 4, .right) == "  日")
  }

  @Test func hiddenCharactersAreWrittenOut() {
    #expect("a\u{1B}[0m\u{202E}\u{200B}b\n".shown == "a\\u{1B}[0m\\u{202E}\\u{200B}b\\u{A}")
    // One of each kind, listed here and not asked of the code: controls, formats, separators, private, without width.
    let hidden: [Unicode.Scalar] = [
      "\0", "\t", "\n", "\r", "\u{7F}", "\u{9B}", "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}", "\u{200B}", "\u{200D}",
      "\u{200E}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{3164}", "\u{E000}", "\u{FE0F}", "\u{FEFF}",
      "\u{FFA0}", "\u{E0041}", "\u{10FFFF}",
    ]
    for scalar in hidden { #expect(String(scalar).shown == scalar.escape) }
    #expect("naïve Straße 日本 e\u{301} ₂".shown == "naïve Straße 日本 e\u{301} ₂")
  }
}
