internal import Numerics

/// What the AdafactorMLP optimizer's network sees of each element; on the way the accumulators move (spec §1.3).
///
/// With D decays the columns are: g, w, D momenta m, the second moment q, D m (q + 1e-6)^(-1/2), (q + 1e-6)^(-1/2), D factored gradients,
/// and five groups of D: rows, columns, their (v + 1e-8)^(-1/2), and D factored momenta.
struct AdafactorFeatures: Sendable {
  let momentumDecays: [Float]
  let secondMomentDecay: Float
  let factoredDecays: [Float]

  private var decays: Int { momentumDecays.count }
  private var columns: Int { 4 + 8 * decays }

  /// Where one tensor's numbers lie during an update.
  struct Places {
    let count: Int
    let parameters: UnsafeMutablePointer<Float>
    let gradient: UnsafePointer<Float>
    /// [decays][count]
    let momenta: UnsafeMutablePointer<Float>
    /// [count]
    let secondMoment: UnsafeMutablePointer<Float>
    /// [decays][rows], or [decays][count] where nothing is factored
    let rows: UnsafeMutablePointer<Float>
    /// [decays][columns]
    let columns: UnsafeMutablePointer<Float>
    /// [blocks][columns][16], the features; 0 beyond the last element
    let blocks: UnsafeMutablePointer<Float>
  }

  /// Room for what belongs to a row, a column or a group of rows.
  struct Tables {
    let rowSquares, rowRoots, rowFactors: UnsafeMutablePointer<Float>
    let columnSquares, columnRoots, columnFactors: UnsafeMutablePointer<Float>
    let groupSums: UnsafeMutablePointer<Float>

    static func count(_ factoring: Factoring) -> Int { 3 * (factoring.rows + factoring.columns) + factoring.groups }

    init(_ memory: UnsafeMutablePointer<Float>, of factoring: Factoring) {
      rowSquares = memory
      rowRoots = rowSquares + factoring.rows
      rowFactors = rowRoots + factoring.rows
      columnSquares = rowFactors + factoring.rows
      columnRoots = columnSquares + factoring.columns
      columnFactors = columnRoots + factoring.columns
      groupSums = columnFactors + factoring.columns
    }
  }

  // MARK: Fewer than two axes: the second moments of each element

  func write(_ t: Places) {
    writeElements(t)
    for j in 0..<decays {
      let decay = Vector(repeating: factoredDecays[j])
      let rest = Vector(repeating: 1 - factoredDecays[j])
      let one = Vector(repeating: 1)
      let plane = t.rows + j * t.count
      Lanes.forEach(t.count) { i, lanes in
        let place = self.place(t, i)
        let g = Vector(from: place)
        let m = Vector(from: place + 16 * (2 + j))
        let v = fma(decay, lanes.load(plane + i), rest * fma(g, g, Vector(repeating: 1e-30)))
        lanes.store(v, to: plane + i)
        let root = lanes.keeping(one / (v + Vector(repeating: 1e-8)).root)
        let kept = lanes.keeping(v)
        (g * safeRoot(v + Vector(repeating: 1e-9))).store(to: place + group(0, j))
        kept.store(to: place + group(1, j))
        kept.store(to: place + group(2, j))
        root.store(to: place + group(3, j))
        root.store(to: place + group(4, j))
        (m / (v + Vector(repeating: 1e-6)).root).store(to: place + group(5, j))
      }
    }
  }

  // MARK: Two or more axes: the second moments of rows and columns

  func write(_ t: Places, _ f: Factoring, _ tables: Tables) {
    writeElements(t)
    sumSquares(t, f, tables)
    for j in 0..<decays {
      moveFactored(t, f, tables, decay: j)
      spread(t, f, tables, decay: j)
    }
  }

