import Foundation
import RunStore
import Testing

/// `runs data`, and runs on data sets of their store.
@Suite struct DataTests {
  private static let recipe = """
    learned_optimizer: {kind: mlp}
    tasks:
      - {family: mlp, data: squares, hidden: [4], batch_size: 16}
      - {family: taskset_mlp, stand_in: squares, maximum_parameters: 20000}
    estimator: {pairs: 2, truncation: {steps: 3}, horizon: {steps: 9}}
    checkpoint_every: 2
    """

  private static func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  /// MNIST's four files with 60 + 20 images of 5 x 5.
  private func idxFolder(in store: TestStore, shift: Int = 0) throws -> String {
    let folder = store.folder.path + "/idx\(shift)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, count) in [("train", 60), ("t10k", 20)] {
      let images = (0..<count * 25).map { UInt8(truncatingIfNeeded: $0 / 25 % 4 * 60 + $0 % 25 * 7 + shift) }
      let labels = (0..<count).map { UInt8($0 % 4) }
      let files: [(String, [UInt8])] = [
        ("images-idx3-ubyte", [0, 0, 8, 3] + Self.big(count) + Self.big(5) + Self.big(5) + images),
        ("labels-idx1-ubyte", [0, 0, 8, 1] + Self.big(count) + labels),
      ]
      for (file, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(file)")) }
    }
    return folder
  }

  private func data(_ store: TestStore, _ arguments: String...) throws -> Command.Result {
    try store.command.run(["data"] + arguments + ["--store", store.path])
  }

