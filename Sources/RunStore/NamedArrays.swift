// Arrays with a name, a shape and a type: what a checkpoint and a run's identity are made of.

/// A typed array of any rank under a name that is a path.
public struct NamedArray: Equatable, Sendable {
  /// A path such as "theta/lstm/w": parts of printable characters between single slashes.
  public let name: String
  /// The lengths of the axes, slowest first; empty for a scalar.
  public let shape: [Int]
  /// The elements in row-major order.
  public let values: ArrayValues
  /// The unit in words, empty for none.
  public var unit: String
  /// What it is, in a sentence.
  public var summary: String

  /// An array; the number of values is the product of the shape.
  public init(_ name: String, shape: [Int], _ values: ArrayValues, unit: String = "", summary: String = "") {
    precondition(Self.isName(name), "\(name) is no path of an array")
    precondition(shape.allSatisfy { $0 >= 0 }, "\(name): a shape of \(shape)")
    precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values for a shape of \(shape)")
    self.name = name
    self.shape = shape
    self.values = values
    self.unit = unit
    self.summary = summary
  }

  /// Whether a text may name an array: no empty part, no part "." or "..", no control characters, 1,023 bytes at most.
  public static func isName(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      let isPrintable = bytes.allSatisfy { $0 >= 32 && $0 != 127 }
      return !bytes.isEmpty && bytes.count <= 1_023 && isPrintable && arePartsNamed(bytes)
    }
  }

  /// Whether no part between slashes is empty, "." or "..".
  private static func arePartsNamed(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    var start = 0
    for end in 0...path.count where end == path.count || path[end] == slash {
      let isDots = (start..<end).allSatisfy { path[$0] == dot }
      if end - start <= 2, isDots { return false }
      start = end + 1
    }
    return true
  }
}

extension NamedArray {
  /// A single number or text.
  public static func scalar(
    _ name: String, _ values: ArrayValues, unit: String = "", summary: String = ""
  ) -> NamedArray {
    NamedArray(name, shape: [], values, unit: unit, summary: summary)
  }

  /// A single text.
  public static func text(_ name: String, _ text: String, summary: String = "") -> NamedArray {
    NamedArray(name, shape: [], .text([text]), summary: summary)
  }
}

/// Arrays in an order, each name once.
///
/// Two are equal when their arrays are. How a file holds them is no matter of equality, nor of the digest.
public struct NamedArrays: Equatable, Sendable {
  /// The arrays in their order.
  public private(set) var arrays: [NamedArray] = []
  /// The groups whose arrays lie packed in files, in the order of their names.
  public private(set) var packedGroups: [String] = []
  private var positions: [String: Int] = [:]
  private var folders: Set<String> = []

  /// No arrays.
  public init() {}

  /// These arrays, whose names differ and of which none is a folder of another.
  public init(_ arrays: some Sequence<NamedArray>) {
    for array in arrays { append(array) }
  }

  /// Whether the arrays are the same, bit for bit and in their order.
  public static func == (left: NamedArrays, right: NamedArrays) -> Bool { left.arrays == right.arrays }

  /// Puts an array behind the others. Its name is new, no folder of another array, and no array is its folder.
  public mutating func append(_ array: NamedArray) {
    if let problem = problem(withName: array.name) { preconditionFailure(problem) }
    var folder = Self.folder(of: array.name)
    while let new = folder, folders.insert(new).inserted { folder = Self.folder(of: new) }
    positions[array.name] = arrays.count
    arrays.append(array)
  }

  /// Has files hold all arrays below a group end to end, one dataset a type, with an index: many small arrays then cost
  /// what a few cost. The group is a path, in no packed group and with none inside.
  public mutating func pack(_ group: String) {
    precondition(NamedArray.isName(group), "\(group) is no path of a group")
    guard !packedGroups.contains(group) else { return }
    precondition(mayPack(group), "\(group) lies in a packed group of \(packedGroups), or one of these in it")
    packedGroups.append(group)
    packedGroups.sort()
  }

  /// Whether a group lies in no packed group, and none in it.
  func mayPack(_ group: String) -> Bool {
    !packedGroups.contains { group.hasPrefix($0 + "/") || $0.hasPrefix(group + "/") }
  }

  /// What keeps an array of this name from being put behind the others; nil when nothing does.
  func problem(withName name: String) -> String? {
    if positions[name] != nil { return "there is already an array \(name)" }
    if folders.contains(name) { return "\(name) is already a folder of arrays" }
    var folder = Self.folder(of: name)
    while let next = folder {
      if folders.contains(next) { return nil }  // As are those that it lies in.
      if positions[next] != nil { return "\(next) is already an array, \(name) cannot lie in it" }
      folder = Self.folder(of: next)
    }
    return nil
  }

  /// The array of a name.
  public subscript(name: String) -> NamedArray? { positions[name].map { arrays[$0] } }

  /// The arrays' names in their order.
  public var names: [String] { arrays.map(\.name) }

  /// SHA-256 over all arrays in their order: name, type, rank, shape, then the little-endian bytes; lengths of texts as
  /// u32, rank as u32, axes as u64. Units and summaries are not in it.
  public var digest: Digest {
    var hash = SHA256()
    for array in arrays {
      var head = ByteWriter()
      head.append(array.name)
      head.append(array.values.type.rawValue)
      head.append(UInt32(array.shape.count))
      for axis in array.shape { head.append(UInt64(axis)) }
      hash.update(head.bytes)
      hash.update(array.values)
    }
    return hash.finish()
  }

  /// What stands before the last slash.
  private static func folder(of name: String) -> String? {
    name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[..<$0]) }
  }
}

extension SHA256 {
  /// Takes in values: numbers as little-endian bytes, texts each with its length in bytes as u32.
  mutating func update(_ values: ArrayValues) {
    guard case .text = values else { return values.withLittleEndianBytes { update($0) } }
    var writer = ByteWriter()
    writer.append(values)
    update(writer.bytes)
  }
}
