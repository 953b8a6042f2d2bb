package import CHDF5
import Foundation
import HDF5

/// Changes a file with libhdf5 alone.
package enum Edit {
  package static func open(_ path: String, _ change: (hid_t) -> Void) {
    Library.enter()
    defer { Library.leave() }
    // H5F_ACC_RDWR
    let file = H5Fopen(path, 1, chdf5_default())
    precondition(file >= 0)
    change(file)
    precondition(H5Fclose(file) >= 0)
  }

  /// Puts a seal that fits behind the file.
  package static func seal(_ path: String) throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    try Data(Reseal.snapshot(bytes + [UInt8](repeating: 0, count: 48))).write(to: URL(fileURLWithPath: path))
  }

  package static func replace<Element: BitwiseCopyable>(
    _ file: hid_t, _ object: String, _ name: String, _ type: hid_t, _ memory: hid_t, _ values: [Element]
  ) {
    let object = H5Oopen(file, object, chdf5_default())
    precondition(object >= 0)
    if H5Aexists(object, name) > 0 { H5Adelete(object, name) }
    let space = H5Screate(H5S_SCALAR)
    let attribute = H5Acreate2(object, name, type, space, chdf5_default(), chdf5_default())
    precondition(attribute >= 0 && H5Awrite(attribute, memory, values) >= 0)
    H5Aclose(attribute)
    H5Sclose(space)
    H5Oclose(object)
  }

  package static func say(_ file: hid_t, _ object: String, _ name: String, _ text: String) {
    let type = H5Tcopy(chdf5_c_string())
    H5Tset_size(type, text.utf8.count)
    replace(file, object, name, type, type, Array(text.utf8))
    H5Tclose(type)
  }

  package static func double(_ file: hid_t, _ path: String, _ change: (inout [Double]) -> Void) {
    rewrite(file, path, chdf5_native_float64(), 0.0, change)
  }

  package static func integers(_ file: hid_t, _ path: String, _ change: (inout [Int64]) -> Void) {
    rewrite(file, path, chdf5_native_int64(), 0, change)
  }

  private static func rewrite<Element: BitwiseCopyable>(
    _ file: hid_t, _ path: String, _ type: hid_t, _ zero: Element, _ change: (inout [Element]) -> Void
  ) {
    let dataset = H5Dopen2(file, path, chdf5_default())
    let space = H5Dget_space(dataset)
    var values = Array(repeating: zero, count: Int(H5Sget_simple_extent_npoints(space)))
    precondition(H5Dread(dataset, type, chdf5_all(), chdf5_all(), chdf5_default(), &values) >= 0)
    change(&values)
    precondition(H5Dwrite(dataset, type, chdf5_all(), chdf5_all(), chdf5_default(), values) >= 0)
    H5Sclose(space)
    H5Dclose(dataset)
  }

  /// Four gigabytes that take no room.
  package static func bomb(_ file: hid_t, _ path: String) {
    let space = H5Screate_simple(1, [1 << 30], nil)
    let list = H5Pcreate(chdf5_dataset_creation())
    H5Pset_chunk(list, 1, [1 << 20])
    let dataset = H5Dcreate2(file, path, chdf5_file_int32(), space, chdf5_default(), list, chdf5_default())
    precondition(dataset >= 0)
    H5Dclose(dataset)
    H5Pclose(list)
    H5Sclose(space)
  }
}
