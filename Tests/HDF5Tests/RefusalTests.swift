// Files from elsewhere: what is read, and what is refused by which name.

import CHDF5
import Foundation
import HDF5
import Testing

@Suite struct ForeignFiles {
  private func refusal(_ file: File, _ limits: Refusals = Refusals()) -> HDF5Error? {
    do {
      try limits.check(file)
      return nil
    } catch {
      return error
    }
  }

  private func expect(_ reason: Refusal, _ object: String, _ file: File, _ limits: Refusals = Refusals()) {
    let error = refusal(file, limits)
    #expect(error?.code == .refused(reason))
    #expect(error?.object == object)
    #expect(error?.description.contains("of foreign.h5") == true)
    #expect(error?.expected != nil && error?.found != nil)
    #expect(file.openObjects == 1)
  }

  @Test func whatIsOnTheListIsAccepted() throws {
    let file = try foreign { file in
      makeGroup(file, "a")
      makeGroup(file, "a/~")
      for (index, rank) in (1...5).enumerated() {
        makeDataset(file, "a/\(index)", shape: [hsize_t](repeating: 3, count: rank))
      }
      makeDataset(file, "compact") { #expect(H5Pset_layout($0, H5D_COMPACT) >= 0) }
      makeDataset(file, "chunked", shape: [100]) { list in
        #expect(H5Pset_chunk(list, 1, [10]) >= 0)
        #expect(H5Pset_shuffle(list) >= 0)
        #expect(H5Pset_deflate(list, 4) >= 0)
        #expect(H5Pset_fletcher32(list) >= 0)
      }
    }
    try Refusals().check(file)
  }

  @Test func ownFilesAreAccepted() throws {
    let file = try NewFile()
    let group = try file.root.group("a/b/c/d/e/f/g/h")
    try group.setAttribute("true", true)
    try group.write("zeros", [Float](repeating: 0, count: 2_000_000), options: .compressed)
    try group.write("scalar", scalar: 1)
    try group.write("none", [Float]())
    try group.write("texts", texts: ["a"], shape: [1])
    try Refusals().check(File.open(image: file.finish()))
  }

  @Test func softAndExternalLinksAreRefused() throws {
    expect(.linkNotHard, "/soft", try foreign { H5Lcreate_soft("/a", $0, "soft", chdf5_default(), chdf5_default()) })
    expect(
      .linkNotHard, "/outside",
      try foreign { H5Lcreate_external("/etc/passwd", "/", $0, "outside", chdf5_default(), chdf5_default()) })
  }

  @Test func namedDatatypesAreRefused() throws {
    let file = try foreign { file in
      let type = H5Tcopy(chdf5_file_int32())
      H5Tcommit2(file, "type", type, chdf5_default(), chdf5_default(), chdf5_default())
      H5Tclose(type)
    }
    expect(.objectKind, "/type", file)
  }

  @Test func groupsInACircleAreRefused() throws {
    let file = try foreign { file in
      makeGroup(file, "a")
      H5Lcreate_hard(file, "/", file, "a/back", chdf5_default(), chdf5_default())
    }
    expect(.groupReachedTwice, "/a/back", file)
  }

  @Test func tooDeepIsRefused() throws {
    let file = try foreign { file in
      for depth in 1...9 { makeGroup(file, (1...depth).map { "\($0)" }.joined(separator: "/")) }
    }
    expect(.depth, "/1/2/3/4/5/6/7/8/9", file)
  }

  @Test func tooManyObjectsAreRefused() throws {
    let file = try foreign { file in for index in 0..<9 { makeGroup(file, "\(index)") } }
    var limits = Refusals()
    limits.objects = 9
    expect(.objectCount, "/8", file, limits)
    limits.objects = 10
    #expect(refusal(file, limits) == nil)
  }

  @Test func typesOffTheListAreRefused() throws {
    func check(_ make: () -> hid_t) throws {
      let file = try foreign { file in
        let type = make()
        makeDataset(file, "x", type: type)
        H5Tclose(type)
      }
      expect(.elementType, "/x", file)
    }
    try check { H5Tvlen_create(chdf5_file_int32()) }
    try check { H5Tcreate(H5T_OPAQUE, 3) }
    try check { H5Tarray_create2(chdf5_file_int32(), 1, [2]) }
    try check {
      let type = H5Tenum_create(chdf5_file_int8())
      var value: Int8 = 7
      H5Tenum_insert(type, "SEVEN", &value)
      return type
    }
    try check {
      let type = H5Tcreate(H5T_COMPOUND, 4)
      H5Tinsert(type, "a", 0, chdf5_file_int32())
      return type
    }
    try check {
      let type = H5Tcopy(chdf5_c_string())
      H5Tset_size(type, chdf5_variable_size())
      return type
    }
    try check {
      let type = H5Tcopy(chdf5_file_int32())
      H5Tset_precision(type, 12)
      return type
    }
    try check {
      let type = H5Tcopy(chdf5_file_int64())
      H5Tset_size(type, 5)
      return type
    }
  }

  @Test func tooManyAxesAreRefused() throws {
    expect(.rank, "/x", try foreign { makeDataset($0, "x", shape: [1, 1, 1, 1, 1, 1]) })
  }

  @Test func moreThanTheFileHoldsIsRefused() throws {
    expect(.size, "/x", try foreign { makeDataset($0, "x", shape: [1 << 40]) })
  }

  @Test func externalStorageIsRefused() throws {
    let file = try foreign { file in
      makeDataset(file, "x") { #expect(H5Pset_external($0, "/etc/passwd", 0, 16) >= 0) }
    }
    expect(.externalStorage, "/x", file)
  }

  @Test func virtualDatasetsAreRefused() throws {
    let file = try foreign { file in
      makeDataset(file, "x") { list in
        let space = H5Screate_simple(1, [4], nil)
        #expect(H5Pset_virtual(list, space, "other.h5", "x", space) >= 0)
        H5Sclose(space)
      }
    }
    expect(.virtualDataset, "/x", file)
  }

  @Test func otherFiltersAreRefused() throws {
    let file = try foreign { file in
      makeDataset(file, "x", type: chdf5_file_int32()) { list in
        H5Pset_chunk(list, 1, [4])
        #expect(H5Pset_nbit(list) >= 0)
      }
    }
    expect(.filter, "/x", file)
  }

  @Test func largeChunksAreRefused() throws {
    let file = try foreign { file in
      makeDataset(file, "x", shape: [1 << 25]) { H5Pset_chunk($0, 1, [(1 << 24) + 1]) }
    }
    expect(.chunkSize, "/x", file)
  }

  @Test func bombsAreRefused() throws {
    let file = try foreign { file in
      makeDataset(file, "x", shape: [1 << 30]) { H5Pset_chunk($0, 1, [1 << 20]) }
    }
    expect(.expansion, "/x", file)
  }

  @Test func attributesAreChecked() throws {
    func attribute(_ type: hid_t, shape: [hsize_t]) throws -> File {
      try foreign { file in
        let space = H5Screate_simple(Int32(shape.count), shape, nil)
        let root = H5Gopen2(file, "/", chdf5_default())
        let attribute = H5Acreate2(root, "a", type, space, chdf5_default(), chdf5_default())
        #expect(attribute >= 0)
        H5Aclose(attribute)
        H5Gclose(root)
        H5Sclose(space)
      }
    }
    expect(.rank, "/@a", try attribute(chdf5_file_int8(), shape: [1, 1, 1, 1, 1, 1]))
    let opaque = H5Tcreate(H5T_OPAQUE, 3)
    expect(.elementType, "/@a", try attribute(opaque, shape: [1]))
    H5Tclose(opaque)
  }

  @Test func everyRefusalHasATest() {
    // One line a case, so that a new one is missed here.
    for reason in Refusal.allCases {
      switch reason {
      case .linkNotHard, .objectKind, .groupReachedTwice, .depth, .objectCount, .elementType, .rank, .size: break
      case .externalStorage, .virtualDataset, .filter, .chunkSize, .expansion: break
      }
    }
    #expect(Refusal.allCases.count == 13)
  }
}

@Suite struct FilesOfH5py {
  static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/h5py.h5")

  @Test func areAcceptedAndRead() throws {
    let file = try File.open(path: Self.fixture.path)
    try Refusals().check(file)
    #expect(try file.root.textAttribute("optimizer") == "AdafacMLPLOpt")
    #expect(try file.root.attribute("steps", Int64.self) == 10)
    #expect(try file.root.attribute("arg.exp_mult", Double.self) == 0.001)
    #expect(try file.root.attribute("arg.concat_weights").values == .booleans([true]))
    #expect(try file.root.attribute("arg.split_weights").values == .booleans([false]))
    #expect(try file.root.attribute("arg.initial_momentum_decays").values == .numbers([0.9, 0.99, 0.999]))
    #expect(try file.root.attributeNames().count == 14)
    let theta = try file.group("theta/nn/~")
    #expect(try theta.children().map(\.name) == ["b0", "b1", "b2", "w0", "w1", "w2"])
    let weights = try theta.dataset("w0")
    #expect(weights.shape == [39, 4] && weights.elementType == .float32 && weights.storage == .contiguous)
    #expect(try weights.read(Float.self).allSatisfy(\.isFinite))
    let gradients = try file.dataset("grads/layer0/w")
    let eighth = try gradients.read(Float.self, rows: 7..<8)
    #expect(eighth.count == 12)
    #expect(try gradients.read(Float.self)[84..<96] == eighth[...])
    let doubles = try file.dataset("params_float64/layer0/w")
    #expect(try doubles.read(convertingTo: Float.self) == doubles.read(Double.self).map(Float.init))
    #expect(file.openObjects == 1)
  }

  @Test func allOraclesAreReadable() throws {
    let folder = Self.fixture.appending(path: "../../../../../shared/oracles").standardizedFileURL
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".h5") }
    #expect(!names.isEmpty)
    for name in names {
      let file = try File.open(path: folder.appending(path: name).path)
      try Refusals().check(file)
      #expect(try countElements(file.root) > 1000)
    }
  }

  /// Reads everything below a group and counts it.
  private func countElements(_ group: Group) throws -> Int {
    for name in try group.attributeNames() { _ = try group.attribute(name) }
    var count = 0
    for child in try group.children() {
      switch child.kind {
      case .group: count += try countElements(group.group(child.name))
      case .dataset: count += try group.dataset(child.name).read(convertingTo: Double.self).count
      default: Issue.record("unexpected \(child)")
      }
    }
    return count
  }
}
