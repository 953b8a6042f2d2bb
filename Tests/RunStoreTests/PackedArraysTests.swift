// Packed groups: what is written comes back, and an index that does not fit is named.

import HDF5
import Testing

@testable import RunStore

@Suite struct PackedArrays {
  private func image(_ arrays: NamedArrays) throws -> [UInt8] {
    try Checkpoint.image(arrays, contents: arrays.digest, file: "packed", doing: "testing")
  }

  private func read(_ image: [UInt8]) throws -> NamedArrays {
    try Checkpoint.arrays(image: image, file: "packed", doing: "testing")
  }

  @Test func arraysComeBackWithAllTheirBitsAndPlaces() throws {
    let state = Example.packedState(3)
    let image = try image(state)
    let back = try read(image)
    #expect(back == state)
    #expect(back.packedGroups == ["particles"])
    #expect(try self.image(back) == image)
    // Packed or not is no matter of the digest.
    let plain = NamedArrays(state.arrays)
    #expect(plain.digest == state.digest)
    #expect(try read(self.image(plain)) == state)
    let file = try File.open(image: image, named: "packed").root
    #expect(try file.contains("theta/w"))
    #expect(try file.group("particles").children().map(\.name) == ["index", "values"])
  }

  @Test func groupsWithoutArraysAndArraysWithoutAxesArePacked() throws {
    var state = NamedArrays([.scalar("a/b", .uint8([3])), .scalar("a/c", .text(["x"]))])
    for group in ["a", "none"] { state.pack(group) }
    #expect(try read(image(state)) == state)
  }

  @Test func valuesOfSeveralChunksComeBack() throws {
    let numbers = (0..<700_001).map { Float($0) }
    var state = NamedArrays([
      NamedArray("g/a", shape: [700_001], .float32(numbers)), NamedArray("g/b", shape: [2], .float32([1, 2])),
    ])
    state.pack("g")
    let image = try image(state)
    #expect(try read(image) == state)
    #expect(image.count < 700_001 * 4 + 16_000)
  }

  @Test func namesOfArraysAreChecked() {
    for name in ["a", "a/b", "größer/ü b", "...", "a/.b/b..", ".a", String(repeating: "x", count: 1_023)] {
      #expect(NamedArray.isName(name), "\(name)")
    }
    for name in ["", "/", "/a", "a/", "a//b", ".", "..", "a/./b", "../a", "a/..", "a\u{0}", "a\tb", "a\u{7f}"] {
      #expect(!NamedArray.isName(name), "\(name)")
    }
    #expect(!NamedArray.isName(String(repeating: "x", count: 1_024)))
  }

  /// A packed group as a hand that means ill would write it.
  private struct Hand {
    var names = ["x", "y", "z"]
    var types = ["float32", "uint8", "float32"]
    var offsets: [Int64] = [0, 0, 2]
    var counts: [Int64] = [2, 1, 3]
    var ranks: [UInt8] = [1, 0, 2]
    var axes: [Int64] = [2, 1, 1, 1, 1, 3]
    var positions: [Int64] = [0, 1, 2]
    var floats: [Float] = [1, 2, 3, 4, 5]
    var bytes: [UInt8] = [7]
    var arrayCount: Int64 = 3

    func image() throws -> [UInt8] {
      let file = try NewFile(named: "packed")
      try file.root.setAttribute("schema", "runs/checkpoint")
      try file.root.setAttribute("schema_version", Int64(2))
      try file.root.setAttribute("contents_sha256", Self.arrays.digest.hex)
      try file.root.setAttribute("array_count", arrayCount)
      let group = try file.root.group("g")
      try group.setAttribute("is_packed", true)
      let values = try group.group("values")
      try values.write("float32", floats)
      try values.write("uint8", bytes)
      let index = try group.group("index")
      try index.write("name", texts: names, shape: [names.count])
      try index.write("type", texts: types, shape: [types.count])
      try index.write("offset", offsets)
      try index.write("count", counts)
      try index.write("rank", ranks)
      try index.write("axes", axes, shape: [axes.count / 2, 2])
      try index.write("position", positions)
      return try file.finish()
    }

