import Foundation
import Fuzzing
import Testing

/// All bytes that fuzzing found worth keeping, once more. RECORD_CORPUS=1 writes the seeds down first.
@Suite struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Corpus")

  private static func files(_ subject: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: corpus.appendingPathComponent(subject), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test(arguments: Subject.all.map(\.name))
  func everyCaseIsReadOrRefused(_ name: String) throws {
    let subject = try #require(Subject.named(name))
    if ProcessInfo.processInfo.environment["RECORD_CORPUS"] == "1" { try record(subject) }
    let files = try Self.files(name)
    #expect(!files.isEmpty)
    for file in files {
      do { try subject.attempt(Array(try Data(contentsOf: file))) } catch { Issue.record("\(file.path): \(error)") }
    }
  }

  private func record(_ subject: Subject) throws {
    let folder = Self.corpus.appendingPathComponent(subject.name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (number, seed) in try subject.seeds().enumerated() {
      try Data(seed).write(to: folder.appendingPathComponent("seed-\(number)"))
    }
  }

  @Test func everyFolderIsOfASubject() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
    #expect(Set(folders) == Set(Subject.all.map(\.name)))
  }

  /// The judge itself: a run whose records are others is noticed where checksums are made to fit.
  @Test func whatIsWrongIsNoticed() throws {
    let journal = try #require(Subject.named("journal"))
    var bytes = try #require(try journal.seeds().first)
    let loss = withUnsafeBytes(of: (1.0 / 9).bitPattern.littleEndian, Array.init)
    let place = try #require(bytes.indices.dropLast(8).first { Array(bytes[$0..<$0 + 8]) == loss })
    bytes[place] ^= 1
    try journal.attempt(bytes)
    #expect(throws: Wrong.self) { try journal.attempt(Reseal.journal(bytes)) }
  }
}
