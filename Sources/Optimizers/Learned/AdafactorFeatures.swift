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
      for j in 0..<decays { write(slab, of: lines.factoring, lines.numbers(decay: j), decay: j) }
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

  /// Gives each element its row's and its column's numbers, and gradient and momentum by the product of their factors.
  private func write(_ slab: Slab, of f: Factoring, _ numbers: Lines.Numbers, decay j: Int) {
    let (columns, momentum) = (group(0, j), 16 &* (2 &+ j))
    var (line, start) = slab.elements.lowerBound.quotientAndRemainder(dividingBy: f.lineCount)
    var element = slab.elements.lowerBound
    while element < slab.elements.upperBound {
      let place = slab.place(element)
      let entry = f.entry(start, of: line)
      // Up to the next half of a block, the line's end, or the slab's.
      let count = min(8 &- element & 7, f.lineCount &- start, slab.elements.upperBound &- element)
      if count == 8 {
        write(numbers, f, entry, Lanes(8), momentum: place + momentum, gradient: place, to: place + columns)
      } else {
        write(numbers, f, entry, Lanes(count), momentum: place + momentum, gradient: place, to: place + columns)
      }
      element &+= count
      start &+= count
      if start == f.lineCount { (line, start) = (line &+ 1, 0) }
    }
  }

  /// The six factored columns of some elements of a line and one decay, the first of which is at `place`.
  @inline(__always)
  private func write(
    _ numbers: Lines.Numbers, _ f: Factoring, _ entry: (row: Int, column: Int), _ lanes: Lanes,
    momentum: UnsafePointer<Float>, gradient: UnsafePointer<Float>, to place: UnsafeMutablePointer<Float>
  ) {
    func row(_ values: UnsafePointer<Float>) -> Vector { lanes.load(values + entry.row, step: f.rowStep) }
    func column(_ values: UnsafePointer<Float>) -> Vector { lanes.load(values + entry.column, step: f.columnStep) }
    let factor = row(numbers.rowFactors) * column(numbers.columnFactors)
    let step = 16 &* decays
    lanes.store(lanes.load(gradient) * factor, to: place)
    lanes.store(row(numbers.rows), to: place + step)
    lanes.store(column(numbers.columns), to: place + 2 &* step)
    lanes.store(row(numbers.rowRoots), to: place + 3 &* step)
    lanes.store(column(numbers.columnRoots), to: place + 4 &* step)
    lanes.store(lanes.load(momentum) * factor, to: place + 5 &* step)
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

extension Lanes {
  /// The floats at `pointer` (step 1), or the one there in all lanes (step 0).
  @inline(__always)
  fileprivate func load(_ pointer: UnsafePointer<Float>, step: Int) -> Vector {
    step == 0 ? Vector(repeating: pointer[0]) : load(pointer)
  }
}
