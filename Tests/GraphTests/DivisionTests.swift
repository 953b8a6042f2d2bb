import Numerics
import Testing

@testable import Graph

/// An operation done in parts has the bits of the whole, and each part writes its own places alone.
@Suite struct DivisionTests {
  private static let windows = Windows(rows: 5, columns: 6, channels: 3, size: 3, stride: 2, padding: .same)!

  /// Each operation with the floats of its operands and of its result.
  private static let operations: [(name: String, operation: any DivisibleOperation, operands: [Int], result: Int)] = [
    ("map", Map(function: .tanh, count: 203), [203], 203),
    ("derivative by y", MapDerivative(function: .tanh, count: 203), [203, 203, 203], 203),
    ("derivative by x", MapDerivative(function: .cos, count: 203), [203, 203, 203], 203),
    ("affine", Affine(scale: 0.3, offset: -2, count: 203), [203], 203),
    ("combine", Combine(arithmetic: .subtract, firstCount: 203, secondCount: 203), [203, 203], 203),
    ("combine with a scalar", Combine(arithmetic: .divide, firstCount: 203, secondCount: 1), [203, 1], 203),
    ("combine a scalar", Combine(arithmetic: .divide, firstCount: 1, secondCount: 203), [1, 203], 203),
    ("combine with a row", Combine(arithmetic: .subtract, firstCount: 29 * 7, secondCount: 29), [203, 29], 203),
    ("combine a row", Combine(arithmetic: .subtract, firstCount: 7, secondCount: 29 * 7), [7, 203], 203),
    ("softmax", Softmax(rows: 11, columns: 19), [209], 209),
    (
      "patches", Patches(windows: windows, count: 4), [4 * windows.imageCount],
      4 * windows.positionCount * windows.patchCount
    ),
    (
      "sum of patches", PatchSum(windows: windows, count: 4), [4 * windows.positionCount * windows.patchCount],
      4 * windows.imageCount
    ),
    ("tall product", product(rows: 41, columns: 18, .plain, .plain), [41 * 23, 23 * 18, 18], 41 * 18),
    ("tall product, transposed", product(rows: 41, columns: 18, .transposed, .plain), [41 * 23, 23 * 18, 18], 41 * 18),
    ("wide product", product(rows: 9, columns: 70, .plain, .transposed), [9 * 23, 23 * 70, 70], 9 * 70),
    (
      "products", BatchedProduct(count: 6, product: product(rows: 5, columns: 4, .plain, .plain, hasBias: false)),
      [6 * 5 * 23, 6 * 23 * 4], 6 * 20
    ),
  ]

  private static func product(
    rows: Int, columns: Int, _ left: MatrixMultiply.Storage, _ right: MatrixMultiply.Storage, hasBias: Bool = true
  ) -> MatrixMultiply {
    MatrixMultiply(rows: rows, inner: 23, columns: columns, left: left, right: right, hasBias: hasBias)
  }

  private func normals(_ count: Int, _ particle: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer {
      Randomness(key: 9).normals(Address(.evaluation, particle: particle), into: $0)
    }
    return values
  }

  /// The result of some parts, NaN where nothing was written.
  private func result(_ index: Int, _ parts: [Range<Int>]) -> [UInt32] {
    let (_, operation, counts, count) = Self.operations[index]
    let values = counts.enumerated().map { normals($1, $0) }
    var (result, scratch) = (
      [Float](repeating: .nan, count: count), [Float](repeating: .nan, count: max(operation.scratchCount, 1))
    )
    values[0].withUnsafeBufferPointer { first in
      values[values.count > 1 ? 1 : 0].withUnsafeBufferPointer { second in
        values[values.count > 2 ? 2 : 0].withUnsafeBufferPointer { third in
          scratch.withUnsafeMutableBufferPointer { scratch in
            let operands = Operands(
              first: first.baseAddress!, second: second.baseAddress!, third: third.baseAddress!,
              scratch: scratch.baseAddress!)
            for part in parts { operation.run(operands, parts: part, into: &result) }
          }
        }
      }
    }
    return result.map(\.bitPattern)
  }

  @Test(arguments: operations.indices)
  func partsMakeTheWhole(_ index: Int) {
    let (name, operation, _, _) = Self.operations[index]
    let count = operation.partCount
    let whole = result(index, [0..<count])
    let (one, two) = (count / 3, count / 2 + 1)
    #expect(result(index, [two..<count, 0..<one, one..<two]) == whole, "\(name)")
    // What one part leaves alone is the others' whole.
    let nothing = Float.nan.bitPattern
    let (middle, others) = (result(index, [one..<two]), result(index, [0..<one, two..<count]))
    #expect(zip(middle, others).allSatisfy { ($0 == nothing) != ($1 == nothing) }, "\(name)")
  }
}
