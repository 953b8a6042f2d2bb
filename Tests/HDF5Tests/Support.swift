// What several of these tests need: temporary folders, tools, and files made with libhdf5 alone.

import CHDF5
import Foundation
import HDF5
import Testing

/// A folder that is gone after the test.
struct TemporaryFolder: ~Copyable {
  let url = FileManager.default.temporaryDirectory.appending(path: "hdf5-tests-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path)") } }

  /// Writes bytes to a file of the folder and gives its path.
  func write(_ bytes: [UInt8], _ name: String = "x.h5") throws -> String {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }
}

/// Programs that other people read HDF5 files with.
enum Tool {
  static let hasPython: Bool = (try? run("python3", ["-c", "import h5py"]).status == 0) ?? false
  static let hasDump: Bool = (try? run("h5dump", ["--version"]).status == 0) ?? false
  static let hasList: Bool = (try? run("h5ls", ["--version"]).status == 0) ?? false

  /// Runs a program and gives its exit status and what it printed.
  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

/// Makes a file with libhdf5's defaults, as others would, and gives it opened by this module.
func foreign(_ make: (hid_t) -> Void) throws -> File {
  let folder = try TemporaryFolder()
  let path = folder.url.appending(path: "foreign.h5").path
  Library.enter()
  defer { Library.leave() }
  let file = H5Fcreate(path, chdf5_truncate(), chdf5_default(), chdf5_default())
  #expect(file >= 0)
  make(file)
  #expect(H5Fget_obj_count(file, chdf5_every_local_object()) == 1)
  #expect(H5Fclose(file) >= 0)
  return try File.open(image: Array(Data(contentsOf: URL(fileURLWithPath: path))), named: "foreign.h5")
}

/// Makes an empty group with libhdf5 alone.
func makeGroup(_ file: hid_t, _ path: String) {
  let group = H5Gcreate2(file, path, chdf5_default(), chdf5_default(), chdf5_default())
  #expect(group >= 0)
  H5Gclose(group)
}

/// Makes a dataset with libhdf5 alone, without writing any values into it.
func makeDataset(
  _ file: hid_t, _ path: String, type: hid_t = chdf5_file_float32(), shape: [hsize_t] = [4],
  _ set: (hid_t) -> Void = { _ in }
) {
  let space = H5Screate_simple(Int32(shape.count), shape, nil)
  let list = H5Pcreate(chdf5_dataset_creation())
  set(list)
  let dataset = H5Dcreate2(file, path, type, space, chdf5_default(), list, chdf5_default())
  #expect(dataset >= 0)
  H5Dclose(dataset)
  H5Pclose(list)
  H5Sclose(space)
}
