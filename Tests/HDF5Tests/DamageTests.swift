// Damaged files: what is found, and that nothing wrong is ever returned as data.

import Foundation
import HDF5
import Testing

@Suite struct Damage {
  /// Everything a file says, as text, to compare by.
  private func contents(_ file: File) throws -> String {
    var words: [String] = []
    func visit(_ group: Group) throws {
      for name in try group.attributeNames() { words.append("\(try group.attribute(name))") }
      for child in try group.children() {
        words.append("\(group.path) \(child.name) \(child.kind)")
        if child.kind == .group {
          try visit(group.group(child.name))
        } else {
          let dataset = try group.dataset(child.name)
          words.append("\(dataset.shape) \(dataset.elementType)")
          if case .text = dataset.elementType {
            words.append("\(try dataset.readTexts())")
          } else {
            words.append("\(try dataset.read(convertingTo: Double.self))")
          }
        }
      }
    }
    try visit(file.root)
    return words.joined(separator: "\n")
  }

  private func example() throws -> [UInt8] {
    let file = try NewFile()
    try file.root.setAttribute("recipe", "full-es")
    let group = try file.root.group("a")
    let values = (0..<64).map { Float($0) / 3 }
    try group.write("plain", values, shape: [8, 8], options: DatasetOptions(chunk: [4, 8]))
    try group.write("packed", values, shape: [64], options: .compressed)
    try group.write("scalar", scalar: 0.1)
    try group.write("text", text: "hello")
    return try file.finish()
  }

  @Test func noFlippedBitIsEverReturnedAsData() throws {
    let image = try example()
    let intact = try contents(File.open(image: image))
    var found = 0
    for index in image.indices {
      var damaged = image
      damaged[index] ^= 1 << (index % 8)
      do {
        let read = try contents(File.open(image: damaged))
        #expect(read == intact, "byte \(index) is wrong and nobody noticed")
      } catch let error as HDF5Error {
        #expect(error.code == .damaged || error.code == .notReadable || error.code == .libraryFailed, "\(error)")
        #expect(!error.operation.isEmpty && !error.object.isEmpty && !error.frames.isEmpty, "\(error)")
        found += 1
      }
    }
    print("\(found) of \(image.count) flipped bits found; the others are in bytes that nothing uses")
    #expect(found > image.count / 3)
  }

  @Test(arguments: [DatasetOptions.plain, .compressed, DatasetOptions(chunk: [64])])
  func everyFlippedBitOfAChunkIsFound(options: DatasetOptions) throws {
    let file = try NewFile()
    // Bytes that a compressor cannot make fewer, so that they are easily found in the file.
    let values = (0..<256).map { UInt8(truncatingIfNeeded: ($0 &* 167) ^ ($0 >> 3)) }
    try file.root.write("x", values, options: options)
    let image = try file.finish()
    let start = try #require(image.firstRange(of: values[0..<64])?.lowerBound)
    for index in start..<start + 64 {
      for bit in 0..<8 {
        var damaged = image
        damaged[index] ^= 1 << bit
        let dataset = try File.open(image: damaged, named: "run.h5").dataset("x")
        let error = #expect(throws: HDF5Error.self) { try dataset.read(UInt8.self) }
        #expect(error?.code == .damaged)
        #expect(error?.object == "/x" && error?.operation == "read dataset" && error?.file == "run.h5")
        #expect(error?.frames.first?.function == "H5Dread")
        #expect(error?.frames.last?.function.contains("fletcher32") == true)
      }
    }
  }

  @Test func noCutOffFileIsOpened() throws {
    let image = try example()
    for length in stride(from: 0, to: image.count, by: 7) {
      let error = #expect(throws: HDF5Error.self) { try File.open(image: Array(image[..<length]), named: "cut.h5") }
      #expect(error?.code == .notReadable)
      #expect(error?.file == "cut.h5")
    }
  }
}
