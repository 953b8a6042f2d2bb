// The Swift types whose arrays are datasets.

/// A type whose arrays are written to and read from datasets as they lie in memory, bit for bit.
///
/// Conforming are Swift's integers of fixed width, `Int` (as int64), `UInt` (as uint64), `Float` and `Double`.
public protocol Element: BitwiseCopyable, Sendable {
  /// The type that stands in the file.
  static var elementType: ElementType { get }

  /// The same number in this type; nil if it cannot hold it.
  static func converted(from integer: some BinaryInteger) -> Self?

  /// The same number in this type; nil if it cannot hold it. A floating-point type takes the nearest number it has.
  static func converted(from number: Double) -> Self?
}

extension Element where Self: FixedWidthInteger {
  /// See `Element`.
  public static func converted(from integer: some BinaryInteger) -> Self? { Self(exactly: integer) }
  /// See `Element`.
  public static func converted(from number: Double) -> Self? { Self(exactly: number) }
}

extension Element where Self: BinaryFloatingPoint {
  /// See `Element`.
  public static func converted(from integer: some BinaryInteger) -> Self? { Self(integer) }
  /// See `Element`.
  public static func converted(from number: Double) -> Self? { Self(number) }
}

extension Int8: Element {
  /// Stored as int8.
  public static var elementType: ElementType { .int8 }
}
extension Int16: Element {
  /// Stored as int16.
  public static var elementType: ElementType { .int16 }
}
extension Int32: Element {
  /// Stored as int32.
  public static var elementType: ElementType { .int32 }
}
extension Int64: Element {
  /// Stored as int64.
  public static var elementType: ElementType { .int64 }
}
extension Int: Element {
  /// Stored as int64.
  public static var elementType: ElementType { .int64 }
}
extension UInt8: Element {
  /// Stored as uint8.
  public static var elementType: ElementType { .uint8 }
}
extension UInt16: Element {
  /// Stored as uint16.
  public static var elementType: ElementType { .uint16 }
}
extension UInt32: Element {
  /// Stored as uint32.
  public static var elementType: ElementType { .uint32 }
}
extension UInt64: Element {
  /// Stored as uint64.
  public static var elementType: ElementType { .uint64 }
}
extension UInt: Element {
  /// Stored as uint64.
  public static var elementType: ElementType { .uint64 }
}
extension Float: Element {
  /// Stored as float32.
  public static var elementType: ElementType { .float32 }
}
extension Double: Element {
  /// Stored as float64.
  public static var elementType: ElementType { .float64 }
}

extension ElementType {
  /// `visitor` with the Swift type of these elements; nil for text and what is not read.
  func visit<V: ElementVisitor>(_ visitor: V) throws(HDF5Error) -> V.Result? {
    switch self {
    case .int8: try visitor.visit(Int8.self)
    case .int16: try visitor.visit(Int16.self)
    case .int32: try visitor.visit(Int32.self)
    case .int64: try visitor.visit(Int64.self)
    case .uint8: try visitor.visit(UInt8.self)
    case .uint16: try visitor.visit(UInt16.self)
    case .uint32: try visitor.visit(UInt32.self)
    case .uint64: try visitor.visit(UInt64.self)
    case .float32: try visitor.visit(Float.self)
    case .float64: try visitor.visit(Double.self)
    case .text, .boolean, .variableText, .unsupported: nil
    }
  }
}

/// What is done with a Swift type that is known only when the file is read.
protocol ElementVisitor {
  associatedtype Result
  func visit<E: Element>(_ type: E.Type) throws(HDF5Error) -> Result
}
