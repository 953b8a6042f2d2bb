// What we write is read by h5py, h5dump and h5ls as it was meant.

import Foundation
import HDF5
import Testing

@Suite struct OtherReaders {
  /// A file with one of each.
  private func example() throws -> [UInt8] {
    let file = try NewFile()
    try file.root.setAttribute("schema", 3)
    try file.root.setAttribute("recipe", "Grüße")
    try file.root.setAttribute("finished", true)
    try file.root.setAttribute("tags", ["a", "bc"])
    let group = try file.root.group("theta/nn/~")
    try group.write("w0", (0..<12).map { Float($0) / 8 }, shape: [3, 4], options: DatasetOptions(chunk: [2, 2]))
      .setAttribute("unit", "1")
    try group.write("count", scalar: UInt64.max)
    try group.write("none", [Double]())
    try group.write("names", texts: ["x", "yz"], shape: [2], options: .compressed)
    try group.write("text", text: "one\ntwo")
    return try file.finish()
  }

  @Test(.enabled(if: Tool.hasPython)) func h5pyReadsWhatWeWrite() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(example())
    let script = """
      import h5py, sys
      f = h5py.File(sys.argv[1], "r")
      a = f.attrs
      assert a["schema"] == 3 and a["schema"].dtype == "<i8", a["schema"]
      assert a["recipe"].decode() == "Grüße", a["recipe"]
      assert bool(a["finished"]) is True and a["finished"].dtype == bool
      assert list(a["tags"]) == [b"a", b"bc"], a["tags"]
      g = f["theta/nn/~"]
      w = g["w0"]
      assert w.dtype == "<f4" and w.shape == (3, 4) and w.chunks == (2, 2) and w.fletcher32
      assert w[2, 3] == 11 / 8 and w.attrs["unit"] == b"1"
      assert g["count"][()] == 2**64 - 1 and g["count"].shape == ()
      assert g["none"].shape == (0,) and g["none"].dtype == "<f8" and list(g["none"][()]) == []
      assert list(g["names"]) == [b"x", b"yz"] and g["names"].compression == "gzip" and g["names"].shuffle
      assert g["text"][()] == b"one\\ntwo"
      assert sorted(g) == ["count", "names", "none", "text", "w0"]
      print("same")
      """
    let result = try Tool.run("python3", ["-c", script, path])
    #expect(result.output == "same\n")
  }

  @Test(.enabled(if: Tool.hasDump)) func h5dumpReadsWhatWeWrite() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(example())
    let result = try Tool.run("h5dump", ["-p", "-B", path])
    #expect(result.status == 0)
    for words in ["SUPERBLOCK_VERSION 3", "CHECKSUM FLETCHER32", "H5T_IEEE_F32LE", "CHUNKED ( 2, 2 )", "COMPACT"] {
      #expect(result.output.contains(words), "h5dump does not say \(words)")
    }
  }

  @Test(.enabled(if: Tool.hasList)) func h5lsListsWhatWeWrite() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(example())
    let result = try Tool.run("h5ls", ["-r", path])
    #expect(result.status == 0)
    #expect(result.output.contains("/theta/nn/~/w0           Dataset {3, 4}"))
    #expect(result.output.contains("/theta/nn/~/count        Dataset {SCALAR}"))
  }
}
