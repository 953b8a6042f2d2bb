/// Matrix products side by side: C_b = A_b · B_b for arrays of as many matrices each; either may be stored transposed.
package struct BatchedProduct: DivisibleOperation {
  package let count: Int
  /// The product of one pair; it has no bias.
  package let product: MatrixMultiply

  package var scratchCount: Int { product.scratchCount }

  package var operationCount: Int? { product.operationCount.map { count * $0 } }

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    for b in parts {
      let second = operands.second + b * product.inner * product.columns
      let pair = Operands(
        first: operands.first + b * product.rows * product.inner, second: second, third: second,
        scratch: operands.scratch)
      product.run(pair, into: result + b * product.rows * product.columns)
    }
  }

  /// As for one product: dA = G · Bᵀ, dB = Aᵀ · G, and their transposes where a factor is stored transposed.
  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let (a, b) = (inputs[0], inputs[1])
    let (left, right) = (product.left, product.right)
    let toA =
      left == .plain
      ? gradient.matrixProducts(b, .plain, right.flipped) : b.matrixProducts(gradient, right, .transposed)
    let toB =
      right == .plain
      ? a.matrixProducts(gradient, left.flipped, .plain) : gradient.matrixProducts(a, .transposed, left)
    return [toA, toB]
  }
}

extension Term {
  /// For each b the product of the matrix b of this (b x m x k) and that of another (b x k x n).
  package func matrixProducts(_ other: Term) -> Term { matrixProducts(other, .plain, .plain) }

  /// For each b the product of the matrix b of this (b x m x k) and the transposed matrix b of another (b x n x k).
  package func matrixProducts(transposed other: Term) -> Term { matrixProducts(other, .plain, .transposed) }

  func matrixProducts(
    _ other: Term, _ left: MatrixMultiply.Storage, _ right: MatrixMultiply.Storage
  ) -> Term {
    precondition(
      shape.count == 3 && other.shape.count == 3 && shape[0] == other.shape[0],
      "matrix products of \(shape) and \(other.shape)")
    let (rows, inner) = left == .plain ? (shape[1], shape[2]) : (shape[2], shape[1])
    let (depth, columns) = right == .plain ? (other.shape[1], other.shape[2]) : (other.shape[2], other.shape[1])
    precondition(inner == depth, "matrix products of \(shape) and \(other.shape)")
    let product = MatrixMultiply(
      rows: rows, inner: inner, columns: columns, left: left, right: right, hasBias: false)
    return recording.record(
      BatchedProduct(count: shape[0], product: product), [self, other], shape: [shape[0], rows, columns])
  }
}
