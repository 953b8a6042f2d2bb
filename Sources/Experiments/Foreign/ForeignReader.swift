import Foundation
import HDF5
import RunStore

/// The child's side: takes limits upon itself, reads a file from elsewhere, and passes on what is plain.
package enum ForeignReader {
  /// Reads a file and writes what is wanted of it to a descriptor. What may not be in it is refused first, by name.
  package static func passOn(
    _ content: ForeignContent, of path: String, to descriptor: Int32, memory: Int, cpuSeconds: Int
  ) throws {
    try limit(memory: memory, cpuSeconds: cpuSeconds)
    // A named pipe would be waited for, a device may have no end.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw ForeignFileError(.refused, "reading \(path): it is no regular file")
    }
    switch content {
    case .arrays: try passOnArrays(of: path, to: descriptor)
    case .run: try write(PortableRun(file: bytes(of: path), named: path).stream, to: descriptor)
    }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ForeignFileError(.noSuchFile, "reading \(path): no such file")
    }
    do { return Array(try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
      throw ForeignFileError(.refused, "reading \(path): \(error.localizedDescription)")
    }
  }

  private static func passOnArrays(of path: String, to descriptor: Int32) throws {
    let file = try File.open(path: path)
    try Refusals().check(file)
    try write(ForeignStream.magic, to: descriptor)
    var items = 0
    for name in try file.root.attributeNames() {
      try write(
        ForeignStream.bytes(ofAttribute: name, ForeignFile.Values(file.root.attribute(name).values)), to: descriptor)
      items += 1
    }
    try passOn(file.root, prefix: "", to: descriptor, &items)
    try write(ForeignStream.end(after: items), to: descriptor)
  }

  private static func passOn(_ group: Group, prefix: String, to descriptor: Int32, _ items: inout Int) throws {
    for child in try group.children() {
      switch child.kind {
      case .group: try passOn(group.group(child.name), prefix: prefix + child.name + "/", to: descriptor, &items)
      case .dataset:
        let dataset = try group.dataset(child.name)
        try write(
          ForeignStream.bytes(
            of: .init(path: prefix + child.name, shape: dataset.shape, values: ForeignFile.Values(dataset))),
          to: descriptor)
        items += 1
      // Refused before.
      case .link, .other: break
      }
    }
  }

  /// No core, no file but those that are open already and the one to read, no file to write. A limit that cannot be set
  /// is no reason to go on without.
  private static func limit(memory: Int, cpuSeconds: Int) throws {
    // The parent ends this process when it takes too long; this is for when the parent is gone.
    alarm(UInt32(clamping: 10 * cpuSeconds))
    var limits: [(__rlimit_resource, Int, Int)] = [
      (RLIMIT_CORE, 0, 0), (RLIMIT_FSIZE, 0, 0), (RLIMIT_NOFILE, 16, 16), (RLIMIT_CPU, cpuSeconds, cpuSeconds + 1),
      (RLIMIT_AS, memory, memory),
    ]
    #if SANITIZED
      // The books of a sanitizer take terabytes of address space.
      limits.removeLast()
    #endif
    for (resource, soft, hard) in limits {
      var present = rlimit()
      getrlimit(__rlimit_resource_t(resource.rawValue), &present)
      var wanted = rlimit(rlim_cur: min(rlim_t(soft), present.rlim_max), rlim_max: min(rlim_t(hard), present.rlim_max))
      guard setrlimit(__rlimit_resource_t(resource.rawValue), &wanted) == 0 else {
        throw ForeignFileError(.unfit, "limit \(resource.rawValue) cannot be set: \(String(cString: strerror(errno)))")
      }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw ForeignFileError(.unfit, "nobody takes what was read") }
      done += written
    }
  }
}

extension ForeignFile.Values {
  init(_ values: Attribute.Values) {
    self =
      switch values {
      case .integers(let values): .integers(values)
      case .unsigned(let values): .unsigned(values)
      case .numbers(let values): .float64(values)
      case .texts(let values): .texts(values)
      case .booleans(let values): .booleans(values)
      }
  }

  /// The values of a dataset that was not refused; whole numbers are widened to 64 bits.
  init(_ dataset: Dataset) throws {
    switch dataset.elementType {
    case .float32: self = .float32(try dataset.read(Float.self))
    case .float64: self = .float64(try dataset.read(Double.self))
    case .text: self = .texts(try dataset.readTexts())
    case .boolean: self = .booleans(try dataset.readBooleans())
    case .uint8, .uint16, .uint32, .uint64: self = .unsigned(try dataset.read(convertingTo: UInt64.self))
    default: self = .integers(try dataset.read(convertingTo: Int64.self))
    }
  }
}
