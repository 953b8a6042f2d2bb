import Foundation
import Fuzzing
import Testing

/// Harmed files of runs whose seal fits, as an attacker makes them, given to the command: libhdf5 meets them in the child
/// process alone.
///
/// RUNS_FUZZ_SECONDS gives it so much time (Tools/fuzz); else it gets a number of cases.
@Suite struct FuzzOfImports {
  let here: TestStore
  let there: TestStore

  init() throws {
    here = try TestStore()
    there = try TestStore()
  }

  @Test func harmedFilesWhoseSealFitsAreRefusedOrHoldTheRunThatWasExported() throws {
    let text = SmallRecipes.all[2].text.replacing("checkpoint_every: 4", with: "checkpoint_every: 2")
    let trained = try here.json("train", here.recipe(text), "--iterations", "2")
    let id = try #require(trained["id"] as? String)
    let path = here.folder.path + "/run.h5"
    _ = try here.json("export", id, "--to", path)
    let file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let seconds = ProcessInfo.processInfo.environment["RUNS_FUZZ_SECONDS"].flatMap(Double.init)
    var mutator = Mutator(seed: 14)
    var (cases, refused, taken, ended) = (0, 0, 0, 0)
    let clock = ContinuousClock()
    let start = clock.now
    while seconds.map({ (clock.now - start) / .seconds(1) < $0 }) ?? (cases < 150) {
      let mutant = Reseal.snapshot(mutator.mutant(of: Array(file.dropLast(48))) + [UInt8](repeating: 0, count: 48))
      try Data(mutant).write(to: URL(fileURLWithPath: path))
      let store = there.path + "-\(taken)"
      let result = try Command().run("import", path, "--json", "--store", store)
      cases += 1
      if result.status == 0 {
        taken += 1
        let imported = try result.json()
        #expect(imported["id"] as? String == id, "case \(cases)")
        #expect(imported["records_sha256"] as? String == trained["records_sha256"] as? String, "case \(cases)")
        let checked = try Command().run("doctor", id, "--store", store)
        #expect(checked.status == 0, "case \(cases): \(checked.output)")
      } else {
        refused += 1
        #expect([65, 78].contains(result.status), "case \(cases): \(result.status) \(result.errors)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines.first?.hasPrefix("runs: error: ") == true, "case \(cases): \(result.errors)")
        if result.errors.contains("the process that read it") { ended += 1 }
      }
    }
    print(
      "fuzz import-resealed: \(cases) mutants, \(refused) refused, \(ended) of them by the end of their reader, \(taken) "
        + "taken in as what they were, crashes 0, seed 14")
    #expect(refused > 0)
  }
}
