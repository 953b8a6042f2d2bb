import CHDF5

/// The version of the HDF5 library that this program runs with, such as "1.10.8".
public let libraryVersion: String = {
  var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
  H5get_libversion(&major, &minor, &release)
  return "\(major).\(minor).\(release)"
}()
