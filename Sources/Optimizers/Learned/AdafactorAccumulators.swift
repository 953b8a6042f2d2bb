internal import Numerics

/// The accumulators of the AdafactorMLP optimizer, and how an update moves them (spec §1.3).
struct AdafactorAccumulators: Sendable {
  let momentumDecays: [Float]
  let secondMomentDecay: Float
  let factoredDecays: [Float]

  var decays: Int { momentumDecays.count }

  /// Where one tensor's numbers lie during an update.
  struct Places {
    let count: Int
    let parameters: UnsafeMutablePointer<Float>
    let gradient: UnsafePointer<Float>
    /// [decays][count]
    let momenta: UnsafeMutablePointer<Float>
    /// [count]
    let secondMoment: UnsafeMutablePointer<Float>
    let factored: Factored
  }

  /// The second moments that have a decay each.
  enum Factored {
    /// Fewer than two axes: those of each element, [decays][count].
    case elements(UnsafeMutablePointer<Float>)
    case lines(Lines)
  }

  /// The second moments of rows and columns, and what they give to their elements.
  struct Lines {
    let factoring: Factoring
    /// [decays][rows]
    let rows, rowRoots, rowFactors: UnsafeMutablePointer<Float>
    /// [decays][columns]
    let columns, columnRoots, columnFactors: UnsafeMutablePointer<Float>
    /// The sums of g^2 along rows and columns; those of the rows of a group.
    fileprivate let rowSquares, columnSquares, groupSums: UnsafeMutablePointer<Float>

    static func scratchCount(_ f: Factoring, decays: Int) -> Int {
      (2 * decays + 1) * (f.rows + f.columns) + f.groups
    }

    init(
      _ f: Factoring, decays: Int, rows: UnsafeMutablePointer<Float>, columns: UnsafeMutablePointer<Float>,
      scratch: UnsafeMutablePointer<Float>
    ) {
      factoring = f
      self.rows = rows
      self.columns = columns
      rowRoots = scratch
      rowFactors = rowRoots + decays * f.rows
      rowSquares = rowFactors + decays * f.rows
      columnRoots = rowSquares + f.rows
      columnFactors = columnRoots + decays * f.columns
      columnSquares = columnFactors + decays * f.columns
      groupSums = columnSquares + f.columns
    }

    /// What belongs to one decay: [rows] or [columns].
    struct Numbers {
      let rows, rowRoots, rowFactors, columns, columnRoots, columnFactors: UnsafeMutablePointer<Float>
    }

    func numbers(decay j: Int) -> Numbers {
      let (row, column) = (j * factoring.rows, j * factoring.columns)
      return Numbers(
        rows: rows + row, rowRoots: rowRoots + row, rowFactors: rowFactors + row, columns: columns + column,
        columnRoots: columnRoots + column, columnFactors: columnFactors + column)
    }
  }

  /// Moves all of a tensor's accumulators, and makes what its rows and columns give to their elements.
  func advance(_ t: Places, in workspace: Workspace) {
    workspace.share(0..<t.count, grain: 8192) { elements, _ in advanceMoments(elements, of: t) }
    for j in 0..<decays {
      switch t.factored {
      case .elements(let v): advanceElements(t, v + j * t.count, decay: j)
      case .lines(let lines):
        if j == 0 { sumSquares(t, lines) }
        advance(lines, decay: j)
      }
    }
  }

  /// m <- b m + (1 - b) g for each decay b, q <- b q + (1 - b) g^2.
  private func advanceMoments(_ elements: Range<Int>, of t: Places) {
    let decay = Vector(repeating: secondMomentDecay)
    let rest = Vector(repeating: 1 - secondMomentDecay)
    Lanes.forEach(elements) { i, lanes in
      let g = lanes.load(t.gradient + i)
      lanes.store(fma(decay, lanes.load(t.secondMoment + i), rest * (g * g)), to: t.secondMoment + i)
      for j in 0..<decays {
        let plane = t.momenta + j * t.count + i
        let m = fma(
          Vector(repeating: momentumDecays[j]), lanes.load(plane), Vector(repeating: 1 - momentumDecays[j]) * g)
        lanes.store(m, to: plane)
      }
    }
  }

  /// v <- b v + (1 - b) (g^2 + 1e-30) for one decay b.
  private func advanceElements(_ t: Places, _ v: UnsafeMutablePointer<Float>, decay j: Int) {
    let decay = Vector(repeating: factoredDecays[j])
    let rest = Vector(repeating: 1 - factoredDecays[j])
    Lanes.forEach(t.count) { i, lanes in
      let g = lanes.load(t.gradient + i)
      lanes.store(fma(decay, lanes.load(v + i), rest * fma(g, g, Vector(repeating: 1e-30))), to: v + i)
    }
  }

  // MARK: Rows and columns

  /// The sums of g^2 along the longest axis (rows) and along the second longest (columns), line by line.
  private func sumSquares(_ t: Places, _ lines: Lines) {
    let f = lines.factoring
    lines.rowSquares.update(repeating: 0, count: f.rows)
    lines.columnSquares.update(repeating: 0, count: f.columns)
    for (index, line) in f.lines.enumerated() {
      let g = t.gradient + index * f.lineCount
      add(g, f.lineCount, to: lines.rowSquares + line.row, step: f.rowStep)
      add(g, f.lineCount, to: lines.columnSquares + line.column, step: f.columnStep)
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
  private func advance(_ lines: Lines, decay j: Int) {
    let (f, n) = (lines.factoring, lines.numbers(decay: j))
    advance(n.rows, f.rows, lines.rowSquares, f.longest, j, roots: n.rowRoots)
    advance(n.columns, f.columns, lines.columnSquares, f.second, j, roots: n.columnRoots)
    Lanes.forEach(f.columns) { i, lanes in lanes.store(safeRoot(lanes.load(n.columns + i)), to: n.columnFactors + i) }
    lines.groupSums.update(repeating: 0, count: f.groups)
    for row in 0..<f.rows { lines.groupSums[f.groupOfRow[row]] += n.rows[row] }
    for row in 0..<f.rows {
      n.rowFactors[row] = n.rows[row] / (lines.groupSums[f.groupOfRow[row]] / Float(f.second) + 1e-9)
    }
    Lanes.forEach(f.rows) { i, lanes in lanes.store(safeRoot(lanes.load(n.rowFactors + i)), to: n.rowFactors + i) }
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
}

/// max(x, 1e-9)^(-1/2)
@inline(__always)
func safeRoot(_ x: Vector) -> Vector {
  let floor = Vector(repeating: 1e-9)
  return Vector(repeating: 1) / x.replacing(with: floor, where: x .< floor).root
}
