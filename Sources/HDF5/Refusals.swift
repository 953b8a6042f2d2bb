// What a file from elsewhere may not hold, each with a name.

/// Why a file from elsewhere is refused.
public enum Refusal: String, Equatable, Sendable, CaseIterable {
  /// A soft, external or user-defined link.
  case linkNotHard
  /// A member that is neither a group nor a dataset.
  case objectKind
  /// A group that is reached twice, be it in a circle.
  case groupReachedTwice
  /// Groups below groups below more groups than allowed.
  case depth
  /// More objects or attributes than allowed.
  case objectCount
  /// An element type other than integers, float32, float64 and text of a fixed length; for attributes also h5py's
  /// booleans and its text of variable length.
  case elementType
  /// More axes than allowed.
  case rank
  /// Extents whose product no memory holds, or more bytes than the file can hold.
  case size
  /// Values in other files.
  case externalStorage
  /// Values in other datasets.
  case virtualDataset
  /// A filter other than shuffle, deflate and Fletcher-32.
  case filter
  /// A chunk larger than allowed.
  case chunkSize
  /// Values that take far more bytes in memory than in the file.
  case expansion
}
