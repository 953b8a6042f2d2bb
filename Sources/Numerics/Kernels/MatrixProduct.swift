/// Products of float matrices. Each output is a sequential fma over k from its start value, whatever the blocking:
/// the bits are those of `MatrixProduct.reference`.
package enum MatrixProduct {
  /// A matrix in memory: element (i, j) lies at `base[i * rowStride + j * columnStride]`.
  package struct Operand {
    @usableFromInline let base: UnsafePointer<Float>
    @usableFromInline let rowStride: Int
    @usableFromInline let columnStride: Int

    /// A row-major matrix with `columns` floats a row.
    @inlinable
    package init(_ base: UnsafePointer<Float>, columns: Int) {
      self.init(base, rowStride: columns, columnStride: 1)
    }

    @inlinable
    package init(_ base: UnsafePointer<Float>, rowStride: Int, columnStride: Int) {
      self.base = base
      self.rowStride = rowStride
      self.columnStride = columnStride
    }

    /// The same memory read as the transposed matrix.
    @inlinable
    package var transposed: Operand { Operand(base, rowStride: columnStride, columnStride: rowStride) }
  }

  /// What the sums start from.
  package enum Start {
    case zero
    /// One row of n floats, the same for every row of the result: a bias.
    case row(UnsafePointer<Float>)
    /// The m x n floats that the result holds already.
    case result
  }

  /// The columns of one tile: two vectors.
  static let tileColumns = 16
  /// The most rows of one tile: 6 x 2 accumulators leave four of sixteen registers to the operands.
  static let tileRows = 6
  /// The most k's of one panel of B: 256 x 16 floats are half of a 32 KB cache.
  static let panelDepth = 256

  /// The floats of scratch that a product needs: a panel of B and a tile of C.
  package static let scratchCount = panelDepth * tileColumns + tileRows * tileColumns

  /// The plain loop that defines the product's bits.
  package static func reference(
    _ a: Operand, _ b: Operand, rows m: Int, inner k: Int, columns n: Int, from start: Start,
    into c: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<m {
      for j in 0..<n {
        var sum: Float =
          switch start {
          case .zero: 0
          case .row(let row): row[j]
          case .result: c[i * n + j]
          }
        for p in 0..<k {
          sum.addProduct(
            a.base[i * a.rowStride + p * a.columnStride], b.base[p * b.rowStride + j * b.columnStride])
        }
        c[i * n + j] = sum
      }
    }
  }

  /// C[m x n] = start + A[m x k] · B[k x n]; C is row-major without gaps and overlaps neither operand.
  /// - Parameters:
  ///   - part: the rows and columns of C that are computed; nil for all.
  ///   - scratch: `scratchCount` floats.
  package static func multiply(
    _ a: Operand, _ b: Operand, rows m: Int, inner k: Int, columns n: Int, from start: Start,
    part: (rows: Range<Int>, columns: Range<Int>)? = nil, into c: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let part = part ?? (0..<m, 0..<n)
    var depth = 0
    repeat {
      let deep = min(k - depth, panelDepth)
      let block = Block(
        a: Operand(a.base + depth * a.columnStride, rowStride: a.rowStride, columnStride: a.columnStride),
        b: Operand(b.base + depth * b.rowStride, rowStride: b.rowStride, columnStride: b.columnStride),
        rows: part.rows, k: deep, n: n, start: depth == 0 ? start : .result, c: c, panel: scratch)
      var column = part.columns.lowerBound
      while column < part.columns.upperBound {
        block.multiplyColumns(from: column, width: min(tileColumns, part.columns.upperBound - column))
        column += tileColumns
      }
      depth += deep
    } while depth < k
  }
}

/// A product whose inner dimension fits into one panel.
private struct Block {
  let a, b: MatrixProduct.Operand
  let rows: Range<Int>
  let k, n: Int
  let start: MatrixProduct.Start
  let c: UnsafeMutablePointer<Float>
  /// Room for a panel of B and, behind it, a tile of C.
  let panel: UnsafeMutablePointer<Float>

  private var tile: UnsafeMutablePointer<Float> {
    panel + MatrixProduct.panelDepth * MatrixProduct.tileColumns
  }

