internal import Numerics

/// C = A · B, or A · B + one bias for every row; either factor may be stored transposed.
package struct MatrixMultiply: DivisibleOperation {
  package enum Storage: Sendable {
    case plain, transposed

    var flipped: Storage { self == .plain ? .transposed : .plain }
  }

  /// A is rows x inner, B inner x columns, as factors (not as stored).
  package let rows: Int
  package let inner: Int
  package let columns: Int
  package let left: Storage
  package let right: Storage
  /// True where the third operand is a bias of `columns` floats.
  package let hasBias: Bool

  package var scratchCount: Int { MatrixProduct.scratchCount }

  package var operationCount: Int? { 2 * rows * inner * columns }

  /// Rows, or columns where there are more of them.
  package var partCount: Int { max(rows, columns) }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let a =
      left == .plain
      ? MatrixProduct.Operand(operands.first, columns: inner)
      : MatrixProduct.Operand(operands.first, columns: rows).transposed
    let b =
      right == .plain
      ? MatrixProduct.Operand(operands.second, columns: columns)
      : MatrixProduct.Operand(operands.second, columns: inner).transposed
    MatrixProduct.multiply(
      a, b, rows: rows, inner: inner, columns: columns, from: hasBias ? .row(operands.third) : .zero,
      part: rows >= columns ? (parts, 0..<columns) : (0..<rows, parts), into: result, scratch: operands.scratch)
  }

  /// dA = G · Bᵀ, dB = Aᵀ · G, and their transposes where a factor is stored transposed; the bias gets G's column sums.
  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let (a, b) = (inputs[0], inputs[1])
    let toA =
      left == .plain
      ? gradient.product(b, .plain, right.flipped) : b.product(gradient, right, .transposed)
    let toB =
      right == .plain
      ? a.product(gradient, left.flipped, .plain) : gradient.product(a, .transposed, left)
    return hasBias ? [toA, toB, gradient.sum(axis: 0)] : [toA, toB]
  }
}

extension Term {
  /// The matrix product of this (m x k) and another (k x n).
  package func times(_ other: Term) -> Term { product(other, .plain, .plain) }

  /// This (m x k) times `weights` (k x n), plus `bias` (n) in every row.
  package func dense(_ weights: Term, _ bias: Term) -> Term { product(weights, .plain, .plain, bias: bias) }

  func product(
    _ other: Term, _ left: MatrixMultiply.Storage, _ right: MatrixMultiply.Storage, bias: Term? = nil
  ) -> Term {
    precondition(shape.count == 2 && other.shape.count == 2, "a matrix product of \(shape) and \(other.shape)")
    let (rows, inner) = left == .plain ? (shape[0], shape[1]) : (shape[1], shape[0])
    let (depth, columns) =
      right == .plain ? (other.shape[0], other.shape[1]) : (other.shape[1], other.shape[0])
    precondition(inner == depth, "a matrix product of \(shape) and \(other.shape)")
    precondition(bias == nil || bias!.shape == [columns], "a bias of \(bias!.shape) for \(columns) columns")
    let operation = MatrixMultiply(
      rows: rows, inner: inner, columns: columns, left: left, right: right, hasBias: bias != nil)
    return recording.record(operation, [self, other] + (bias.map { [$0] } ?? []), shape: [rows, columns])
  }
}
