import Foundation
import Numerics

/// AdafacMLPLOpt as spec §1.3 writes it, in double precision, element by element.
struct ReferenceAdafactor {
  let theta: Tensors
  let layout: Layout
  /// For each tensor its axes by ascending length, as numpy orders them.
  let order: [[Int]]
  let momentum: [Double]
  let second: Double
  let factored: [Double]
  var m: [[[Double]]]
  var q: [[Double]]
  /// [tensor][decay]: rows by index without the longest axis, columns by index without the second longest.
  var rows: [[[[Int]: Double]]]
  var columns: [[[[Int]: Double]]]

  init(theta: Tensors, layout: Layout, order: [[Int]]) {
    func effective(_ decays: [Float], _ name: String) -> [Double] {
      zip(decays, theta[name]).map { decay, offset in
        let start: Double = log(1 - Double(decay)) / 10
        return 1 - exp(10 * (start + Double(offset)))
      }
    }
    self.theta = theta
    self.layout = layout
    self.order = order
    momentum = effective([0.9, 0.99, 0.999], "decays/momentum")
    second = min(1, max(0, effective([0.999], "decays/second_moment")[0]))
    factored = effective([0.9, 0.99, 0.999], "decays/factored").map { min(1, max(0, $0)) }
    m = layout.slots.map { slot in (0..<3).map { _ in [Double](repeating: 0, count: slot.count) } }
    q = layout.slots.map { [Double](repeating: 0, count: $0.count) }
    rows = layout.slots.map { _ in [[:], [:], [:]] }
    columns = rows
  }

  /// The index of each element of a shape, row-major.
  static func indices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { list, length in list.flatMap { index in (0..<length).map { index + [$0] } } }
  }

  static func without(_ index: [Int], _ axes: [Int]) -> [Int] {
    index.indices.filter { !axes.contains($0) }.map { index[$0] }
  }

  static func root(_ x: Double) -> Double { 1 / x.squareRoot() }
  static func safeRoot(_ x: Double) -> Double { root(max(x, 1e-9)) }

  mutating func update(_ w: inout [[Double]], gradient: [[Double]], step: Int) {
    let times = Reference.timescales.map { tanh(Double(step) / $0 - 1) }
    for t in w.indices {
      let g = gradient[t]
      for j in 0..<3 { m[t][j] = zip(m[t][j], g).map { momentum[j] * $0 + (1 - momentum[j]) * $1 } }
      q[t] = zip(q[t], g).map { second * $0 + (1 - second) * $1 * $1 }
      let r = q[t].map { Self.root($0 + 1e-6) }
      let scaled = m[t].map { zip($0, r).map { $0 * $1 } }
      let columns = [g, w[t]] + m[t] + [q[t]] + scaled + [r] + factoredColumns(t, g)
      let normalised = Reference.normalised(columns)
      for i in w[t].indices {
        let out = Reference.network(normalised.map { $0[i] } + times, theta)
        w[t][i] -= 0.1 * out[0] * exp(0.001 * out[1])
      }
    }
  }

  private mutating func factoredColumns(_ t: Int, _ g: [Double]) -> [[Double]] {
    let shape = layout.slots[t].shape
    let index = Self.indices(shape)
    var groups = [[[Double]]](repeating: [], count: 6)
    for j in 0..<3 {
      let b = factored[j]
      if shape.count < 2 {
        for i in index.indices {
          rows[t][j][index[i]] = b * (rows[t][j][index[i]] ?? 0) + (1 - b) * (g[i] * g[i] + 1e-30)
        }
        let v = index.map { rows[t][j][$0]! }
        groups[0].append(zip(g, v).map { $0 * Self.safeRoot($1 + 1e-9) })
        groups[1].append(v)
        groups[2].append(v)
        groups[3].append(v.map { Self.root($0 + 1e-8) })
        groups[4].append(v.map { Self.root($0 + 1e-8) })
        groups[5].append(zip(m[t][j], v).map { $0 * Self.root($1 + 1e-6) })
        continue
      }
      let d0 = order[t].last!
      let d1 = order[t][shape.count - 2]
      rows[t][j] = moved(rows[t][j], b, g, index, without: d0, length: shape[d0])
      columns[t][j] = moved(columns[t][j], b, g, index, without: d1, length: shape[d1])
      let (row, column) = (rows[t][j], columns[t][j])
      var sums: [[Int]: Double] = [:]
      for i in index where i[d0] == 0 { sums[Self.without(i, [d0, d1]), default: 0] += row[Self.without(i, [d0])]! }
      let v = index.map { (row: row[Self.without($0, [d0])]!, column: column[Self.without($0, [d1])]!) }
      let factor = index.indices.map { i in
        Self.safeRoot(v[i].row / (sums[Self.without(index[i], [d0, d1])]! / Double(shape[d1]) + 1e-9))
          * Self.safeRoot(v[i].column)
      }
      groups[0].append(zip(g, factor).map { $0 * $1 })
      groups[1].append(v.map(\.row))
      groups[2].append(v.map(\.column))
      groups[3].append(v.map { Self.root($0.row + 1e-8) })
      groups[4].append(v.map { Self.root($0.column + 1e-8) })
      groups[5].append(zip(m[t][j], factor).map { $0 * $1 })
    }
    return groups.flatMap { $0 }
  }

  private func moved(
    _ old: [[Int]: Double], _ b: Double, _ g: [Double], _ index: [[Int]], without axis: Int, length: Int
  ) -> [[Int]: Double] {
    var sums: [[Int]: Double] = [:]
    for i in index.indices { sums[Self.without(index[i], [axis]), default: 0] += g[i] * g[i] + 1e-30 }
    return sums.mapValues { $0 / Double(length) }
      .reduce(into: [:]) { $0[$1.key] = b * (old[$1.key] ?? 0) + (1 - b) * $1.value }
  }
}