  /// The result's columns `column ..< column + width`, at most 16 of them.
  func multiplyColumns(from column: Int, width: Int) {
    let full = width == MatrixProduct.tileColumns
    // Whole tiles of a narrow row-major B are read where they are; all else is copied into the panel, padded with zeros.
    let direct = full && b.columnStride == 1 && (b.rowStride <= 64 || rows.count <= MatrixProduct.tileRows)
    if !direct { pack(from: column, width: width) }
    let source = direct ? b.base + column : UnsafePointer(panel)
    let stride = direct ? b.rowStride : MatrixProduct.tileColumns
    var row = rows.lowerBound
    while row < rows.upperBound {
      let count = tileRows(of: rows.upperBound - row)
      if full {
        wholeTile(count, row: row, column: column, source: source, stride: stride)
      } else {
        partialTile(count, row: row, column: column, width: width, source: source, stride: stride)
      }
      row += count
    }
  }

  /// The rows of the next tile: six, unless two tiles of four serve the end better than six, two.
  private func tileRows(of left: Int) -> Int {
    if left >= 6 { return left == 8 ? 4 : 6 }
    return left >= 4 ? 4 : left >= 2 ? 2 : 1
  }

  private func wholeTile(_ rows: Int, row: Int, column: Int, source: UnsafePointer<Float>, stride: Int) {
    let result = c + (row * n + column)
    switch start {
    case .zero:
      run(rows, row, source, stride, first: nil, firstStride: 0, result, n)
    case .row(let bias):
      run(rows, row, source, stride, first: bias + column, firstStride: 0, result, n)
    case .result:
      run(rows, row, source, stride, first: UnsafePointer(result), firstStride: n, result, n)
    }
  }

  /// A tile that sticks out on the right: computed in scratch, of which only `width` columns go in and out.
  private func partialTile(
    _ rows: Int, row: Int, column: Int, width: Int, source: UnsafePointer<Float>, stride: Int
  ) {
    let wide = MatrixProduct.tileColumns
    let result = c + (row * n + column)
    switch start {
    case .zero:
      run(rows, row, source, stride, first: nil, firstStride: 0, tile, wide)
    case .row(let bias):
      for j in 0..<wide { tile[j] = j < width ? bias[column + j] : 0 }
      run(rows, row, source, stride, first: UnsafePointer(tile), firstStride: 0, tile, wide)
    case .result:
      for i in 0..<rows {
        for j in 0..<wide { tile[i * wide + j] = j < width ? result[i * n + j] : 0 }
      }
      run(rows, row, source, stride, first: UnsafePointer(tile), firstStride: wide, tile, wide)
    }
    for i in 0..<rows {
      (result + i * n).update(from: tile + i * wide, count: width)
    }
  }

  /// Copies columns of B into the panel, k rows of 16, zeros on the right.
  private func pack(from column: Int, width: Int) {
    let wide = MatrixProduct.tileColumns
    if b.columnStride == 1 {
      for p in 0..<k {
        let source = b.base + (p * b.rowStride + column)
        let target = panel + p * wide
        target.update(from: source, count: width)
        for j in width..<wide { target[j] = 0 }
      }
    } else {
      for j in 0..<wide {
        let target = panel + j
        guard j < width else {
          for p in 0..<k { target[p * wide] = 0 }
          continue
        }
        let source = b.base + (column + j) * b.columnStride
        for p in 0..<k { target[p * wide] = source[p * b.rowStride] }
      }
    }
  }

  private func run(
    _ rows: Int, _ row: Int, _ source: UnsafePointer<Float>, _ stride: Int,
    first: UnsafePointer<Float>?, firstStride: Int, _ result: UnsafeMutablePointer<Float>, _ resultStride: Int
  ) {
    let left = a.base + row * a.rowStride
    switch rows {
    case 6: tile6(left, a.rowStride, a.columnStride, source, stride, k, first, firstStride, result, resultStride)
    case 4: tile4(left, a.rowStride, a.columnStride, source, stride, k, first, firstStride, result, resultStride)
    case 2: tile2(left, a.rowStride, a.columnStride, source, stride, k, first, firstStride, result, resultStride)
    default: tile1(left, a.columnStride, source, stride, k, first, result)
    }
  }
}
