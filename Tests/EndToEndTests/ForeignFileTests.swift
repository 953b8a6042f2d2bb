import CHDF5
import Experiments
import Foundation
import HDF5
import Testing

/// Files from elsewhere, made to do harm, given to the command that takes them: exit code 65, a line that names what.
@Suite struct ForeignFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes a file with libhdf5 alone.
  private func file(_ name: String, _ make: (hid_t) -> Void) -> String {
    let path = folder.path + "/\(name).h5"
    Library.enter()
    defer { Library.leave() }
    let file = H5Fcreate(path, chdf5_truncate(), chdf5_default(), chdf5_default())
    make(file)
    #expect(H5Fclose(file) >= 0)
    return path
  }

  private func group(_ file: hid_t, _ path: String) {
    H5Gclose(H5Gcreate2(file, path, chdf5_default(), chdf5_default(), chdf5_default()))
  }

  private func dataset(_ file: hid_t, _ path: String, shape: [hsize_t] = [4], _ set: (hid_t) -> Void = { _ in }) {
    let space = H5Screate_simple(Int32(shape.count), shape, nil)
    let list = H5Pcreate(chdf5_dataset_creation())
    set(list)
    let dataset = H5Dcreate2(file, path, chdf5_file_int32(), space, chdf5_default(), list, chdf5_default())
    #expect(dataset >= 0)
    H5Dclose(dataset)
    H5Pclose(list)
    H5Sclose(space)
  }

  private func expectRefusal(_ path: String, _ words: String..., location: SourceLocation = #_sourceLocation) throws {
    let out = folder.path + "/out.h5"
    let result = try Command().run("apply", path, "--out", out)
    #expect(result.status == 65, "\(path): \(result.errors)", sourceLocation: location)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines.first?.hasPrefix("runs: error: ") == true, sourceLocation: location)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: location) }
    #expect(!FileManager.default.fileExists(atPath: out), sourceLocation: location)
  }

  @Test func whatMayNotBeInAFileIsRefusedByName() throws {
    let link = file("external-link") {
      H5Lcreate_external("/etc/passwd", "/", $0, "outside", chdf5_default(), chdf5_default())
    }
    try expectRefusal(link, "/outside", "a hard link")
    try expectRefusal(
      file("external-storage") { dataset($0, "x") { H5Pset_external($0, "/etc/passwd", 0, 16) } },
      "/x", "other files")
    let virtual = file("virtual") { file in
      dataset(file, "x") { list in
        let space = H5Screate_simple(1, [4], nil)
        H5Pset_virtual(list, space, "other.h5", "x", space)
        H5Sclose(space)
      }
    }
    try expectRefusal(virtual, "/x", "a virtual dataset")
    let filter = file("filter") { file in
      dataset(file, "x") { list in
        H5Pset_chunk(list, 1, [4])
        H5Pset_nbit(list)
      }
    }
    try expectRefusal(filter, "/x", "filter")
    let bomb = file("bomb") { dataset($0, "x", shape: [1 << 30]) { H5Pset_chunk($0, 1, [1 << 20]) } }
    try expectRefusal(bomb, "/x", "1000 times the stored bytes")
    try expectRefusal(file("size") { dataset($0, "x", shape: [1 << 40]) }, "/x", "bytes")
    let deep = file("deep") { file in
      for depth in 1...9 { group(file, (1...depth).map { "\($0)" }.joined(separator: "/")) }
    }
    try expectRefusal(deep, "/1/2/3/4/5/6/7/8/9", "depth 8 at most")
    let circle = file("circle") { file in
      group(file, "a")
      H5Lcreate_hard(file, "/", file, "a/back", chdf5_default(), chdf5_default())
    }
    try expectRefusal(circle, "/a/back", "reached once")
  }

  @Test func whatIsNoHDF5IsRefused() throws {
    for (name, bytes) in [
      ("empty", Data()), ("text", Data("hello".utf8)), ("signature", Data([0x89, 0x48, 0x44, 0x46])),
    ] {
      let path = folder.path + "/" + name
      try bytes.write(to: URL(fileURLWithPath: path))
      try expectRefusal(path, name)
    }
    try expectRefusal(folder.path, folder.path)
    let missing = try Command().run("apply", folder.path + "/none.h5", "--out", folder.path + "/out.h5")
    #expect(missing.status == 66)
  }

  /// A named pipe, which nobody ever writes.
  @Test func whatIsNoFileIsRefusedAndNotWaitedFor() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    try expectRefusal(path, path)
  }

  @Test func turnedBitsOfAnOracleNeverEndTheCommandByASignal() throws {
    let oracle = try Data(
      contentsOf: Command.package.appendingPathComponent("Tests/OptimizersTests/Fixtures/mlp_lopt.h5"))
    let path = folder.path + "/mutant.h5"
    var seed: UInt64 = 2026
    var statuses: [Int32: Int] = [:]
    for _ in 0..<40 {
      var mutant = oracle
      for _ in 0..<4 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // The headers are at the start.
        mutant[Int(seed >> 33) % min(mutant.count, 4_096)] ^= 1 << UInt8(seed >> 29 & 7)
      }
      try mutant.write(to: URL(fileURLWithPath: path))
      let result = try Command().run("apply", path, "--out", folder.path + "/out.h5")
      #expect([0, 65].contains(result.status), "\(result.status): \(result.errors)")
      statuses[result.status, default: 0] += 1
    }
    print("turned bits in a foreign file: \(statuses)")
  }

  // MARK: The child process

  private func read(_ path: String, by program: String, _ set: (inout ForeignLimits) -> Void = { _ in }) -> String? {
    var limits = ForeignLimits()
    set(&limits)
    do {
      _ = try ForeignFile.read(path, by: program, limits)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func script(_ text: String) throws -> String {
    let path = folder.path + "/script-\(UUID().uuidString)"
    try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(chmod(path, 0o700) == 0)
    return path
  }

  @Test func aChildThatCrashesHangsTalksTooMuchOrLiesIsNamed() throws {
    let crash = try #require(read("x.h5", by: try script("kill -SEGV $$")))
    #expect(crash.contains("x.h5") && crash.contains("signal 11"))
    let hang = try #require(read("x.h5", by: try script("exec sleep 100")) { $0.seconds = 1 })
    #expect(hang.contains("did not end within 1 s"))
    let closed = try #require(read("x.h5", by: try script("exec sleep 100 >&- 2>&-")) { $0.seconds = 1 })
    #expect(closed.contains("did not end within 1 s"))
    let flood = try #require(read("x.h5", by: try script("exec yes")) { $0.stream = 1 << 20 })
    #expect(flood.contains("1048576 bytes"))
    let chatter = try #require(read("x.h5", by: try script("yes >&2")) { $0.seconds = 2 })
    #expect(chatter.contains("did not end within 2 s"))
    let lie = try #require(read("x.h5", by: try script("echo hello")))
    #expect(lie.contains("something else than arrays"))
    let silence = try #require(read("x.h5", by: try script("exit 3")))
    #expect(silence.contains("ended with 3"))
    #expect(try #require(read("x.h5", by: folder.path + "/none")).contains("cannot be started"))
  }

  @Test(.disabled(if: Command.isSanitized, "a sanitizer needs more address space than any limit leaves"))
  func aFileThatNeedsMoreMemoryThanAllowedIsRefused() throws {
    let path = folder.path + "/large.h5"
    let new = try NewFile()
    let values = (0..<4_000_000).map { Float($0) }
    _ = try new.root.write("x", values, shape: [values.count])
    try Data(new.finish()).write(to: URL(fileURLWithPath: path))
    #expect(read(path, by: Command.binary.path) == nil)
    let words = try #require(read(path, by: Command.binary.path) { $0.memory = 100 << 20 })
    print("100 MB of address space: \(words)")
    #expect(words.contains(path))
  }

  @Test func whatIsPassedOnIsWhatIsInTheFile() throws {
    let path = folder.path + "/plain.h5"
    let new = try NewFile()
    try new.root.setAttribute("words", "größer")
    try new.root.setAttribute("number", Int64(-7))
    let group = try new.root.group("a/b")
    let floats: [Float] = [1, -0.0, .infinity, 1e-45, Float(bitPattern: 0x7fc0_1234)]
    _ = try group.write("floats", floats, shape: [5, 1])
    _ = try group.write("doubles", [Double.pi, -.infinity], shape: [2])
    _ = try group.write("unsigned", [UInt64.max], shape: [])
    _ = try group.write("small", [Int32.min], shape: [1])
    try new.root.write("texts", texts: ["", "x"], shape: [2])
    try Data(new.finish()).write(to: URL(fileURLWithPath: path))
    let found = try ForeignFile.read(path, by: Command.binary.path)
    #expect(found.datasets.map(\.path) == ["a/b/doubles", "a/b/floats", "a/b/small", "a/b/unsigned", "texts"])
    #expect(found.attributes["words"] == .texts(["größer"]) && found.attributes["number"] == .integers([-7]))
    #expect(found["a/b/floats"]?.shape == [5, 1])
    guard case .float32(let values)? = found["a/b/floats"]?.values else { return #expect(Bool(false)) }
    #expect(values.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(found["a/b/doubles"]?.values == .float64([.pi, -.infinity]))
    #expect(found["a/b/unsigned"]?.values == .unsigned([.max]) && found["a/b/unsigned"]?.shape == [])
    #expect(found["a/b/small"]?.values == .integers([Int64(Int32.min)]))
    #expect(found["texts"]?.values == .texts(["", "x"]))
  }
}
