internal import Numerics

/// The second pass over a tensor: its inputs in blocks of 16 elements, the network, the step w <- w - s d exp(r a).
struct NetworkPass {
  let network: PerParameterNetwork
  let scratch: PerParameterNetwork.Scratch
  let decays: Int
  let stepMultiplier: Float
  let magnitudeRate: Float

  /// The elements of a piece that another thread may take: some ten microseconds, and a second hidden layer of 32 KB.
  private static let pieceLength = 256

  /// Moves a tensor whose columns' scales are folded into the network, or whose columns are clip(scale x, -1, 1).
  func move(_ t: TensorPlaces, clippedBy scales: UnsafePointer<Float>?, in workspace: Workspace) {
    let turns = Turns(from: 0)
    network.share(t.count, grain: Self.pieceLength, scratch, in: workspace) { elements, scratch, workspace in
      if elements.count == t.count {
        moveBlocks(elements, of: t, clippedBy: scales, scratch) { _, block, count in
          network.applySumming(scratch, to: block, count: count)
        }
      } else {
        move(elements, of: t, clippedBy: scales, scratch, in: workspace, turns)
      }
    }
  }

  /// Moves some elements. The second hidden layer is kept until all that comes before it was added to its sums.
  private func move(
    _ elements: Range<Int>, of t: TensorPlaces, clippedBy scales: UnsafePointer<Float>?,
    _ scratch: PerParameterNetwork.Scratch, in workspace: Workspace, _ turns: borrowing Turns
  ) {
    let blocks = (elements.count + 15) / 16
    let layer = network.hidden * PerParameterNetwork.blockWidth
    workspace.withFloats(layer * blocks) { kept in
      moveBlocks(elements, of: t, clippedBy: scales, scratch) { index, block, count in
        network.applyKeeping(scratch, to: block, count: count, in: kept + index * layer)
      }
      turns.take(elements) { for index in 0..<blocks { network.add(kept + index * layer, to: scratch) } }
    }
  }

  /// Moves some elements by what `apply` makes of each block, given its index, its inputs and how many elements it has.
  ///
  /// A block is filled before the one ahead of it takes its step: a step waits for the network's last sums, and the next
  /// block's products need not wait with it.
  @inline(__always)
  private func moveBlocks(
    _ elements: Range<Int>, of t: TensorPlaces, clippedBy scales: UnsafePointer<Float>?,
    _ scratch: PerParameterNetwork.Scratch,
    _ apply: (Int, UnsafePointer<Float>, Int) -> PerParameterNetwork.Outputs
  ) {
    var (block, nextBlock) = (scratch.block, scratch.nextBlock)
    var count = fill(block, t, elements.lowerBound, scales)
    for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 16) {
      let outputs = apply((first - elements.lowerBound) / 16, block, count)
      let next = first + 16
      let nextCount = next < elements.upperBound ? fill(nextBlock, t, next, scales) : 0
      outputs.move(t.parameters + first, count: count, multiplier: stepMultiplier, rate: magnitudeRate)
      (block, nextBlock, count) = (nextBlock, block, nextCount)
    }
  }

  /// Writes the columns of the block that begins with element `first`, and returns how many elements it has.
  private func fill(
    _ block: UnsafeMutablePointer<Float>, _ t: TensorPlaces, _ first: Int, _ scales: UnsafePointer<Float>?
  ) -> Int {
    let count = min(16, t.count - first)
    if count == 16 {
      fill(block, t, first, Lanes(8), Lanes(8))
    } else {
      fill(block, t, first, Lanes(count), Lanes(count - 8))
    }
    guard let scales else { return count }
    for column in 0..<network.columns {
      let scale = Vector(repeating: scales[column])
      let place = block + 16 * column
      (Vector(from: place) * scale).clamped(-1, 1).store(to: place)
      (Vector(from: place + 8) * scale).clamped(-1, 1).store(to: place + 8)
    }
    return count
  }

  /// The columns of a block: g, w, log|w|, then for each decay m, q, m (q + 1e-6)^(-1/2), (q + 1e-6)^(-1/2), then older w.
  @inline(__always)
  private func fill(
    _ block: UnsafeMutablePointer<Float>, _ t: TensorPlaces, _ first: Int, _ low: Lanes, _ high: Lanes
  ) {
    copy(t.clipped + first, low, high, to: block)
    copy(t.parameters + first, low, high, to: block + 16)
    copy(t.logWeights + first, low, high, to: block + 32)
    var place = block + 48
    for j in 0..<decays {
      let offset = j * t.count + first
      let m = (low.load(t.momenta + offset), high.load(t.momenta + offset + 8))
      let r = (low.load(t.roots + offset), high.load(t.roots + offset + 8))
      store(m, to: place)
      copy(t.secondMoments + offset, low, high, to: place + 16 * decays)
      store((m.0 * r.0, m.1 * r.1), to: place + 32 * decays)
      store(r, to: place + 48 * decays)
      place += 16
    }
    prefetch(t, first + 32)
    if let older = t.older { copy(older + first, low, high, to: block + 16 * (3 + 4 * decays)) }
  }

  /// Asks for the planes of a block that comes soon: more streams than a CPU foresees.
  @inline(__always)
  private func prefetch(_ t: TensorPlaces, _ first: Int) {
    Vector.prefetch(t.clipped + first)
    Vector.prefetch(t.parameters + first)
    Vector.prefetch(t.logWeights + first)
    for j in 0..<decays {
      let offset = j * t.count + first
      Vector.prefetch(t.momenta + offset)
      Vector.prefetch(t.roots + offset)
      Vector.prefetch(t.secondMoments + offset)
    }
  }

  @inline(__always)
  private func copy(
    _ source: UnsafePointer<Float>, _ low: Lanes, _ high: Lanes, to place: UnsafeMutablePointer<Float>
  ) {
    store((low.load(source), high.load(source + 8)), to: place)
  }

  @inline(__always)
  private func store(_ halves: (Vector, Vector), to place: UnsafeMutablePointer<Float>) {
    halves.0.store(to: place)
    halves.1.store(to: place + 8)
  }
}
