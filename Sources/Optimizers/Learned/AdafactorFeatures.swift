internal import Numerics

/// What the AdafactorMLP optimizer's network sees of each element, from accumulators that have moved (spec §1.3).
///
/// With D decays the columns are: g, w, D momenta m, the second moment q, D m (q + 1e-6)^(-1/2), (q + 1e-6)^(-1/2), D factored gradients,
/// and five groups of D: rows, columns, their (v + 1e-8)^(-1/2), and D factored momenta.
struct AdafactorFeatures: Sendable {
  typealias Places = AdafactorAccumulators.Places
  typealias Lines = AdafactorAccumulators.Lines

  let decays: Int

  private var columns: Int { 4 + 8 * decays }

  /// Writes the columns of some elements, the first of which begins a block, as [blocks][columns][16]; 0 beyond the last.
  func write(_ elements: Range<Int>, of t: Places, to blocks: UnsafeMutablePointer<Float>) {
    let slab = Slab(elements: elements, blocks: blocks, columns: columns)
    slab.last.update(repeating: 0, count: 16 * columns)
    writeMoments(slab, of: t)
    switch t.factored {
    case .elements(let v): for j in 0..<decays { write(slab, of: v + j * t.count, decay: j) }
    case .lines(let lines):
      for j in 0..<decays { write(slab, of: lines.factoring, LineNumbers(lines, decay: j), decay: j) }
    }
  }

  /// Some elements and the places of their columns.
  private struct Slab {
    let elements: Range<Int>
    let blocks: UnsafeMutablePointer<Float>
    let columns: Int

    /// The last block.
    var last: UnsafeMutablePointer<Float> { blocks + (elements.count - 1) / 16 * 16 * columns }

    /// Element i of column 0.
    @inline(__always)
    func place(_ i: Int) -> UnsafeMutablePointer<Float> {
      let index = i &- elements.lowerBound
      return blocks + ((index >> 4) &* 16 &* columns &+ (index & 15))
    }
  }

  /// The columns before the factored ones.
  private func writeMoments(_ slab: Slab, of t: Places) {
    let one = Vector(repeating: 1)
    Lanes.forEach(slab.elements) { i, lanes in
      let place = slab.place(i)
      let q = lanes.load(t.secondMoment + i)
      let root = lanes.keeping(one / (q + Vector(repeating: 1e-6)).root)
      lanes.load(t.gradient + i).store(to: place)
      lanes.load(t.parameters + i).store(to: place + 16)
      q.store(to: place + 16 * (2 + decays))
      root.store(to: place + 16 * (3 + 2 * decays))
      for j in 0..<decays {
        let m = lanes.load(t.momenta + j * t.count + i)
        m.store(to: place + 16 * (2 + j))
        (m * root).store(to: place + 16 * (3 + decays + j))
      }
    }
  }

  /// The factored columns of one decay where each element has a second moment of its own: it is row and column at once.
  private func write(_ slab: Slab, of secondMoments: UnsafePointer<Float>, decay j: Int) {
    let one = Vector(repeating: 1)
    Lanes.forEach(slab.elements) { i, lanes in
      let place = slab.place(i)
      let g = Vector(from: place)
      let m = Vector(from: place + 16 * (2 + j))
      let v = lanes.load(secondMoments + i)
      let root = lanes.keeping(one / (v + Vector(repeating: 1e-8)).root)
      (g * safeRoot(v + Vector(repeating: 1e-9))).store(to: place + group(0, j))
      v.store(to: place + group(1, j))
      v.store(to: place + group(2, j))
      root.store(to: place + group(3, j))
      root.store(to: place + group(4, j))
      (m / (v + Vector(repeating: 1e-6)).root).store(to: place + group(5, j))
    }
  }

  /// Gives each element its row's and its column's numbers, eight elements at a time.
  private func write(_ slab: Slab, of f: Factoring, _ numbers: LineNumbers, decay j: Int) {
    let target = group(0, j)
    let momentum = 16 &* (2 &+ j)
    var (line, start) = slab.elements.lowerBound.quotientAndRemainder(dividingBy: f.lineCount)
    for first in stride(from: slab.elements.lowerBound, to: slab.elements.upperBound, by: 8) {
      let place = slab.place(first)
      let count = min(8, slab.elements.upperBound &- first)
      let values: LineNumbers.Values
      if count == 8 && start &+ 8 <= f.lineCount {
        values = numbers.values(from: f.entry(start, of: line), f)
      } else {
        let (rows, columns) = f.entries(from: start, of: line, count: count)
        values = numbers.values(rows, columns, Lanes(count))
      }
      let gradient = Vector(from: place) * values.factor
      let scaledMomentum = Vector(from: place + momentum) * values.factor
      store(gradient, values, scaledMomentum, to: place + target)
      start &+= 8
      while start >= f.lineCount { (line, start) = (line &+ 1, start &- f.lineCount) }
    }
  }

