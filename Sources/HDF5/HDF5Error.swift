// What went wrong, with which object of which file, and what libhdf5 itself said about it.

import CHDF5

/// An operation on an HDF5 file that did not succeed.
///
/// `description` is one line that says what was being done to what, what was expected and found, and the outermost and
/// innermost entries of libhdf5's own error stack; `frames` holds all of them.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for a caller that acts on it.
  public enum Code: Equatable, Sendable {
    /// The file is not there.
    case noSuchFile
    /// The file is there and is not HDF5, is cut off, or its metadata are damaged.
    case notReadable
    /// The file has no object or attribute of this name.
    case notFound
    /// The object is of another kind, for example a group where a dataset was asked for.
    case wrongKind
    /// The stored element type is not the one asked for.
    case wrongType
    /// The stored shape is not the one asked for, or a count of values does not fit a shape.
    case wrongShape
    /// Rows outside of the dataset, or a value that the type asked for cannot hold.
    case outOfRange
    /// The stored bytes fail their checksum or cannot be decoded.
    case damaged
    /// A name or a text that our files may not hold.
    case invalidName
    /// There is an object or attribute of this name already.
    case alreadyExists
    /// The file was finished or closed before.
    case closed
    /// The file came from elsewhere and holds something that is not on the allow-list.
    case refused(Refusal)
    /// libhdf5 failed in another way; see `frames`.
    case libraryFailed
  }

  /// One entry of libhdf5's error stack.
  public struct Frame: Equatable, Sendable, CustomStringConvertible {
    /// The C function that failed.
    public let function: String
    /// Where in libhdf5's source.
    public let line: Int
    /// Its subsystem, for example "Data filters".
    public let subsystem: String
    /// Its reason, for example "Read failed".
    public let reason: String
    /// Its sentence, for example "data error detected by Fletcher32 checksum".
    public let message: String

    /// Function and sentence.
    public var description: String { "\(function): \(message.isEmpty ? reason : message)" }
  }

  /// The kind of failure.
  public let code: Code
  /// What was being done, as a verb with its object: "read dataset".
  public let operation: String
  /// The file's path, or the name given to an image.
  public let file: String
  /// The object's path within the file; an attribute is written "path@name".
  public let object: String
  /// What should have been there, if that can be said.
  public let expected: String?
  /// What was there instead.
  public let found: String?
  /// libhdf5's error stack, outermost (the function called) first; empty where libhdf5 was not at fault.
  public let frames: [Frame]

  /// One line: what, where, expected and found, and the ends of libhdf5's stack.
  public var description: String {
    var words = "cannot \(operation) \(object) of \(file)"
    if let expected { words += ": expected \(expected)" }
    if let found { words += expected == nil ? ": found \(found)" : ", found \(found)" }
    if let top = frames.first, let bottom = frames.last {
      words += frames.count == 1 ? " (libhdf5: \(top))" : " (libhdf5: \(top); \(bottom))"
    }
    return words
  }
}

extension HDF5Error.Frame {
  /// The calling thread's error stack as it is now. Call it before any other function of libhdf5, which would clear it.
  static func current() -> [HDF5Error.Frame] {
    let collected = Collected()
    H5Ewalk2(
      chdf5_default_error_stack(), H5E_WALK_DOWNWARD,
      { _, entry, context in
        guard let entry = entry?.pointee, let context else { return 0 }
        Unmanaged<Collected>.fromOpaque(context).takeUnretainedValue().frames.append(HDF5Error.Frame(entry))
        return 0
      }, Unmanaged.passUnretained(collected).toOpaque())
    return collected.frames
  }

  private final class Collected {
    var frames: [HDF5Error.Frame] = []
  }

  private init(_ entry: H5E_error2_t) {
    function = entry.func_name.map { String(cString: $0) } ?? ""
    line = Int(entry.line)
    subsystem = Self.words(entry.maj_num)
    reason = Self.words(entry.min_num)
    message = entry.desc.map { String(cString: $0) } ?? ""
  }

  /// libhdf5's words for the number of a subsystem or a reason.
  private static func words(_ number: hid_t) -> String {
    var bytes = [CChar](repeating: 0, count: 128)
    let count = H5Eget_msg(number, nil, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
  }
}
