import DataSets
import Foundation

/// The kinds of files that data sets are read from.
package enum DataKind: String, CaseIterable, Sendable {
  case idx, cifar10, cifar100, imagenet, npz, npy, hdf5, pictures, csv, text

  /// What the path is, in a sentence.
  package var summary: String {
    switch self {
    case .idx: "a folder with MNIST's or Fashion-MNIST's four IDX files, plain or .gz"
    case .cifar10: "the folder cifar-10-batches-bin"
    case .cifar100: "the folder cifar-100-binary (fine labels)"
    case .imagenet: "a folder with downsampled ImageNet's train_data….npz and val_data.npz"
    case .npz: "an .npz file with two arrays, features and labels"
    case .npy: "an .npy file with features; --labels names another with labels"
    case .hdf5: "an HDF5 file with two datasets, features and labels"
    case .pictures: "a folder of folders, one a class, of PNG or JPEG pictures of one size"
    case .csv: "a file of comma-separated numbers under a line of names; --labels names the column of classes"
    case .text: "a text file, or a folder of them, a text a line; folders in it are classes"
    }
  }

  /// The kind of what lies at a path, by its name and what is in it; nil where that does not tell.
  static func guess(_ path: String, _ files: InputFiles) throws(DataSetError) -> DataKind? {
    guard InputFiles.isFolder(path) else { return ofFile(path) }
    let names = try files.names(in: path, for: "looking what is there")
    if IDX.isIn(names) { return .idx }
    if let cifar = CIFAR.isIn(names) { return cifar == .ten ? .cifar10 : .cifar100 }
    if ImageNet.isIn(names) { return .imagenet }
    var endings = Set(names.map { ending(of: $0) })
    for name in names.prefix(100) where InputFiles.isFolder(path + "/" + name) {
      endings.formUnion(try files.names(in: path + "/" + name, for: "looking what is there").prefix(100).map(ending))
    }
    if !endings.isDisjoint(with: ["png", "jpg", "jpeg"]) { return .pictures }
    return endings.contains("txt") ? .text : nil
  }

  private static func ofFile(_ path: String) -> DataKind? {
    switch ending(of: path) {
    case "npz": .npz
    case "npy": .npy
    case "h5", "hdf5", "he5": .hdf5
    case "csv": .csv
    case "txt": .text
    default: nil
    }
  }

  private static func ending(of name: String) -> String { (name as NSString).pathExtension.lowercased() }
}
