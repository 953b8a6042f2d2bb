internal import Numerics

/// The second pass over a tensor: its inputs in blocks of 16 elements, the network, the step w <- w - s d exp(r a).
struct NetworkPass {
  let network: PerParameterNetwork
  let scratch: PerParameterNetwork.Scratch
  /// [columns][16]
  let block: UnsafeMutablePointer<Float>
  let decays: Int
  let stepMultiplier: Float
  let magnitudeRate: Float

  /// Moves a tensor whose columns' scales are folded into the network.
  func move(_ t: TensorPlaces) {
    for first in stride(from: 0, to: t.count, by: 16) {
      let count = min(16, t.count - first)
      if count == 16 {
        fill(t, first, Lanes(8), Lanes(8))
      } else {
        fill(t, first, Lanes(count), Lanes(count - 8))
      }
      step(t, first, count)
    }
  }

  /// Moves a tensor whose columns are clip(scale x, -1, 1).
  func move(_ t: TensorPlaces, clippedBy scales: UnsafePointer<Float>) {
    for first in stride(from: 0, to: t.count, by: 16) {
      let count = min(16, t.count - first)
      fill(t, first, Lanes(count), Lanes(count - 8))
      for column in 0..<network.columns {
        let scale = Vector(repeating: scales[column])
        let place = block + 16 * column
        (Vector(from: place) * scale).clamped(-1, 1).store(to: place)
        (Vector(from: place + 8) * scale).clamped(-1, 1).store(to: place + 8)
      }
      step(t, first, count)
    }
  }

  /// The columns of a block: g, w, log|w|, then for each decay m, q, m (q + 1e-6)^(-1/2), (q + 1e-6)^(-1/2), then older w.
  @inline(__always)
  private func fill(_ t: TensorPlaces, _ first: Int, _ low: Lanes, _ high: Lanes) {
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
    if let older = t.older { copy(older + first, low, high, to: block + 16 * (3 + 4 * decays)) }
  }

  private func step(_ t: TensorPlaces, _ first: Int, _ count: Int) {
    let outputs = network.applySumming(scratch, to: block, count: count)
    let rate = Vector(repeating: magnitudeRate)
    let multiplier = Vector(repeating: stepMultiplier)
    let steps = (
      outputs.direction.0 * Elementary.exp(rate * outputs.magnitude.0) * multiplier,
      outputs.direction.1 * Elementary.exp(rate * outputs.magnitude.1) * multiplier
    )
    let w = t.parameters + first
    let low = Lanes(count)
    let high = Lanes(count - 8)
    low.store(low.load(w) - steps.0, to: w)
    high.store(high.load(w + 8) - steps.1, to: w + 8)
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
