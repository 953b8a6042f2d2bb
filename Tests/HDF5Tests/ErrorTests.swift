// Each error says what was being done to what, what was expected, and what was found.

import Foundation
import HDF5
import Testing

@Suite struct Errors {
  private func reading(_ make: (NewGroup) throws -> Void) throws -> File {
    let file = try NewFile()
    try make(file.root)
    return try File.open(image: file.finish(), named: "run.h5")
  }

  private func error<T>(_ body: () throws -> T) -> HDF5Error? { #expect(throws: HDF5Error.self) { _ = try body() } }

  @Test func anotherTypeThanStoredIsNamed() throws {
    let file = try reading { try $0.group("a").write("x", [1.5, 2]) }
    let dataset = try file.dataset("a/x")
    let found = error { try dataset.read(Float.self) }
    #expect(found?.code == .wrongType)
    #expect(found?.description == "cannot read dataset /a/x of run.h5: expected float32, found float64")
    #expect(error { try dataset.readTexts() }?.expected == "text")
    #expect(try dataset.read(convertingTo: Float.self) == [1.5, 2])
    #expect(error { try dataset.read(convertingTo: Int.self) }?.code == .outOfRange)
  }

  @Test func conversionsAreExactOrSaySo() throws {
    let file = try reading { group in
      try group.write("large", [UInt64.max])
      try group.write("small", [-1, 127, -128])
      try group.write("whole", [3.0, -4.0])
      try group.write("text", text: "x")
    }
    #expect(error { try file.dataset("large").read(convertingTo: Int64.self) }?.found == "18446744073709551615")
    #expect(try file.dataset("small").read(convertingTo: Int8.self) == [-1, 127, -128])
    #expect(error { try file.dataset("small").read(convertingTo: UInt8.self) }?.code == .outOfRange)
    #expect(try file.dataset("whole").read(convertingTo: Int32.self) == [3, -4])
    #expect(error { try file.dataset("text").read(convertingTo: Double.self) }?.code == .wrongType)
  }

  @Test func whatIsNotThereIsNamed() throws {
    let file = try reading { try $0.group("a").write("x", scalar: 1) }
    let dataset = error { try file.dataset("a/y") }
    #expect(dataset?.code == .notFound)
    #expect(
      dataset?.description.hasPrefix("cannot open dataset /a/y of run.h5: found no such object (libhdf5: H5O") == true)
    #expect(dataset?.frames.isEmpty == false)
    #expect(error { try file.group("b/c") }?.code == .notFound)
    #expect(error { try file.root.attribute("z") }?.object == "/@z")
    #expect(error { try file.root.attribute("z") }?.code == .notFound)
  }

