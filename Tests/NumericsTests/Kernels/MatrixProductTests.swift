import Numerics
import Testing

/// Every product has the bits of the plain loop.
struct MatrixProductTests {
  /// How a factor is stored.
  enum Storage: CaseIterable { case plain, transposed }

  /// What the sums start from.
  enum Start: CaseIterable { case zero, row, result }

  /// Row counts that need tiles of 6, 4, 2 and 1 rows in every mixture.
  static let rowCounts = Array(1...19) + [24, 31, 64]
  static let columnCounts = Array(1...34) + [48, 64, 65]
  static let depths = [1, 2, 7, 32]

  @Test(arguments: Storage.allCases, Storage.allCases)
  func bitsAreThoseOfThePlainLoopForAllSmallSizes(_ left: Storage, _ right: Storage) {
    for start in Start.allCases {
      for m in Self.rowCounts {
        for n in Self.columnCounts {
          for k in Self.depths { Self.check(m, k, n, left, right, start) }
        }
      }
    }
  }

  @Test(arguments: [(3, 255, 17), (5, 256, 16), (6, 257, 33), (9, 700, 10), (130, 784, 20)])
  func bitsAreThoseOfThePlainLoopForDeepProducts(_ m: Int, _ k: Int, _ n: Int) {
    for start in Start.allCases {
      for left in Storage.allCases {
        for right in Storage.allCases { Self.check(m, k, n, left, right, start) }
      }
    }
  }

  @Test(arguments: Storage.allCases, Storage.allCases)
  func partsHaveTheBitsOfTheWholeAndWriteNothingElse(_ left: Storage, _ right: Storage) {
    let (m, k, n) = (37, 300, 45)
    for (rows, columns) in [(0..<m, 5..<22), (0..<m, 16..<45), (3..<11, 0..<n), (30..<37, 0..<n), (8..<9, 44..<45)] {
      for start in Start.allCases { Self.check(m, k, n, left, right, start, part: (rows, columns)) }
    }
  }

  @Test func emptySumsAreTheStart() {
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: MatrixProduct.scratchCount)
    defer { scratch.deallocate() }
    var result = [Float](repeating: 7, count: 6)
    let bias: [Float] = [1, 2, 3]
    bias.withUnsafeBufferPointer { bias in
      let a = MatrixProduct.Operand(bias.baseAddress!, columns: 0)
      MatrixProduct.multiply(
        a, a, rows: 2, inner: 0, columns: 3, from: .row(bias.baseAddress!), into: &result, scratch: scratch)
    }
    #expect(result == [1, 2, 3, 1, 2, 3])
  }

  @Test func aNaNReachesItsRowOnly() {
    let (m, k, n) = (13, 5, 19)
    var a = [Float](repeating: 1, count: m * k)
    a[4 * k + 2] = .nan
    let b = [Float](repeating: 1, count: k * n)
    var c = [Float](repeating: 0, count: m * n)
    var scratch = [Float](repeating: .nan, count: MatrixProduct.scratchCount)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        MatrixProduct.multiply(
          .init(a.baseAddress!, columns: k), .init(b.baseAddress!, columns: n), rows: m, inner: k, columns: n,
          from: .zero, into: &c, scratch: &scratch)
      }
    }
    for i in 0..<m {
      for j in 0..<n { #expect(i == 4 ? c[i * n + j].isNaN : c[i * n + j] == Float(k)) }
    }
  }

  /// Compares one product, or a part of it, with the plain loop, and that nothing around the result is touched.
  static func check(
    _ m: Int, _ k: Int, _ n: Int, _ left: Storage, _ right: Storage, _ start: Start,
    part: (rows: Range<Int>, columns: Range<Int>)? = nil
  ) {
    let a = normals(m * k, 1)
    let b = normals(k * n, 2)
    let bias = normals(n, 3)
    let margin = 16
    let before = normals(m * n + 2 * margin, 4)
    var fast = before
    var plain = before
    // Scratch full of NaN: what is not written must not be read.
    var scratch = [Float](repeating: .nan, count: MatrixProduct.scratchCount)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        bias.withUnsafeBufferPointer { bias in
          let (a, b) = (a.baseAddress!, b.baseAddress!)
          let one = left == .plain ? MatrixProduct.Operand(a, columns: k) : .init(a, columns: m).transposed
          let two = right == .plain ? MatrixProduct.Operand(b, columns: n) : .init(b, columns: k).transposed
          let from: MatrixProduct.Start =
            switch start {
            case .zero: .zero
            case .row: .row(bias.baseAddress!)
            case .result: .result
            }
          fast.withUnsafeMutableBufferPointer { c in
            MatrixProduct.multiply(
              one, two, rows: m, inner: k, columns: n, from: from, part: part, into: c.baseAddress! + margin,
              scratch: &scratch)
          }
          plain.withUnsafeMutableBufferPointer { c in
            MatrixProduct.reference(
              one, two, rows: m, inner: k, columns: n, from: from, into: c.baseAddress! + margin)
          }
        }
      }
    }
    if let part {
      for i in 0..<m {
        for j in 0..<n where !(part.rows.contains(i) && part.columns.contains(j)) {
          plain[margin + i * n + j] = before[margin + i * n + j]
        }
      }
    }
    if !fast.elementsEqual(plain) {
      Issue.record("\(m) x \(k) x \(n), \(left), \(right), \(start), \(part.map { "\($0)" } ?? "whole")")
    }
  }

  static func normals(_ count: Int, _ particle: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer {
      Randomness(key: 77).normals(Address(.evaluation, particle: particle), into: $0)
    }
    return values
  }
}
