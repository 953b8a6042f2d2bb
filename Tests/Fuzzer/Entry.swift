// The door for libFuzzer: RUNS_FUZZ_SUBJECT names what is fuzzed. Built by Tools/fuzz only.

import Foundation
import Fuzzing

private let subject: Subject = {
  let name = ProcessInfo.processInfo.environment["RUNS_FUZZ_SUBJECT"] ?? ""
  guard let subject = Subject.named(name) else {
    fatalError("RUNS_FUZZ_SUBJECT is none of \(Subject.all.map(\.name).joined(separator: " "))")
  }
  return subject
}()

/// libFuzzer calls this with bytes of its making.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryBytes(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try subject.attempt(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(subject.name): \(error)")
  }
  return 0
}