  @Test func anotherKindIsNamed() throws {
    let file = try reading { try $0.group("a").write("x", scalar: 1) }
    #expect(
      error { try file.group("a/x") }?.description
        == "cannot open group /a/x of run.h5: expected a group, found a dataset")
    #expect(error { try file.dataset("a") }?.code == .wrongKind)
  }

  @Test func rowsOutsideAreNamed() throws {
    let file = try reading { group in
      try group.write("x", [1, 2, 3])
      try group.write("scalar", scalar: 1)
    }
    let dataset = try file.dataset("x")
    for rows in [0..<4, -1..<1, 4..<4] {
      #expect(error { try dataset.read(Int.self, rows: rows) }?.code == .outOfRange)
    }
    #expect(error { try dataset.readScalar(Int.self) }?.code == .wrongShape)
    #expect(error { try file.dataset("scalar").read(Int.self, rows: 0..<1) }?.code == .outOfRange)
    #expect(try file.dataset("scalar").readScalar(Int.self) == 1)
  }

  @Test func attributesAreReadAsStored() throws {
    let file = try reading { group in
      try group.setAttribute("f", Float(1))
      try group.setAttribute("fs", [1.0, 2])
      try group.setAttribute("t", "text")
    }
    #expect(
      error { try file.root.attribute("f", Double.self) }?.description
        == "cannot read attribute /@f of run.h5: expected float64, found float32")
    #expect(error { try file.root.attribute("fs", Double.self) }?.code == .wrongShape)
    #expect(error { try file.root.attribute("t", Double.self) }?.code == .wrongType)
    #expect(error { try file.root.textAttribute("f") }?.code == .wrongType)
  }

  @Test func filesThatAreNotThereOrNotOursAreNamed() throws {
    let folder = try TemporaryFolder()
    #expect(error { try File.open(path: "/no/such/file.h5") }?.code == .noSuchFile)
    #expect(
      error { try File.open(path: "/no/such/file.h5") }?.description
        == "cannot open / of /no/such/file.h5: expected a readable file, found No such file or directory")
    let path = try folder.write(Array("not HDF5".utf8))
    #expect(error { try File.open(path: path) }?.code == .notReadable)
    #expect(error { try File.open(image: []) }?.code == .notReadable)
    #expect(error { try File.open(image: [1, 2, 3]) }?.frames.isEmpty == false)
  }

  @Test(arguments: ["", ".", "..", "a/b", "a\0b", String(repeating: "x", count: 1025)])
  func namesThatCannotBeAreRefused(name: String) throws {
    let file = try NewFile()
    #expect(error { try file.root.write(name, [1]) }?.code == .invalidName)
    if name != "a/b" { #expect(error { try file.root.group(name) }?.code == .invalidName) }
    if !name.contains("b") && !name.hasPrefix(".") || name.contains("\0") {
      #expect(error { try file.root.setAttribute(name, 1) }?.code == .invalidName)
    }
    #expect(file.openObjects == 1)
  }

  @Test func whatIsThereIsNotReplaced() throws {
    let file = try NewFile()
    try file.root.write("x", [1])
    #expect(error { try file.root.write("x", [2]) }?.code == .alreadyExists)
    #expect(error { try file.root.group("x") }?.code == .wrongKind)
    try file.root.setAttribute("a", 1)
    #expect(error { try file.root.setAttribute("a", 2) }?.code == .alreadyExists)
    let read = try File.open(image: file.finish())
    #expect(try read.dataset("x").read(Int.self) == [1])
    #expect(try read.root.attribute("a", Int.self) == 1)
  }

  @Test func valuesThatDoNotFitAreRefused() throws {
    let file = try NewFile()
    #expect(
      error { try file.root.write("x", [1, 2, 3], shape: [2, 2]) }?.description
        == "cannot write dataset /x of the file in memory: expected shape [2, 2], found 3 values")
    #expect(error { try file.root.write("x", [1], shape: [-1, -1]) }?.code == .wrongShape)
    #expect(error { try file.root.write("x", [1], shape: [.max, .max]) }?.code == .wrongShape)
    #expect(error { try file.root.write("x", [1], options: DatasetOptions(chunk: [1, 1])) }?.code == .wrongShape)
    #expect(error { try file.root.write("x", texts: ["a\0"], shape: [1]) }?.code == .invalidName)
    #expect(error { try file.root.setAttribute("x", "a\0b") }?.code == .invalidName)
    #expect(try !File.open(image: file.finish()).root.contains("x"))
  }

  @Test func aFileIsFinishedOnce() throws {
    let file = try NewFile()
    let group = try file.root.group("a")
    _ = try file.finish()
    #expect(error { try file.finish() }?.code == .closed)
    #expect(error { try group.write("x", [1]) }?.code == .closed)
    #expect(file.openObjects == 0)
  }

  @Test func aFileIsClosedOnce() throws {
    let file = try reading { try $0.write("x", [1]) }
    let dataset = try file.dataset("x")
    try file.close()
    #expect(error { try file.close() }?.code == .closed)
    #expect(error { try dataset.read(Int.self) }?.code == .closed)
  }

  @Test func noHandleStaysOpen() throws {
    let file = try NewFile()
    try file.root.group("a/b").write("x", [1, 2, 3]).setAttribute("u", "m")
    try file.root.group("a").write("t", text: "t")
    _ = error { try file.root.write("a", [1]) }
    #expect(file.openObjects == 1)
    let read = try File.open(image: file.finish())
    _ = try read.root.children()
    _ = try read.dataset("a/b/x").read(Int.self, rows: 1..<2)
    _ = try read.dataset("a/b/x").textAttribute("u")
    _ = try read.dataset("a/t").readText()
    _ = try read.root.attributeNames()
    _ = error { try read.dataset("a/b") }
    _ = error { try read.dataset("a/b/x").read(Float.self) }
    #expect(read.openObjects == 1)
  }

  @Test func manyThreadsReadAndWriteAtOnce() async throws {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<16 {
        group.addTask {
          let file = try NewFile()
          for index in 0..<20 { try file.root.group("g\(index)").write("x", (0..<100).map { Float($0 * index) }) }
          let image = try file.finish()
          let read = try File.open(image: image)
          for index in 0..<20 {
            #expect(try read.dataset("g\(index)/x").read(Float.self)[99] == Float(99 * index))
            #expect(throws: HDF5Error.self) { try read.dataset("g\(index)/y") }
          }
          return image
        }
      }
      var images: Set<[UInt8]> = []
      for try await image in group { images.insert(image) }
      #expect(images.count == 1)
    }
  }
}
