import Experiments
import Foundation
import RunSchema
import RunStore

extension Subject {
  /// Recipes, what is set in them, references to checkpoints and runs, JSON, and the stream of a foreign file.
  static let textSubjects = [
    Subject(name: "recipe", seeds: { recipes.map { Array($0.utf8) } }) { bytes in
      do {
        let recipe = try Recipe(String(decoding: bytes, as: UTF8.self), name: "fuzz")
        _ = try Recipe(recipe.resolved.pretty, name: "what was read once")
      } catch let error as RecipeError {
        if error.source == "what was read once" { throw Wrong("a recipe that cannot be read again: \(error)") }
      }
    },
    Subject(name: "override", seeds: { overrides.map { Array($0.utf8) } }) { bytes in
      guard let override = RecipeOverride(String(decoding: bytes, as: UTF8.self)) else { return }
      do {
        _ = try Recipe("tasks: [{family: quadratic}]", name: "fuzz", overrides: [override])
      } catch is RecipeError {}
    },
    Subject(name: "reference", seeds: { references.map { Array($0.utf8) } }) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      do { _ = try CheckpointReference(text) } catch is ExperimentError {}
      if let id = RunID(text), id.text.contains("/") || id.text.contains(".") { throw Wrong("the id \(id)") }
    },
    Subject(name: "json", seeds: { documents.map { Array($0.utf8) } }) { bytes in
      do {
        let value = try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
        let again = try JSONParser.parse(value.pretty)
        if again.pretty != value.pretty { throw Wrong("a document that is another when it is read again") }
      } catch is JSONParser.Failure {}
    },
    Subject(name: "stream", seeds: { [stream] }) { bytes in
      do { _ = try ForeignFile(name: "x", stream: bytes) } catch is ForeignStream.Malformed {}
    },
  ]

  private static let recipes = [
    "tasks: [{family: quadratic, weight: 2}, {family: mlp, hidden: [8]}]\nestimator: {kind: persistent_es, pairs: 4}\n",
    "# one\niterations: 20\nouter_optimizer:\n  kind: adam\n  learning_rate: 1.0e-3\nlearned_optimizer: {kind: mlp}\n",
    "tasks:\n  - fixed: [Copy_LSTM128_BS128_Length5_Tokens10]\n  - {family: losg, maximum_parameters: 100}\n",
  ]

  private static let overrides = ["estimator.pairs=3", "tasks.0.weight=-1", "outer_optimizer={kind: adam}"]

  private static let references = ["abc@300", "latest@best", "Runs/x/checkpoints/000000300.h5", "1ngb0fp-6nq4", "name"]

  private static let documents = [
    #"{"a": [1, -2.5e3, true, null, "\u00e9\n"], "b": {"c": 18446744073709551615}}"#,
    #"[0.1, 1e400, -0, 1E-7, 9007199254740993, "\ud83d\ude00"]"#,
  ]

  /// What a child process passes on: a file with one attribute and one dataset of two rows.
  private static let stream: [UInt8] = {
    var stream = Array("RUNSFRN1".utf8)
    func number<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { stream.append(contentsOf: $0) }
    }
    func text(_ text: String) {
      number(UInt32(text.utf8.count))
      stream += Array(text.utf8)
    }
    stream.append(1)
    text("optimizer")
    stream.append(5)
    number(UInt64(1))
    text("Adam")
    stream.append(2)
    text("grads/w")
    number(UInt32(2))
    number(UInt64(2))
    number(UInt64(3))
    stream.append(0)
    number(UInt64(6))
    for value in 0..<6 { number(Float(value).bitPattern) }
    stream.append(0)
    number(UInt64(2))
    return stream
  }()
}
