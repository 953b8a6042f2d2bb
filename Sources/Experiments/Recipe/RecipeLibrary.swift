import RunSchema
import Foundation

/// Finds recipes: the files that ship with the project, and those that a path names.
package enum RecipeLibrary {
  /// The recipe of a name or path.
  package static func recipe(_ reference: String, overrides: [RecipeOverride] = []) throws(RecipeError) -> Recipe {
    let file = try file(reference)
    guard let data = FileManager.default.contents(atPath: file) else {
      throw RecipeError(code: .notFound, source: file, line: nil, field: "", problem: "this file cannot be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw RecipeError(code: .malformed, source: file, line: nil, field: "", problem: "this is not UTF-8 text")
    }
    let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    return try Recipe(text, name: name, file: file, overrides: overrides)
  }

  /// The recipes that a bare name finds, by name, with their files.
  package static func all() -> [(name: String, file: String)] {
    var found: [String: String] = [:]
    for folder in folders.reversed() {
      for file in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? []
      where file.hasSuffix(".yaml") && !file.contains("/") {
        found[String(file.dropLast(5))] = "\(folder)/\(file)"
      }
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func file(_ reference: String) throws(RecipeError) -> String {
    if reference.contains("/") || reference.hasSuffix(".yaml") || reference.hasSuffix(".yml") {
      guard FileManager.default.fileExists(atPath: reference) else {
        throw RecipeError(code: .notFound, source: reference, line: nil, field: "", problem: "there is no such file")
      }
      return reference
    }
    let known = all()
    if let file = known.first(where: { $0.name == reference })?.file { return file }
    let names = known.map(\.name)
    throw RecipeError(
      code: .notFound, source: reference, line: nil, field: "",
      problem: "there is no recipe of that name\(suggestion(for: reference, among: names)); there are: "
        + (names.isEmpty ? "none here" : names.joined(separator: ", ")))
  }

  /// Where recipes lie: below the current folder, and below the folders around the executable.
  private static var folders: [String] {
    var folders = ["Runs/recipes"]
    var folder = Environment.executablePath.map {
      URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
    }
    for _ in 0..<5 {
      guard let current = folder, current.path != "/" else { break }
      folders.append(current.appendingPathComponent("Runs/recipes").path)
      folder = current.deletingLastPathComponent()
    }
    return folders
  }
}