  /// The sums of g^2 along the longest axis (rows) and along the second longest (columns), line by line.
  private func sumSquares(_ t: Places, _ f: Factoring, _ tables: Tables) {
    tables.rowSquares.update(repeating: 0, count: f.rows)
    tables.columnSquares.update(repeating: 0, count: f.columns)
    for (index, line) in f.lines.enumerated() {
      let g = t.gradient + index * f.lineCount
      add(g, f.lineCount, to: tables.rowSquares + line.row, step: f.rowStep)
      add(g, f.lineCount, to: tables.columnSquares + line.column, step: f.columnStep)
    }
  }

  /// Adds the squares of a line to one entry (step 0; eight lanes and their tree) or to as many entries (step 1).
  private func add(_ g: UnsafePointer<Float>, _ count: Int, to sums: UnsafeMutablePointer<Float>, step: Int) {
    if step == 0 {
      var squares = Vector.zero
      Lanes.forEach(count) { i, lanes in
        let x = lanes.load(g + i)
        squares = fma(x, x, squares)
      }
      sums[0] += squares.laneSum
    } else {
      Lanes.forEach(count) { i, lanes in
        let x = lanes.load(g + i)
        lanes.store(fma(x, x, lanes.load(sums + i)), to: sums + i)
      }
    }
  }

  /// v <- b v + (1 - b) (mean g^2 + 1e-30) for rows and columns of one decay b, and what follows from them: roots (v + 1e-8)^(-1/2);
  /// factors rsq(row / (mean of the rows along the second longest axis + 1e-9)) and rsq(column), rsq(x) = max(x, 1e-9)^(-1/2).
  private func moveFactored(_ t: Places, _ f: Factoring, _ tables: Tables, decay j: Int) {
    let rows = t.rows + j * f.rows
    let columns = t.columns + j * f.columns
    advance(rows, f.rows, tables.rowSquares, f.longest, j, roots: tables.rowRoots)
    advance(columns, f.columns, tables.columnSquares, f.second, j, roots: tables.columnRoots)
    Lanes.forEach(f.columns) { i, lanes in
      lanes.store(safeRoot(lanes.load(columns + i)), to: tables.columnFactors + i)
    }
    tables.groupSums.update(repeating: 0, count: f.groups)
    for row in 0..<f.rows { tables.groupSums[f.groupOfRow[row]] += rows[row] }
    for row in 0..<f.rows {
      tables.rowFactors[row] = rows[row] / (tables.groupSums[f.groupOfRow[row]] / Float(f.second) + 1e-9)
    }
    Lanes.forEach(f.rows) { i, lanes in
      lanes.store(safeRoot(lanes.load(tables.rowFactors + i)), to: tables.rowFactors + i)
    }
  }

  private func advance(
    _ v: UnsafeMutablePointer<Float>, _ count: Int, _ squares: UnsafePointer<Float>, _ length: Int, _ j: Int,
    roots: UnsafeMutablePointer<Float>
  ) {
    let decay = Vector(repeating: factoredDecays[j])
    let rest = Vector(repeating: 1 - factoredDecays[j])
    let length = Vector(repeating: Float(length))
    Lanes.forEach(count) { i, lanes in
      let mean = lanes.load(squares + i) / length + Vector(repeating: 1e-30)
      let next = fma(decay, lanes.load(v + i), rest * mean)
      lanes.store(next, to: v + i)
      lanes.store(Vector(repeating: 1) / (next + Vector(repeating: 1e-8)).root, to: roots + i)
    }
  }

  /// Gives each element its row's and its column's numbers, and gradient and momentum by the product of their factors.
  private func spread(_ t: Places, _ f: Factoring, _ tables: Tables, decay j: Int) {
    let rows = t.rows + j * f.rows
    let columns = t.columns + j * f.columns
    var element = 0
    for line in f.lines {
      var (row, column) = (line.row, line.column)
      let end = element + f.lineCount
      while element < end {
        // Up to the next half of a block, or the line's end.
        let lanes = Lanes(min(end - element, 8 - element % 8))
        let place = self.place(t, element)
        let factor =
          lanes.load(tables.rowFactors + row, f.rowStep) * lanes.load(tables.columnFactors + column, f.columnStep)
        lanes.store(lanes.load(place) * factor, to: place + group(0, j))
        lanes.store(lanes.load(rows + row, f.rowStep), to: place + group(1, j))
        lanes.store(lanes.load(columns + column, f.columnStep), to: place + group(2, j))
        lanes.store(lanes.load(tables.rowRoots + row, f.rowStep), to: place + group(3, j))
        lanes.store(lanes.load(tables.columnRoots + column, f.columnStep), to: place + group(4, j))
        lanes.store(lanes.load(place + 16 * (2 + j)) * factor, to: place + group(5, j))
        element += lanes.count
        row += f.rowStep * lanes.count
        column += f.columnStep * lanes.count
      }
    }
  }

