/// What a graph is made of: a function of up to three arrays with one array as its result.
///
/// A conformer fixes all sizes when it is made and gets nothing but pointers when it runs. To add one: a file with the
/// struct, a function on `Term` that records it, and a line in the Double interpreter of the tests.
package protocol Operation: Sendable {
  /// The floats of scratch memory that `run` uses.
  var scratchCount: Int { get }

  /// The floating-point operations of `run`; nil for some that are few a number of the result and count as one.
  var operationCount: Int? { get }

  /// Computes the whole result, which overlaps no operand. Allocates nothing.
  func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>)

  /// For each input the derivative of the loss with respect to it, nil where none flows, given that of the result.
  func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?]
}

/// An operation whose result consists of parts that are computed one without the other, by several threads at a time where
/// there are any.
package protocol DivisibleOperation: Operation {
  /// Parts of like cost.
  var partCount: Int { get }

  /// Computes these parts: the bits are those of the whole. `result` is that of the whole, as are the operands; the scratch
  /// memory is the caller's own.
  func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>)
}

extension DivisibleOperation {
  package func run(_ operands: Operands, into result: UnsafeMutablePointer<Float>) {
    run(operands, parts: 0..<partCount, into: result)
  }
}

extension Operation {
  package var scratchCount: Int { 0 }

  package var operationCount: Int? { nil }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    preconditionFailure("\(Self.self) has no derivative: it is itself part of one")
  }
}

/// The memory that an operation reads, and its scratch.
package struct Operands {
  let first: UnsafePointer<Float>
  let second: UnsafePointer<Float>
  let third: UnsafePointer<Float>
  var scratch: UnsafeMutablePointer<Float>

  /// The second operand, which holds indices.
  var secondIndices: UnsafePointer<Int32> { UnsafeRawPointer(second).assumingMemoryBound(to: Int32.self) }
}
