/// A moment of the calendar, in UTC and without leap seconds; and how long times are written.
package struct Instant: Equatable, Sendable, CustomStringConvertible {
  /// Since 1970-01-01T00:00:00Z.
  package let seconds: Double

  package init(_ seconds: Double) { self.seconds = seconds }

  /// The start of a day of the Gregorian calendar; nil if there is no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let days = Self.days(year, month, day)
    guard Self.date(days) == (year, month, day) else { return nil }
    seconds = Double(days) * 86400
  }

  /// "2026-11-24T11:37:05Z"; a time beyond the years 1 to 9999 as its seconds.
  package var description: String {
    guard seconds > -62_135_596_800, seconds < 253_402_300_800 else { return Decimal(seconds).exact + " s" }
    let whole = Int(seconds.rounded(.down))
    let day = whole >= 0 ? whole / 86400 : -((86399 - whole) / 86400)
    let second = whole - day * 86400
    let (year, month, date) = Self.date(day)
    return "\(Self.pad(year, 4))-\(Self.pad(month))-\(Self.pad(date))T\(Self.pad(second / 3600)):"
      + "\(Self.pad(second / 60 % 60)):\(Self.pad(second % 60))Z"
  }

  /// A length of time in the unit that fits: "35.2 ms", "12.0 s", "3 min 05 s", "2 h 07 min", "4 d 03 h".
  static func words(forSeconds seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return Decimal(seconds).rounded(significant: 4) + " s" }
    if seconds < 0.9995 {
      return Decimal(seconds * 1000).rounded(places: 1) + " ms"
    }
    if seconds < 59.95 { return Decimal(seconds).rounded(places: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(pad(whole % 60)) s" }
    if whole < 86400 { return "\(whole / 3600) h \(pad(whole / 60 % 60)) min" }
    return "\(whole / 86400) d \(pad(whole / 3600 % 24)) h"
  }

  private static func pad(_ value: Int, _ width: Int = 2) -> String {
    let digits = "\(value)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days since 1970-01-01. Years start in March, so that the leap day is the last of a year; 400 years are 146,097 days.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let march = month > 2 ? month - 3 : month + 9
    let shifted = month > 2 ? year : year - 1
    let (era, inEra) = (shifted / 400, shifted % 400)
    let dayOfYear = (153 * march + 2) / 5 + day - 1
    return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + dayOfYear - 719_468
  }

  /// The inverse of `days`.
  private static func date(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let (era, inEra) = (shifted / 146_097, shifted % 146_097)
    let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
    let dayOfYear = inEra - (365 * year + year / 4 - year / 100)
    let march = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * march + 2) / 5 + 1
    let month = march < 10 ? march + 3 : march - 9
    return (era * 400 + year + (month <= 2 ? 1 : 0), month, day)
  }
}