  private func expect(
    _ status: Int32, _ words: String..., of result: Command.Result, location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: location)
    for word in words {
      #expect(result.errors.contains(word), "\(word) is missing in: \(result.errors)", sourceLocation: location)
    }
    #expect(
      result.errors.split(separator: "\n").count { $0.hasPrefix("runs: error: ") } == 1, "\(result.errors)",
      sourceLocation: location)
  }

  @Test func aDataSetIsAddedListedShownAndRemoved() throws {
    let store = try TestStore()
    let folder = try idxFolder(in: store)
    let added = try data(store, "add", "squares", folder, "--json").json()
    #expect(added["schema"] as? String == "runs/data/1")
    let facts = try #require(added["data_set"] as? [String: Any])
    #expect(facts["examples"] as? Int == 80 && facts["classes"] as? Int == 4 && facts["kind"] as? String == "idx")
    #expect(
      added["splits"] as? [String: Int] == ["train": 45, "inner_valid": 6, "outer_valid": 9, "test": 20])
    #expect((added["files"] as? [[String: Any]])?.count == 4)
    let list = try data(store, "list", "--json").json()
    let sets = try #require(list["data_sets"] as? [[String: Any]])
    #expect(sets.count == 1 && sets[0]["digest"] as? String == facts["digest"] as? String)
    // But for the command, the same is said of it again.
    let said = try [data(store, "show", "squares", "--json").json(), added].map { document in
      NSDictionary(dictionary: document.filter { $0.key != "made_by" })
    }
    #expect(said[0] == said[1])
    // Nobody takes it for a run.
    #expect((try store.json("list")["runs"] as? [Any])?.isEmpty == true)
    #expect(try store.run("gc", "--dry-run").status == 0)
    expect(64, "data set of that name", "runs data rm squares", of: try data(store, "add", "squares", folder))
    expect(64, "comes with the program", of: try data(store, "add", "digits", folder))
    expect(66, "no such file or folder", of: try data(store, "add", "other", folder + "/nowhere"))
    expect(64, "--kind", of: try data(store, "add", "other", store.folder.path))
    expect(66, "there are: squares", of: try data(store, "show", "other"))
    #expect(try data(store, "rm", "squares").status == 0)
    expect(66, "no data set squares", of: try data(store, "rm", "squares"))
    #expect(try data(store, "list").errors.contains("runs data add NAME PATH"))
  }

  @Test func damagedInputIsRefusedByFileAndByteAndNothingIsAdded() throws {
    let store = try TestStore()
    let folder = try idxFolder(in: store)
    let file = URL(fileURLWithPath: folder + "/t10k-images-idx3-ubyte")
    try Data(try Data(contentsOf: file).prefix(300)).write(to: file)
    expect(
      65, "t10k-images-idx3-ubyte, byte 16", "found 284 bytes", "nothing was added",
      of: try data(store, "add", "squares", folder))
    #expect(try data(store, "list", "--json").json()["data_sets"] as? [String] == [])
  }

  @Test func runsOnADataSetHaveItsDigestAndAreTakenUpOnNoOther() throws {
    let store = try TestStore()
    #expect(try data(store, "add", "squares", try idxFolder(in: store)).status == 0)
    let recipe = try store.recipe(Self.recipe)
    let whole = Digests(try store.json("train", recipe, "--iterations", "5", "--name", "whole"))
    _ = try store.json("train", recipe, "--iterations", "3", "--name", "part", "--threads", "1")
    #expect(try Digests(store.json("resume", "part", "--iterations", "5")) == whole)
    #expect(try store.run("verify", "part", "--all").status == 0)
    // Gone: neither goes on, and each says what to do; looking still works.
    #expect(try data(store, "rm", "squares").status == 0)
    for command in [["resume", "part", "--iterations", "6"], ["verify", "part"], ["evaluate", "part"]] {
      let result = try store.command.run([command[0], "--store", store.path] + command.dropFirst())
      expect(78, "data set squares", "runs data add squares PATH", of: result)
    }
    expect(66, "data set squares", of: try store.run("train", recipe))
    #expect(try store.run("show", "part").status == 0)
    // Another of the same name.
    #expect(try data(store, "add", "squares", try idxFolder(in: store, shift: 1)).status == 0)
    expect(78, "computed from the data set squares with sha256:", of: try store.run("resume", "part"))
    expect(78, "runs data rm squares", of: try store.run("verify", "part"))
    // The same again, from elsewhere.
    #expect(try data(store, "rm", "squares").status == 0)
    #expect(try data(store, "add", "squares", try idxFolder(in: store)).status == 0)
    #expect(try store.run("verify", "part", "--all").status == 0)
  }

  @Test func hdf5FromElsewhereGoesThroughItsOwnProcess() throws {
    guard try Command(binary: URL(fileURLWithPath: "/usr/bin/env")).run("python3", "-c", "import h5py").status == 0
    else {
      return print("skipped: this machine's python3 has no h5py")
    }
    let store = try TestStore()
    let file = store.folder.path + "/examples.h5"
    let program = """
      import h5py, numpy as np, sys
      with h5py.File(sys.argv[1], "w") as f:
          f["part/x"] = np.arange(30 * 2 * 3, dtype=np.uint8).reshape(30, 2, 3)
          f["y"] = np.arange(30) % 3
          np.savez(sys.argv[1] + ".npz", x=f["part/x"][:], y=f["y"][:])
      """
    #expect(
      try Command(binary: URL(fileURLWithPath: "/usr/bin/env")).run("python3", "-c", program, file).status == 0)
    let added = try data(store, "add", "foreign", file, "--features", "part/x", "--json").json()
    let facts = try #require(added["data_set"] as? [String: Any])
    #expect(facts["content"] as? String == "images" && facts["examples"] as? Int == 30)
    // The same numbers from another format are the same data set.
    let other = try data(store, "add", "archive", file + ".npz", "--json").json()
    #expect((other["data_set"] as? [String: Any])?["digest"] as? String == facts["digest"] as? String)
    try Data(Array("no HDF5".utf8)).write(to: URL(fileURLWithPath: file))
    expect(65, "cannot open", "examples.h5", of: try data(store, "add", "broken", file))
    #expect(try data(store, "list", "--json").output.contains("broken") == false)
  }

  private static let env = Command(binary: URL(fileURLWithPath: "/usr/bin/env"))

  @Test func numPysOwnFilesAreRead() throws {
    guard try Self.env.run("python3", "-c", "import numpy").status == 0 else {
      return print("skipped: this machine's python3 has no numpy")
    }
    let store = try TestStore()
    let program = """
      import numpy as np, sys
      x, y = np.arange(20 * 3 * 2, dtype=">u2").reshape(20, 3, 2), np.arange(20) % 4
      np.savez(sys.argv[1] + "/stored.npz", x=x, y=y)
      np.savez_compressed(sys.argv[1] + "/packed.npz", x=x, y=y, names=np.array(["a", None], dtype=object))
      np.save(sys.argv[1] + "/x.npy", x)
      np.save(sys.argv[1] + "/y.npy", y)
      np.save(sys.argv[1] + "/turned.npy", np.asfortranarray(x))
      """
    let folder = store.folder.path
    #expect(try Self.env.run("python3", "-c", program, folder).status == 0)
    var digests: Set<String> = []
    for arguments in [
      ["stored", folder + "/stored.npz"], ["packed", folder + "/packed.npz"],
      ["plain", folder + "/x.npy", "--labels", folder + "/y.npy"],
    ] {
      let result = try store.command.run(["data", "add"] + arguments + ["--store", store.path, "--json"])
      let facts = try #require(try result.json()["data_set"] as? [String: Any], "\(result.errors)")
      #expect(facts["content"] as? String == "table" && facts["examples"] as? Int == 20)
      digests.insert(try #require(facts["digest"] as? String))
    }
    #expect(digests.count == 1)
    expect(
      65, "C order", of: try data(store, "add", "turned", folder + "/turned.npy", "--labels", folder + "/y.npy"))
  }

  /// A program on the PATH decodes JPEG; here one that says what it was given.
  @Test func jpegGoesThroughAProgramOfTheMachine() throws {
    var store = try TestStore()
    let folder = store.folder.path
    for (name, count) in [("cats", 6), ("dogs", 7)] {
      try FileManager.default.createDirectory(atPath: "\(folder)/pets/\(name)", withIntermediateDirectories: true)
      for index in 0..<count {
        try Data([0xFF, 0xD8, UInt8(index)]).write(to: URL(fileURLWithPath: "\(folder)/pets/\(name)/-\(index).jpg"))
      }
    }
    try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
    store.command.environment["PATH"] = folder + "/bin"
    expect(65, "libjpeg-turbo-progs", "nothing was added", of: try data(store, "add", "pets", folder + "/pets"))
    let script = "#!/bin/sh\ntest \"$1\" = -pnm && test -f \"$2\" && printf 'P5 2 1 255\\nAB'\n"
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder + "/bin/djpeg"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/bin/djpeg")
    let facts = try #require(
      try data(store, "add", "pets", folder + "/pets", "--json").json()["data_set"] as? [String: Any])
    #expect(facts["examples"] as? Int == 13 && facts["classes"] as? Int == 2)
    #expect(facts["shape"] as? String == "1 x 2 x 1")
    let contents = try Store(at: store.path).data("pets").contents
    guard case .uint8(let pixels)? = contents["pixels"]?.values else { throw CancellationError() }
    #expect(pixels == (0..<26).map { $0 % 2 == 0 ? 65 : 66 })
  }

  /// What a JPEG library wrote, by whichever decoder this machine has: colors and rows within what the format loses.
  @Test func aRealJPEGKeepsItsColors() throws {
    guard try Self.env.run("python3", "-c", "from PIL import Image").status == 0 else {
      return print("skipped: this machine's python3 has no Pillow")
    }
    let store = try TestStore()
    let program = """
      import os, sys
      from PIL import Image
      for kind, upper, lower in [("a", (200, 30, 60), (20, 90, 220)), ("b", (10, 10, 10), (250, 250, 250))]:
          os.makedirs(f"{sys.argv[1]}/{kind}")
          picture = Image.new("RGB", (16, 16), upper)
          picture.paste(lower, (0, 8, 16, 16))
          for i in range(6):
              picture.save(f"{sys.argv[1]}/{kind}/{i}.jpg", quality=95, subsampling=0)
      """
    let folder = store.folder.path + "/pictures"
    #expect(try Self.env.run("python3", "-c", program, folder).status == 0)
    let added = try data(store, "add", "pictures", folder, "--json")
    let facts = try #require(try added.json()["data_set"] as? [String: Any], "\(added.errors)")
    #expect(facts["shape"] as? String == "16 x 16 x 3" && facts["examples"] as? Int == 12)
    let contents = try Store(at: store.path).data("pictures").contents
    guard case .uint8(let pixels)? = contents["pixels"]?.values, case .int32(let labels)? = contents["labels"]?.values
    else { throw CancellationError() }
    #expect(labels == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    let image = 16 * 16 * 3
    for (place, color) in [(0, [200, 30, 60]), (image - 3, [20, 90, 220]), (11 * image, [10, 10, 10])] {
      for channel in 0..<3 { #expect(abs(Int(pixels[place + channel]) - color[channel]) <= 6, "\(place), \(channel)") }
    }
  }

  static let fashionMNIST = "/usr/share/datasets/fashion-mnist"

  /// Debian's package dataset-fashion-mnist: the real files.
  @Test func fashionMNISTIsAddedAndTrainedOnWithTheSameBitsAfterAResume() throws {
    guard FileManager.default.fileExists(atPath: Self.fashionMNIST + "/train-images-idx3-ubyte.gz") else {
      return print("skipped: no \(Self.fashionMNIST) (Debian: dataset-fashion-mnist)")
    }
    let store = try TestStore()
    let added = try data(store, "add", "fashion_mnist", Self.fashionMNIST, "--json").json()
    let facts = try #require(added["data_set"] as? [String: Any])
    #expect(facts["examples"] as? Int == 70_000)
    #expect(
      facts["digest"] as? String == "sha256:c4e85b2ca16ae27c2b3494bb6e84a602922ee3418f8d408c0265915704c72da1")
    #expect(
      added["splits"] as? [String: Int]
        == ["train": 45_000, "inner_valid": 6_000, "outer_valid": 9_000, "test": 10_000])
    let recipe = try store.recipe(
      """
      learned_optimizer: {kind: mlp}
      tasks:
        - {family: mlp, data: fashion_mnist, hidden: [8], batch_size: 16}
        - {family: taskset_mlp, data: [fashion_mnist], maximum_work: 3000000}
        - {family: image_conv, data: fashion_mnist}
        - {family: vit, data: fashion_mnist, maximum_work: 2000000}
        - {family: resnet_v2, data: fashion_mnist, batch_size: 4}
      estimator: {pairs: 1, truncation: {steps: 3}, horizon: {steps: 9}}
      """)
    let whole = Digests(try store.json("train", recipe, "--iterations", "3"))
    _ = try store.json("train", recipe, "--iterations", "2", "--name", "part")
    #expect(try Digests(store.json("resume", "part", "--iterations", "3")) == whole)
  }
}