    static let arrays = NamedArrays([
      NamedArray("g/x", shape: [2], .float32([1, 2])), .scalar("g/y", .uint8([7])),
      NamedArray("g/z", shape: [1, 3], .float32([3, 4, 5])),
    ])
  }

  @Test func whatAHandWroteRightIsRead() throws {
    #expect(try read(Hand().image()) == Hand.arrays)
  }

  @Test func eachWayInWhichAnIndexDoesNotFitIsNamedWithItsDataset() throws {
    let huge = Int64.max
    let cases: [(what: String, dataset: String, words: String, change: (inout Hand) -> Void)] = [
      ("a missing row", "/g/index/name", "rows", { $0.names.removeLast() }),
      ("a missing column's end", "/g/index/position", "rows", { $0.positions.removeLast() }),
      ("offset ahead", "/g/index/offset", "row 2", { $0.offsets[2] = 3 }),
      ("offset that overlaps", "/g/index/offset", "row 2", { $0.offsets[2] = 1 }),
      ("offset below 0", "/g/index/offset", "row 0", { $0.offsets[0] = -1 }),
      ("offset out of range", "/g/index/offset", "row 2", { $0.offsets[2] = huge }),
      ("count unlike axes", "/g/index/count", "row 0", { $0.counts[0] = 3 }),
      ("count below 0", "/g/index/count", "row 0", { $0.counts[0] = -2 }),
      (
        "more than is left", "/g/index/count", "row 2",
        {
          $0.axes[5] = 4; $0.counts[2] = 4
        }
      ),
      (
        "axes whose product overflows", "/g/index/count", "row 2",
        {
          $0.axes[4] = huge; $0.axes[5] = huge
        }
      ),
      (
        "an axis below 0", "/g/index/count", "row 2",
        {
          $0.axes[4] = -1; $0.axes[5] = -3
        }
      ),
      ("an axis behind the rank", "/g/index/axes", "row 0", { $0.axes[1] = 2 }),
      ("a rank above the columns", "/g/index/rank", "row 1", { $0.ranks[1] = 3 }),
      ("an unknown type", "/g/index/type", "float16 in row 1", { $0.types[1] = "float16" }),
      ("a type without values", "/g/index/type", "int64 in row 1", { $0.types[1] = "int64" }),
      ("another type", "/g/index/offset", "row 1", { $0.types[1] = "float32" }),
      ("the same place twice", "/g/index/position", "two", { $0.positions[2] = 1 }),
      ("a place beyond the last", "/", "none at place 2", { $0.positions[2] = 3 }),
      ("a place below 0", "/", "none at place 2", { $0.positions[2] = -1 }),
      ("the same name twice", "/", "already an array", { $0.names[2] = "x" }),
      ("a name that is a folder", "/", "already an array", { $0.names[2] = "x/w" }),
      ("a name that is no path", "/g/index/name", "row 2", { $0.names[2] = "../x" }),
      ("values that nobody has", "/g/values/float32", "6", { $0.floats.append(6) }),
      ("values that are missing", "/g/index/count", "row 2", { $0.floats.removeLast() }),
      ("fewer arrays than said", "/", "3", { $0.arrayCount = 4 }),
      ("a number of arrays below 0", "/", "3", { $0.arrayCount = -1 }),
      ("other values", "/", "digest", { $0.floats[4] = 6 }),
    ]
    for (what, dataset, words, change) in cases {
      var hand = Hand()
      change(&hand)
      let image = try hand.image()
      let error = #expect(throws: StoreError.self, "\(what)") { try read(image) }
      #expect(error?.code == .damaged, "\(what)")
      #expect(error?.dataset == dataset, "\(what): \(error.map { "\($0)" } ?? "")")
      let text = "\(error?.expected ?? "") \(error?.found ?? "")"
      #expect(text.contains(words), "\(what): \(text)")
    }
  }

  @Test func aFileOfANewerVersionIsRefusedWithBothNumbers() throws {
    let file = try NewFile(named: "newer")
    try file.root.setAttribute("schema", "runs/checkpoint")
    try file.root.setAttribute("schema_version", Int64(3))
    let image = try file.finish()
    let error = #expect(throws: StoreError.self) { try read(image) }
    #expect(error?.code == .newerSchema(found: 3, known: 2))
  }
}