  /// Writes the six factored columns of eight elements and one decay, of which the first is at `place`.
  @inline(__always)
  private func store(
    _ gradient: Vector, _ values: LineNumbers.Values, _ momentum: Vector, to place: UnsafeMutablePointer<Float>
  ) {
    let step = 16 &* decays
    gradient.store(to: place)
    values.row.store(to: place + step)
    values.column.store(to: place + 2 &* step)
    values.rowRoot.store(to: place + 3 &* step)
    values.columnRoot.store(to: place + 4 &* step)
    momentum.store(to: place + 5 &* step)
  }

  /// Adds the squares of the columns of `count` elements to their sums, [columns][8], block by block.
  func addSquares(_ blocks: UnsafePointer<Float>, count: Int, to sums: UnsafeMutablePointer<Float>) {
    for first in stride(from: 0, to: count, by: 16) {
      let block = blocks + first * columns
      for column in 0..<columns {
        let low = Vector(from: block + 16 * column)
        let high = Vector(from: block + 16 * column + 8)
        let sum = Vector(from: sums + 8 * column)
        fma(high, high, fma(low, low, sum)).store(to: sums + 8 * column)
      }
    }
  }

  /// From column 0 to column j of the groups: 0 factored gradients, 1 rows, 2 columns, 3 and 4 their roots, 5 factored momenta.
  @inline(__always)
  private func group(_ index: Int, _ j: Int) -> Int { 16 &* (4 &+ (2 &+ index) &* decays &+ j) }
}

/// What elements have from their rows and columns, for one decay.
private struct LineNumbers {
  let rows, rowRoots, rowFactors, columns, columnRoots, columnFactors: UnsafePointer<Float>

  init(_ lines: AdafactorAccumulators.Lines, decay j: Int) {
    let (row, column) = (j * lines.factoring.rows, j * lines.factoring.columns)
    rows = UnsafePointer(lines.rows + row)
    rowRoots = UnsafePointer(lines.rowRoots + row)
    rowFactors = UnsafePointer(lines.rowFactors + row)
    columns = UnsafePointer(lines.columns + column)
    columnRoots = UnsafePointer(lines.columnRoots + column)
    columnFactors = UnsafePointer(lines.columnFactors + column)
  }

  struct Values {
    let factor, row, column, rowRoot, columnRoot: Vector
  }

  /// Those of eight elements of a line, from one with this entry on.
  @inline(__always)
  func values(from entry: (row: Int, column: Int), _ f: Factoring) -> Values {
    func load(_ numbers: UnsafePointer<Float>, _ step: Int) -> Vector {
      step == 0 ? Vector(repeating: numbers[0]) : Vector(from: numbers)
    }
    return Values(
      factor: load(rowFactors + entry.row, f.rowStep) * load(columnFactors + entry.column, f.columnStep),
      row: load(rows + entry.row, f.rowStep), column: load(columns + entry.column, f.columnStep),
      rowRoot: load(rowRoots + entry.row, f.rowStep), columnRoot: load(columnRoots + entry.column, f.columnStep))
  }

  /// Those of elements with an entry each; 0 outside of `lanes`.
  func values(_ rowEntries: IntVector, _ columnEntries: IntVector, _ lanes: Lanes) -> Values {
    func load(_ numbers: UnsafePointer<Float>, _ entries: IntVector) -> Vector {
      var values = Vector.zero
      for lane in 0..<8 { values[lane] = numbers[Int(entries[lane])] }
      return lanes.keeping(values)
    }
    return Values(
      factor: load(rowFactors, rowEntries) * load(columnFactors, columnEntries),
      row: load(rows, rowEntries), column: load(columns, columnEntries),
      rowRoot: load(rowRoots, rowEntries), columnRoot: load(columnRoots, columnEntries))
  }
}
