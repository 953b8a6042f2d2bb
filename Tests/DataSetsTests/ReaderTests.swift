import DataSets
import Foundation
import Testing

/// Each reader gives what its format says is there.
struct ReaderTests {
  @Test func idxHoldsAnyTypeInBigEndianOrder() throws {
    let bytes = try IDX.parse(Samples.idx([2, 3], [1, 2, 3, 4, 5, 255]), file: "x")
    #expect(bytes == NumberArray(shape: [2, 3], .bytes([1, 2, 3, 4, 5, 255])))
    let words = try IDX.parse(Samples.idx([2], [0xFF, 0xFE, 1, 0], type: 0x0B), file: "x")
    #expect(words == NumberArray(shape: [2], .integers([-2, 256])))
    let floats = try IDX.parse(Samples.idx([1], [0x3F, 0xC0, 0, 0], type: 0x0D), file: "x")
    #expect(floats == NumberArray(shape: [1], .floats([1.5])))
    let doubles = try IDX.parse(Samples.idx([1], [0xBF, 0xF0, 0, 0, 0, 0, 0, 0], type: 0x0E), file: "x")
    #expect(doubles == NumberArray(shape: [1], .floats([-1])))
  }

  @Test(arguments: [false, true])
  func aFolderOfIDXFilesIsImagesWithATestPart(_ isPacked: Bool) throws {
    let folder = try SampleFolder()
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try folder.write(isPacked ? Samples.gzip(bytes) : bytes, isPacked ? name + ".gz" : name)
    }
    try write("train-images-idx3-ubyte", Samples.idx([3, 2, 2], (0..<12).map { UInt8($0) }))
    try write("train-labels-idx1-ubyte", Samples.idx([3], [0, 2, 1]))
    try write("t10k-images-idx3-ubyte", Samples.idx([1, 2, 2], [90, 91, 92, 93]))
    try write("t10k-labels-idx1-ubyte", Samples.idx([1], [2]))
    let data = try IDX.read(folder: folder.path, InputFiles())
    #expect(data.labels == [0, 2, 1, 2])
    #expect(data.classCount == 3 && data.testCount == 1)
    let pixels = (0..<12).map { UInt8($0) } + [90, 91, 92, 93]
    #expect(data.content == .images(pixels: pixels, rows: 2, columns: 2, channels: 1))
  }

  @Test func labelsThatDoNotFitAreNamed() throws {
    let folder = try SampleFolder()
    try folder.write(Samples.idx([3, 2, 2], [UInt8](repeating: 0, count: 12)), "train-images-idx3-ubyte")
    let none = #expect(throws: DataSetError.self) { try IDX.read(folder: folder.path, InputFiles()) }
    #expect(none?.code == .unreadable && none?.expected.contains("train-labels-idx1-ubyte") == true)
    try folder.write(Samples.idx([2], [0, 1]), "train-labels-idx1-ubyte")
    let error = #expect(throws: DataSetError.self) { try IDX.read(folder: folder.path, InputFiles()) }
    #expect(error?.code == .unfitting)
    #expect(error?.description.contains("a label for each of 3 examples") == true)
  }

  @Test func cifarPutsTheChannelsOfAPixelTogether() throws {
    let folder = try SampleFolder()
    for batch in 1...5 { try folder.write(Samples.cifar([[UInt8(batch)], [0]]), "data_batch_\(batch).bin") }
    try folder.write(Samples.cifar([[9]]), "test_batch.bin")
    let data = try CIFAR.ten.read(folder: folder.path, InputFiles())
    #expect(data.labels == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 9])
    #expect(data.testCount == 1 && data.classCount == 10)
    guard case .images(let pixels, 32, 32, 3) = data.content else {
      Issue.record("no images of 32 x 32 x 3")
      return
    }
    #expect(pixels[0..<6] == [0, 50, 100, 1, 51, 101])
    #expect(pixels[3072..<3075] == [1, 51, 101])
    let (labels, _) = try CIFAR.hundred.parse(Samples.cifar([[3, 99], [19, 7]]), file: "train.bin")
    #expect(labels == [99, 7])
    let wrong = #expect(throws: DataSetError.self) { try CIFAR.ten.parse(Samples.cifar([[1], [10]]), file: "f") }
    #expect(wrong?.offset == 3073)
  }

  @Test func npyHasItsTypesAndShapes() throws {
    let bytes = try NPY.parse(Samples.npy("|u1", "(2, 2)", [1, 2, 3, 4]), file: "x")
    #expect(bytes == NumberArray(shape: [2, 2], .bytes([1, 2, 3, 4])))
    let integers = try NPY.parse(Samples.npy("<i8", "(1,)", [254] + [UInt8](repeating: 255, count: 7)), file: "x")
    #expect(integers == NumberArray(shape: [1], .integers([-2])))
    let big = try NPY.parse(Samples.npy(">f4", "(1,)", [0x3F, 0xC0, 0, 0]), file: "x")
    #expect(big == NumberArray(shape: [1], .floats([1.5])))
    let scalar = try NPY.parse(Samples.npy("<f8", "()", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]), file: "x")
    #expect(scalar == NumberArray(shape: [], .floats([1])))
    for (type, order) in [("|O", "False"), ("<f4", "True"), ("<c8", "False")] {
      let error = #expect(throws: DataSetError.self) {
        try NPY.parse(Samples.npy(type, "(1,)", [0, 0, 0, 0], order: order), file: "x")
      }
      #expect(error?.code == .unsupported)
    }
  }

  @Test func npzHoldsArraysByName() throws {
    let archive = Samples.zip([
      ("x.npy", Samples.npy("|u1", "(2, 1, 3)", [1, 2, 3, 4, 5, 6])), ("y.npy", Samples.npy("|i1", "(2,)", [1, 0])),
      ("notes.txt", [65]),
    ])
    let arrays = try NPZ.parse(archive, file: "a.npz")
    #expect(arrays.keys.sorted() == ["x", "y"])
    let data = try NPZ.examples(of: arrays, features: nil, labels: nil, file: "a.npz")
    #expect(data.content == .images(pixels: [1, 2, 3, 4, 5, 6], rows: 1, columns: 3, channels: 1))
    #expect(data.labels == [1, 0])
    let error = #expect(throws: DataSetError.self) {
      try NPZ.examples(of: arrays, features: "z", labels: nil, file: "a.npz")
    }
    #expect(error?.description.contains("found x, y") == true)
  }

  /// Images of `width` numbers that count up, with labels that count up from `label`.
  private func imageNet(_ count: Int, _ label: Int, width: Int = 12, labels: Int? = nil) -> [UInt8] {
    let labels = labels ?? count
    return Samples.zip([
      ("data.npy", Samples.npy("|u1", "(\(count), \(width))", (0..<count * width).map { UInt8($0) })),
      ("labels.npy", Samples.npy("<i8", "(\(labels),)", (0..<labels).flatMap { Samples.little(label + $0, 8) })),
    ])
  }

  @Test func downsampledImageNetIsRefusedWhereLabelsOrSizesDoNotFit() throws {
    for (second, words) in [
      (imageNet(1, 0), "labels from 1 to 1000"), (imageNet(2, 1_000), "labels from 1 to 1000"),
      (imageNet(1, 1, width: 3), "images of 12 numbers"), (imageNet(1, 1, width: 13), "rows of 3 n² bytes"),
      (imageNet(2, 1, labels: 1), "a label for each"),
    ] {
      let folder = try SampleFolder()
      try folder.write(imageNet(2, 999), "train_data_batch_1.npz")
      try folder.write(second, "train_data_batch_2.npz")
      let error = #expect(throws: DataSetError.self) { try ImageNet.read(folder: folder.path, InputFiles()) }
      #expect(error?.expected.contains(words) == true, "\(words): \(error!)")
      #expect(error?.file.hasSuffix("train_data_batch_2.npz") == true)
    }
  }

  @Test func downsampledImageNetCountsItsClassesFromOne() throws {
    let folder = try SampleFolder()
    try folder.write(imageNet(2, 1), "train_data_batch_1.npz")
    try folder.write(imageNet(1, 3), "train_data_batch_2.npz")
    try folder.write(imageNet(1, 2), "val_data.npz")
    let data = try ImageNet.read(folder: folder.path, InputFiles())
    #expect(data.labels == [0, 1, 2, 1] && data.testCount == 1)
    guard case .images(let pixels, 2, 2, 3) = data.content else {
      Issue.record("no images of 2 x 2 x 3")
      return
    }
    #expect(pixels[0..<6] == [0, 4, 8, 1, 5, 9])
  }

  @Test func csvHasQuotesNamesAndClasses() throws {
    let text = "\u{FEFF}\"a, b\",kind,c\r\n1,\"x \"\"y\"\"\",-2.5e1\n\n3,a,4\n"
    let data = try CSV.parse(Array(text.utf8), labels: "kind", file: "t.csv")
    #expect(data.content == .table(numbers: [1, -25, 3, 4], width: 2))
    #expect(data.labels == [1, 0] && data.classNames == ["a", "x \"y\""])
    let numbered = try CSV.parse(Array("a,k\n1,3\n2,0".utf8), labels: nil, file: "t.csv")
    #expect(numbered.labels == [3, 0] && numbered.classCount == 4 && numbered.classNames.isEmpty)
  }

  @Test(arguments: [
    ("a,k\n1,0\nx,1\n", 3, "a finite number for a", "x"), ("a,k\n1,0\n2\n", 3, "2 fields", "1"),
    ("a,k\n\"1\n\n,0\n", 2, "closed", "the end"), ("a,k\nnan,0\n", 2, "a finite number", "nan"),
    ("a\n1\n", 1, "names", "others"), ("a,k\n\"1\"2,0\n", 2, "behind quotation marks", "more"),
  ])
  func badCSVIsNamedByItsLine(_ text: String, _ line: Int, _ expected: String, _ found: String) {
    let error = #expect(throws: DataSetError.self) { try CSV.parse(Array(text.utf8), labels: nil, file: "t.csv") }
    #expect(error?.line == line)
    #expect(error?.expected.contains(expected) == true && error?.found.contains(found) == true, "\(error!)")
  }
}

