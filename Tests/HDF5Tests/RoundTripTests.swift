// What is written is what is read, for every element type and shape.

import Foundation
import HDF5
import Testing

@Suite struct RoundTrip {
  /// The shapes: no axes, no elements, one to four axes, below, at and over the edges of the chunks.
  static let shapes: [[Int]] = [
    [], [0], [1], [7], [8], [9], [1000], [3, 0], [0, 5], [5, 7], [8, 8], [17, 3], [2, 3, 4], [9, 1, 5], [3, 2, 5, 4],
    [1, 1, 1, 1],
  ]

  static let options: [DatasetOptions] = [
    .plain, .compressed, DatasetOptions(shuffles: true), DatasetOptions(deflate: 9),
  ]

  /// Values that use every bit of a type, one after the other.
  static func values<E: FixedWidthInteger>(_ type: E.Type, _ count: Int) -> [E] {
    (0..<count).map { index in
      switch index {
      case 0: E.max
      case 1: E.min
      default: E(truncatingIfNeeded: UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
      }
    }
  }

  static let floats: [Float] = [
    .nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1,
    Float(bitPattern: 0x7FC0_1234), Float(bitPattern: 0xFF80_0001),
  ]

  @Test(arguments: shapes, options)
  func everyIntegerTypeComesBackWithItsValues(shape: [Int], options: DatasetOptions) throws {
    func check<E: Element & FixedWidthInteger>(_ type: E.Type) throws {
      let count = shape.reduce(1, *)
      let values = Self.values(type, count)
      let file = try NewFile()
      try file.root.write("x", values, shape: shape, options: options)
      let dataset = try File.open(image: file.finish()).dataset("x")
      #expect(dataset.shape == shape)
      #expect(dataset.elementType == E.elementType)
      #expect(try dataset.read(type) == values)
    }
    try check(Int8.self)
    try check(Int16.self)
    try check(Int32.self)
    try check(Int64.self)
    try check(Int.self)
    try check(UInt8.self)
    try check(UInt16.self)
    try check(UInt32.self)
    try check(UInt64.self)
    try check(UInt.self)
  }

  @Test(arguments: shapes, options)
  func floatsComeBackBitForBit(shape: [Int], options: DatasetOptions) throws {
    let count = shape.reduce(1, *)
    let singles = (0..<count).map { Self.floats[$0 % Self.floats.count] }
    let doubles = (0..<count).map { $0 == 0 ? Double(bitPattern: 0x7FF0_0000_0000_0001) : Double($0).squareRoot() }
    let file = try NewFile()
    try file.root.write("singles", singles, shape: shape, options: options)
    try file.root.write("doubles", doubles, shape: shape, options: options)
    let read = try File.open(image: file.finish())
    #expect(try read.dataset("singles").read(Float.self).map(\.bitPattern) == singles.map(\.bitPattern))
    #expect(try read.dataset("doubles").read(Double.self).map(\.bitPattern) == doubles.map(\.bitPattern))
  }

  @Test(arguments: shapes, options)
  func textsComeBack(shape: [Int], options: DatasetOptions) throws {
    let words = ["", "a", "Grüße", "naïve\n", "日本語", "😀"]
    let texts = (0..<shape.reduce(1, *)).map { words[$0 % words.count] }
    let file = try NewFile()
    try file.root.write("x", texts: texts, shape: shape, options: options)
    let dataset = try File.open(image: file.finish()).dataset("x")
    #expect(dataset.shape == shape)
    #expect(try dataset.readTexts() == texts)
  }

  @Test(arguments: [0, 1, 59_999, 60_000, 60_001, 70_000, 3_000_000])
  func aTextOfAnyLengthComesBack(length: Int) throws {
    let text = String(repeating: "x", count: length)
    let file = try NewFile()
    try file.root.write("x", text: text)
    let read = try File.open(image: file.finish())
    #expect(try read.dataset("x").readText() == text)
  }

  @Test(arguments: [[1], [3], [5], [1000]])
  func aDatasetOverManyChunksComesBack(chunk: [Int]) throws {
    let values = (0..<1003).map { Int32($0 * 7) }
    let file = try NewFile()
    let options = DatasetOptions(chunk: chunk, shuffles: true, deflate: 1)
    try file.root.write("x", values, options: options)
    let dataset = try File.open(image: file.finish()).dataset("x")
    #expect(dataset.storage == .chunked(chunk))
    #expect(dataset.filters == [.shuffle, .deflate(level: 1), .fletcher32])
    #expect(try dataset.read(Int32.self) == values)
  }

  @Test func rowsAreReadWithoutTheRest() throws {
    let values = (0..<10_000).map { Double($0) }
    let file = try NewFile()
    try file.root.write("x", values, shape: [2500, 2, 2], options: DatasetOptions(chunk: [100, 2, 1]))
    let dataset = try File.open(image: file.finish()).dataset("x")
    for rows in [0..<1, 0..<2500, 2499..<2500, 99..<101, 7..<7, 2500..<2500] {
      #expect(try dataset.read(Double.self, rows: rows) == Array(values[rows.lowerBound * 4..<rows.upperBound * 4]))
    }
  }

  @Test func attributesComeBack() throws {
    let file = try NewFile()
    let group = try file.root.group("a/b")
    let dataset = try group.write("x", [1, 2, 3] as [Float])
    func set(_ object: some AttributeHolder) throws {
      try object.setAttribute("text", "Grüße")
      try object.setAttribute("empty", "")
      try object.setAttribute("texts", ["a", "bcd", ""])
      try object.setAttribute("no texts", [String]())
      try object.setAttribute("true", true)
      try object.setAttribute("int", -5)
      try object.setAttribute("int8", Int8.min)
      try object.setAttribute("uint64", UInt64.max)
      try object.setAttribute("uint16s", [1, 65535] as [UInt16])
      try object.setAttribute("float", Float(0.1))
      try object.setAttribute("doubles", [0.1, .infinity])
      try object.setAttribute("none", [Double]())
    }
    try set(group)
    try set(dataset)
    let read = try File.open(image: file.finish())
    func check(_ object: some AttributeSource) throws {
      #expect(try object.textAttribute("text") == "Grüße")
      #expect(try object.textAttribute("empty") == "")
      #expect(try object.attribute("texts").values == .texts(["a", "bcd", ""]))
      #expect(try object.attribute("no texts").values == .texts([]))
      #expect(try object.attribute("true").values == .booleans([true]))
      #expect(try object.attribute("int", Int.self) == -5)
      #expect(try object.attribute("int8", Int8.self) == Int8.min)
      #expect(try object.attribute("uint64", UInt64.self) == UInt64.max)
      #expect(try object.attribute("uint16s").values == .unsigned([1, 65535]))
      #expect(try object.attribute("float", Float.self) == 0.1)
      #expect(try object.attribute("doubles").values == .numbers([0.1, .infinity]))
      #expect(try object.attribute("none").shape == [0])
      #expect(try object.attributeNames().count == 12)
    }
    try check(read.group("a/b"))
    try check(read.dataset("a/b/x"))
  }

  @Test func childrenAreListedInTheOrderOfTheirBytes() throws {
    let file = try NewFile()
    for name in ["b", "a", "ä", "B", "~", "10", "9"] { try file.root.write(name, scalar: 1) }
    try file.root.group("c/d")
    let read = try File.open(image: file.finish())
    #expect(try read.root.children().map(\.name) == ["10", "9", "B", "a", "b", "c", "~", "ä"])
    #expect(try read.root.children().filter { $0.kind == .group }.map(\.name) == ["c"])
    #expect(try read.root.contains("c/d"))
    #expect(try !read.root.contains("c/e/f"))
  }

  @Test func sameContentIsSameBytesAtAnyTime() throws {
    func image() throws -> [UInt8] {
      let file = try NewFile(named: "some name")
      try file.root.setAttribute("name", "value")
      for index in 0..<40 {
        let group = try file.root.group("groups/\(index)")
        try group.setAttribute("index", index)
        let values = (0..<1000).map { Float($0 * index) }
        try group.write("values", values, shape: [10, 100], options: DatasetOptions(chunk: [3, 7], deflate: 1))
        try group.write("scalar", scalar: index)
      }
      return try file.finish()
    }
    let first = try image()
    #expect(try image() == first)
    // libhdf5 would store times in seconds.
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try image() == first)
  }
}