  // MARK: What every tensor has

  /// The columns before the factored ones: m <- b m + (1 - b) g, q <- b q + (1 - b) g^2.
  private func writeElements(_ t: Places) {
    let last = t.blocks + (t.count - 1) / 16 * 16 * columns
    last.update(repeating: 0, count: 16 * columns)
    let decay = Vector(repeating: secondMomentDecay)
    let rest = Vector(repeating: 1 - secondMomentDecay)
    let one = Vector(repeating: 1)
    Lanes.forEach(t.count) { i, lanes in
      let place = self.place(t, i)
      let g = lanes.load(t.gradient + i)
      let q = fma(decay, lanes.load(t.secondMoment + i), rest * (g * g))
      let root = lanes.keeping(one / (q + Vector(repeating: 1e-6)).root)
      lanes.store(q, to: t.secondMoment + i)
      g.store(to: place)
      lanes.load(t.parameters + i).store(to: place + 16)
      q.store(to: place + 16 * (2 + decays))
      root.store(to: place + 16 * (3 + 2 * decays))
      for j in 0..<decays {
        let plane = t.momenta + j * t.count + i
        let m = fma(
          Vector(repeating: momentumDecays[j]), lanes.load(plane), Vector(repeating: 1 - momentumDecays[j]) * g)
        lanes.store(m, to: plane)
        m.store(to: place + 16 * (2 + j))
        (m * root).store(to: place + 16 * (3 + decays + j))
      }
    }
  }

  /// (1e-5 + mean(x^2))^(-1/2) of each column; `sums` is room for [columns][8].
  func writeScales(_ t: Places, sums: UnsafeMutablePointer<Float>, to scales: UnsafeMutablePointer<Float>) {
    sums.update(repeating: 0, count: 8 * columns)
    for first in stride(from: 0, to: t.count, by: 16) {
      let block = t.blocks + first * columns
      for column in 0..<columns {
        let low = Vector(from: block + 16 * column)
        let high = Vector(from: block + 16 * column + 8)
        let sum = Vector(from: sums + 8 * column)
        fma(high, high, fma(low, low, sum)).store(to: sums + 8 * column)
      }
    }
    for column in 0..<columns {
      let mean = Vector(from: sums + 8 * column).laneSum / Float(t.count)
      scales[column] = 1 / (1e-5 + mean).squareRoot()
    }
  }

  /// Element i of column 0.
  @inline(__always)
  private func place(_ t: Places, _ i: Int) -> UnsafeMutablePointer<Float> {
    t.blocks + ((i >> 4) * 16 * columns + (i & 15))
  }

  /// From column 0 to column j of the groups: 0 factored gradients, 1 rows, 2 columns, 3 and 4 their roots, 5 factored momenta.
  @inline(__always)
  private func group(_ index: Int, _ j: Int) -> Int { 16 * (4 + (2 + index) * decays + j) }

  /// max(x, 1e-9)^(-1/2)
  @inline(__always)
  private func safeRoot(_ x: Vector) -> Vector {
    let floor = Vector(repeating: 1e-9)
    return Vector(repeating: 1) / x.replacing(with: floor, where: x .< floor).root
  }
}

extension Lanes {
  /// The floats at `pointer` (step 1), or the one there in all lanes (step 0).
  @inline(__always)
  fileprivate func load(_ pointer: UnsafePointer<Float>, _ step: Int) -> Vector {
    step == 0 ? Vector(repeating: pointer[0]) : load(pointer)
  }
}
