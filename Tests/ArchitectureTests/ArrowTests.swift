import Foundation
import Testing

/// The house as Docs/architecture.md draws it: which module may import which.
@Suite struct ArrowTests {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The table "| module | may import |" of the architecture page.
  private func allowedArrows() throws -> [String: Set<String>] {
    let page = try String(
      contentsOf: Self.package.appendingPathComponent("Docs/architecture.md"), encoding: .utf8)
    var arrows: [String: Set<String>] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2 else { continue }
      let names = cells.prefix(2).map { cell in
        cell.split(separator: "`").enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
          .filter { $0.first?.isLetter == true }
      }
      if let module = names[0].first { arrows[module] = Set(names[1]) }
    }
    return arrows
  }

  /// The modules that each module's files import, of those in this package.
  private func importedModules() throws -> [String: Set<String>] {
    let sources = Self.package.appendingPathComponent("Sources")
    let modules = Set(try FileManager.default.contentsOfDirectory(atPath: sources.path))
    var imports: [String: Set<String>] = [:]
    for module in modules {
      imports[module] = []
      let folder = sources.appendingPathComponent(module)
      let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
      for file in files where file.hasSuffix(".swift") {
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        for line in text.split(separator: "\n") where line.contains("import ") && !line.contains("//") {
          guard let name = line.split(separator: " ").last.map(String.init), modules.contains(name) else { continue }
          imports[module]?.insert(name)
        }
      }
    }
    return imports
  }

  @Test func everyImportIsAnArrowOfTheArchitecturePage() throws {
    let allowed = try allowedArrows()
    let imported = try importedModules()
    #expect(imported.count > 10)
    #expect(Set(allowed.keys) == Set(imported.keys), "the page and Sources name different modules")
    for (module, imports) in imported {
      let extra = imports.subtracting(allowed[module] ?? [])
      #expect(extra.isEmpty, "\(module) imports \(extra.sorted()), which the page does not allow")
    }
  }

  @Test func theManifestGivesNoModuleMoreThanThePageAllows() throws {
    let manifest = try String(contentsOf: Self.package.appendingPathComponent("Package.swift"), encoding: .utf8)
    let allowed = try allowedArrows()
    for (module, arrows) in allowed where manifest.contains("(name: \"\(module)\", dependencies: [") {
      let after = manifest.components(separatedBy: "(name: \"\(module)\", dependencies: [")[1]
      let list = after.prefix { $0 != "]" }
      let names = list.split(separator: "\"").enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
        .filter { $0.first?.isLetter == true }
      #expect(Set(names).isSubset(of: arrows), "\(module) depends on \(names)")
    }
  }

  @Test func theLeftWingSeesNoFileNoClockAndNoChance() throws {
    let forbidden = [
      "import Foundation", "Date()", "fopen", "getenv", ".random(", "SystemRandomNumberGenerator", "clock_gettime",
    ]
    for module in ["Numerics", "Graph", "Tasks", "Optimizers", "OuterTraining"] {
      let folder = Self.package.appendingPathComponent("Sources/\(module)")
      let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
      for file in files where file.hasSuffix(".swift") {
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        for word in forbidden {
          #expect(!text.contains(word), "\(module)/\(file) has \(word)")
        }
      }
    }
  }
}