struct TextFilesTests {
  private func gathered(_ unit: TextFiles.Unit, _ text: String) throws -> TokenizedTexts {
    let folder = try SampleFolder()
    try folder.write(Array(text.utf8), "t.txt")
    guard case .texts(let texts) = try TextFiles.read(folder.path + "/t.txt", unit: unit, InputFiles()).content else {
      throw CancellationError()
    }
    return texts
  }

  @Test func bytesAreTokensAndLinesAreTexts() throws {
    let texts = try gathered(.bytes, "ab\r\n\ncé\n")
    #expect(texts.tokens == [97, 98, 99, 195, 169])
    #expect(texts.bounds == [0, 2, 5] && texts.vocabularySize == 256)
  }

  @Test func wordsAreNumberedByFrequencyThenBytes() throws {
    let texts = try gathered(.words, "The cat, the dog\nDog's the été")
    #expect(texts.vocabulary.map { String(decoding: $0, as: UTF8.self) } == ["the", "cat", "dog", "dog's", "été"])
    #expect(texts.tokens == [1, 2, 1, 3, 4, 1, 5])
  }

  @Test func subwordsOfATextAreItsBytes() throws {
    let text = "the thin other then\nthe  weather \nothers"
    let texts = try gathered(.subwords, text)
    // "th" and then "the" are what occurs most often.
    #expect(texts.vocabulary.count > 255 && String(decoding: texts.vocabulary[255], as: UTF8.self) == "th")
    let lines = (0..<3).map { line in
      texts.tokens[texts.bounds[line]..<texts.bounds[line + 1]].flatMap { texts.vocabulary[Int($0) - 1] }
    }
    #expect(lines.map { String(decoding: $0, as: UTF8.self) } == text.split(separator: "\n").map(String.init))
    #expect(2 * texts.tokens.count <= text.utf8.count)
    #expect(try gathered(.subwords, text) == texts)
  }

  @Test func foldersAreClasses() throws {
    let folder = try SampleFolder()
    try folder.write(Array("x\ny".utf8), "b/1.txt")
    try folder.write(Array("z".utf8), "a/1.txt")
    let data = try TextFiles.read(folder.path, unit: .bytes, InputFiles())
    #expect(data.labels == [0, 1, 1] && data.classNames == ["a", "b"])
  }
}
