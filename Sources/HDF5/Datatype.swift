// The element types of our files, and how they look in the file and in memory.

import CHDF5

/// The type of a dataset's or attribute's elements.
public enum ElementType: Hashable, Sendable {
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  /// UTF-8 text of a fixed number of bytes, filled up with zero bytes.
  case text(bytes: Int)
  /// True or false, as h5py writes it: an enumeration of one byte.
  case boolean
  /// Text of any length, as h5py writes it. Read from attributes, never written.
  case variableText
  /// A type that this module does not read, in words.
  case unsupported(String)

  /// The bytes of one element in memory; nil where no element is ever read.
  public var byteCount: Int? {
    switch self {
    case .int8, .uint8, .boolean: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    case .text(let bytes): bytes
    case .variableText, .unsupported: nil
    }
  }
}

extension ElementType: CustomStringConvertible {
  /// As errors name it.
  public var description: String {
    switch self {
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float32: "float32"
    case .float64: "float64"
    case .text(let bytes): "text of \(bytes) bytes"
    case .boolean: "boolean"
    case .variableText: "text of variable length"
    case .unsupported(let words): words
    }
  }
}

extension ElementType {
  /// The type as written to a file: little endian on every machine, so that the same content is the same bytes.
  func inFile(_ place: Place, _ operation: String) throws(HDF5Error) -> Handle {
    let predefined: hid_t =
      switch self {
      case .int8: chdf5_file_int8()
      case .int16: chdf5_file_int16()
      case .int32: chdf5_file_int32()
      case .int64: chdf5_file_int64()
      case .uint8: chdf5_file_uint8()
      case .uint16: chdf5_file_uint16()
      case .uint32: chdf5_file_uint32()
      case .uint64: chdf5_file_uint64()
      case .float32: chdf5_file_float32()
      case .float64: chdf5_file_float64()
      default: -1
      }
    return try predefined >= 0 ? Handle(lasting: predefined) : composed(place, operation)
  }

  /// The type as it lies in this machine's memory.
  func inMemory(_ place: Place, _ operation: String) throws(HDF5Error) -> Handle {
    let predefined: hid_t =
      switch self {
      case .int8: chdf5_native_int8()
      case .int16: chdf5_native_int16()
      case .int32: chdf5_native_int32()
      case .int64: chdf5_native_int64()
      case .uint8: chdf5_native_uint8()
      case .uint16: chdf5_native_uint16()
      case .uint32: chdf5_native_uint32()
      case .uint64: chdf5_native_uint64()
      case .float32: chdf5_native_float32()
      case .float64: chdf5_native_float64()
      default: -1
      }
    return try predefined >= 0 ? Handle(lasting: predefined) : composed(place, operation)
  }

  /// The type of an open dataset or attribute.
  init(_ type: borrowing Handle) {
    let id = type.id
    switch H5Tget_class(id) {
    case H5T_INTEGER: self = Self.integer(id)
    case H5T_FLOAT: self = Self.float(id)
    case H5T_STRING:
      self = H5Tis_variable_str(id) > 0 ? .variableText : .text(bytes: H5Tget_size(id))
    case H5T_ENUM: self = Self.isBoolean(id) ? .boolean : .unsupported("an enumeration")
    case H5T_COMPOUND: self = .unsupported("a compound")
    case H5T_REFERENCE: self = .unsupported("a reference")
    case H5T_VLEN: self = .unsupported("a sequence of variable length")
    case H5T_ARRAY: self = .unsupported("an array type")
    case H5T_OPAQUE: self = .unsupported("opaque bytes")
    case H5T_BITFIELD: self = .unsupported("a bit field")
    default: self = .unsupported("an unknown type")
    }
  }

  /// Text and booleans, which have to be put together.
  private func composed(_ place: Place, _ operation: String) throws(HDF5Error) -> Handle {
    switch self {
    case .text(let bytes):
      let type = try place.own(H5Tcopy(chdf5_c_string()), H5Tclose, operation)
      try place.check(H5Tset_size(type.id, bytes), operation)
      try place.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), operation)
      try place.check(H5Tset_cset(type.id, H5T_CSET_UTF8), operation)
      return type
    case .boolean:
      let type = try place.own(H5Tenum_create(chdf5_file_int8()), H5Tclose, operation)
      for (name, value) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
        var value = value
        try place.check(H5Tenum_insert(type.id, name, &value), operation)
      }
      return type
    default:
      throw place.error(.wrongType, operation, expected: "a type that can be written", found: description)
    }
  }

  private static func integer(_ id: hid_t) -> ElementType {
    guard H5Tget_precision(id) == 8 * H5Tget_size(id), H5Tget_offset(id) == 0 else {
      return .unsupported("an integer with unused bits")
    }
    let isSigned = H5Tget_sign(id) == H5T_SGN_2
    switch H5Tget_size(id) {
    case 1: return isSigned ? .int8 : .uint8
    case 2: return isSigned ? .int16 : .uint16
    case 4: return isSigned ? .int32 : .uint32
    case 8: return isSigned ? .int64 : .uint64
    case let bytes: return .unsupported("an integer of \(bytes) bytes")
    }
  }

  private static func float(_ id: hid_t) -> ElementType {
    if H5Tequal(id, chdf5_file_float32()) > 0 || H5Tequal(id, chdf5_big_endian_float32()) > 0 { return .float32 }
    if H5Tequal(id, chdf5_file_float64()) > 0 || H5Tequal(id, chdf5_big_endian_float64()) > 0 { return .float64 }
    return .unsupported("a floating-point type of \(H5Tget_size(id)) bytes that is neither float32 nor float64")
  }

  /// Whether an enumeration is h5py's boolean: one byte, FALSE = 0 and TRUE = 1.
  private static func isBoolean(_ id: hid_t) -> Bool {
    guard H5Tget_size(id) == 1, H5Tget_nmembers(id) == 2 else { return false }
    for (name, expected) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
      var value: Int8 = -1
      guard H5Tenum_valueof(id, name, &value) >= 0, value == expected else { return false }
    }
    return true
  }
}
