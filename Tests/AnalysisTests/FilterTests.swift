// What filters mean, and what their errors say.

import Analysis
import Testing

@Suite struct Filters {
  static let fields: [String: Cell] = [
    "status": .text("finished"), "name": .text("a b|c"), "tag": .list(["paper", "x"]), "seed": .unsigned(.max),
    "iterations": .integer(300), "loss": .float(0.1), "best": .number(0.25), "diverged": .number(.nan),
    "created": .instant(1_000_000_000), "verified": .flag(true), "empty": .missing,
  ]

  private func matches(_ text: String) throws -> Bool {
    // Ten days after the run was made.
    try Filter(parsing: text).matches(now: Instant(1_000_864_000)) { Self.fields[$0] }
  }

  @Test(
    arguments: [
      "", "  ", "status=finished", "status:finished", "status!=running", "tag:paper", "-tag:debug", "tag!=paper",
      "seed=18446744073709551615", "iterations=300", "iterations=3e2", "iterations>=300", "iterations<=300",
      "iterations<300.5", "loss=0.1", "best<0.5", "best>-1", "diverged=nan", "diverged!=0", "since:11d",
      "since:2001-09-09",
      "before:9d", "before:2001-09-10", "created>=2001-09-09", "created<2001-09-10", "verified=true", "verified:yes",
      "empty!=1", "nothing!=1", "-nothing=1", "name=\"a b|c\"", "status=running|status=finished",
      "status=running | tag:x best<1", "status=finished tag:x", "-status=running -tag:debug", "status=finished|",
    ].filter { !$0.hasSuffix("|") })
  func holds(filter: String) throws { #expect(try matches(filter)) }

  @Test(
    arguments: [
      "status=Finished", "status!=finished", "tag:pap", "tag=paper", "-tag:paper", "seed=18446744073709551614",
      "seed=1.8446744073709551e19x", "iterations>300", "iterations<300", "loss=0.2", "best>0.5", "diverged<1",
      "diverged>1",
      "since:9d", "before:11d", "before:2001-09-09", "created<2001-09-09", "verified=false", "empty=", "nothing=1",
      "nothing<1", "status<1", "status=finished tag:debug", "status=running|tag:debug", "-status=finished",
    ].filter { !$0.hasSuffix("=") })
  func doesNotHold(filter: String) throws { #expect(try !matches(filter)) }

  @Test(
    arguments: [
      ("status", "filter, character 7: expected one of = != < <= > >= : behind \"status\", found the end"),
      ("=3", "filter, character 1: expected a field's name, found \"=3\""),
      ("a= b=1", "filter, character 3: expected a value, found \" b=1\""),
      ("a=1 |", "filter, character 6: expected a field's name, found the end"),
      ("| a=1", "filter, character 1: expected a field's name, found \"| a=1\""),
      ("a<x", "filter, character 3: expected a number or a date as 2026-11-24, found \"x\""),
      ("a<nan", "filter, character 3: expected a number or a date as 2026-11-24, found \"nan\""),
      (
        "since:7y",
        "filter, character 7: expected a date as 2026-11-24 or a time ago as 90s, 15min, 6h, 7d, 2w, found \"7y\""
      ),
      ("a=\"x", "filter, character 3: expected a quotation mark that closes this one, found \"\"x\""),
      ("a=\"x\"y", "filter, character 6: expected a blank, \"|\" or the end, found \"y\""),
      ("a=x\"y\"", "filter, character 4: expected a blank, \"|\" or the end, found \"\"y\"\""),
      ("a\u{1B}=1", "filter, character 2: expected one of = != < <= > >= : behind \"a\", found \"\\u{1B}=1\""),
      ("--a=1", "filter, character 2: expected a field's name, found \"-a=1\""),
    ])
  func errorsSayWhereAndWhat(filter: String, expected: String) {
    #expect(throws: FilterError.self) { try Filter(parsing: filter) }
    do { _ = try Filter(parsing: filter) } catch { #expect("\(error)" == expected) }
  }

  @Test func theFieldsAskedForAreKnown() throws {
    #expect(try Filter(parsing: "a=1 b<2|-a=3 since:1d").fields == ["a", "b", "created"])
  }

  @Test func noTextCrashesTheParser() {
    let pieces = ["a", "=", "!=", "<", ":", "-", "|", " ", "\"", "\\", "since", "1d", "\u{1B}", "é"]
    for first in pieces {
      for second in pieces {
        for third in pieces {
          for fourth in pieces {
            do { _ = try Filter(parsing: first + second + third + fourth) } catch { #expect(error.position <= 21) }
          }
        }
      }
    }
  }
}
