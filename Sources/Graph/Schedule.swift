internal import Numerics

/// Where an array lies while a plan runs.
struct Place: Sendable {
  enum Region: Sendable { case parameters, constants, memory, gradient }

  let region: Region
  /// In floats from the start of the region.
  let offset: Int

  init(_ region: Region, _ offset: Int) {
    self.region = region
    self.offset = offset
  }
}

/// The four regions of one run.
struct Regions {
  let parameters: UnsafePointer<Float>
  let constants: UnsafePointer<Float>
  let memory: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>

  @inline(__always)
  func address(_ place: Place) -> UnsafePointer<Float> {
    switch place.region {
    case .parameters: parameters + place.offset
    case .constants: constants + place.offset
    case .memory: UnsafePointer(memory + place.offset)
    case .gradient: UnsafePointer(gradient + place.offset)
    }
  }
}

/// A list of kernels with the places of their operands and results.
struct Schedule: Sendable {
  private struct Step: Sendable {
    let operation: any Operation
    let first, second, third: Place
    /// In the memory or the gradient.
    let result: Place
    /// The operation, where it is worth being shared, and the parts that a thread should take at least.
    let shared: (operation: any DivisibleOperation, grain: Int)?

    /// Work below which it takes longer to share than to do, in floating-point operations: some ten microseconds.
    private static let leastWork = 1 << 19

    init(operation: any Operation, count: Int, reading places: [Place], result: Place) {
      self.operation = operation
      self.result = result
      // Kernels without products do a number in the time of several operations of a product.
      let work = operation.operationCount ?? 8 * count
      if work >= 2 * Self.leastWork, let operation = operation as? any DivisibleOperation {
        shared = (operation, max(1, operation.partCount * Self.leastWork / work))
      } else {
        shared = nil
      }
      first = places[0]
      // An operand that is not there is never read.
      second = places.count > 1 ? places[1] : places[0]
      third = places.count > 2 ? places[2] : places[0]
    }
  }

  private var steps: [Step] = []
  private let loss: Place
  /// Where the observed terms are after a run.
  private let observed: [Place]
  private let scratch: Int
  /// The floats of memory that a run needs.
  let memoryCount: Int
  /// The floating-point operations of a run, by the kernels' own count.
  let operationCount: Int

  /// The kernels for the loss and those gradients, the k-th of which goes to the place of parameter k's gradient.
  /// - Parameters:
  ///   - observed: nodes whose values must be there after a run.
  ///   - places: where parameters, constants and inputs lie, nil for all other nodes.
  ///   - firstFree: the first float of the memory behind the inputs.
  init(
    _ expression: Expression, withGradients gradients: [Int], observing observed: [Int], places given: [Place?],
    firstFree: Int
  ) {
    var places = given
    var copies: [Step] = []
    for (slot, node) in zip(expression.parameters.slots, gradients) {
      let place = Place(.gradient, slot.offset)
      let root = expression.root(of: node)
      if places[root] == nil {
        places[root] = place
      } else {
        // The same array is another parameter's gradient too, or no kernel computes it.
        copies.append(
          Step(operation: Copy(count: slot.count), count: slot.count, reading: [places[root]!], result: place))
      }
    }

    let lastUse = Self.lastUses(in: expression, outputs: [expression.loss] + gradients + observed)
    var memory = FreeList(end: firstFree)
    var (scratchCount, operationCount) = (0, 0)
    for (index, node) in expression.nodes.enumerated() where lastUse[index] != nil {
      guard case .operation(let operation, let inputs) = node.source else { continue }
      let roots = inputs.map { expression.root(of: $0) }
      let place = places[index] ?? Place(.memory, memory.take(Self.aligned(node.count)))
      places[index] = place
      steps.append(Step(operation: operation, count: node.count, reading: roots.map { places[$0]! }, result: place))
      scratchCount = max(scratchCount, operation.scratchCount)
      operationCount += operation.operationCount ?? node.count
      // The result has its place by now, so no kernel writes where it reads.
      for root in Set(roots).sorted() where lastUse[root] == index && Self.isTemporary(root, expression, places) {
        memory.giveBack(places[root]!.offset, Self.aligned(expression.nodes[root].count))
      }
    }
    steps += copies
    loss = places[expression.root(of: expression.loss)]!
    self.observed = observed.map { places[expression.root(of: $0)]! }
    scratch = memory.end
    memoryCount = memory.end + scratchCount
    self.operationCount = operationCount
  }

  /// Runs all kernels and returns the loss.
  func run(_ regions: Regions, in workspace: Workspace) -> Float {
    let scratch = regions.memory + scratch
    for step in steps {
      let operands = Operands(
        first: regions.address(step.first), second: regions.address(step.second),
        third: regions.address(step.third), scratch: scratch)
      let result = UnsafeMutablePointer(mutating: regions.address(step.result))
      guard let (operation, grain) = step.shared else {
        step.operation.run(operands, into: result)
        continue
      }
      workspace.share(0..<operation.partCount, grain: grain) { parts, workspace in
        workspace.withFloats(operation.scratchCount) { scratch in
          var own = operands
          own.scratch = scratch
          operation.run(own, parts: parts, into: result)
        }
      }
    }
    return regions.address(loss)[0]
  }

  /// Copies the observed terms, after a run in these regions.
  func copyObservations(_ layout: Layout, from regions: Regions, into target: UnsafeMutablePointer<Float>) {
    for (slot, place) in zip(layout.slots, observed) {
      (target + slot.offset).update(from: regions.address(place), count: slot.count)
    }
  }

  /// A count of floats rounded up to whole cache lines.
  static func aligned(_ count: Int) -> Int { (count + 15) & ~15 }
}

extension Schedule {
  /// For each node that the outputs need, the last node that reads it; Int.max for the outputs. Views count as their roots.
  private static func lastUses(in expression: Expression, outputs: [Int]) -> [Int?] {
    var uses = [Int?](repeating: nil, count: expression.nodes.count)
    for output in outputs { uses[expression.root(of: output)] = .max }
    for index in stride(from: expression.nodes.count - 1, through: 0, by: -1) where uses[index] != nil {
      guard case .operation(_, let inputs) = expression.nodes[index].source else { continue }
      for input in inputs {
        let root = expression.root(of: input)
        uses[root] = max(uses[root] ?? index, index)
      }
    }
    return uses
  }

  /// True for a kernel's result in memory, which may be overwritten after its last use.
  private static func isTemporary(_ node: Int, _ expression: Expression, _ places: [Place?]) -> Bool {
    guard case .operation = expression.nodes[node].source, let place = places[node] else { return false }
    return place.region == .memory
  }
}

/// The unused parts of a memory that grows at its end.
private struct FreeList {
  private var blocks: [(offset: Int, count: Int)] = []
  /// The first float that was never given out.
  private(set) var end: Int

  init(end: Int) { self.end = end }

  /// The smallest free block that is large enough, or new memory at the end.
  mutating func take(_ count: Int) -> Int {
    let candidates = blocks.indices.filter { blocks[$0].count >= count }
    guard let best = candidates.min(by: { blocks[$0].count < blocks[$1].count }) else {
      defer { end += count }
      return end
    }
    let offset = blocks[best].offset
    if blocks[best].count == count {
      blocks.remove(at: best)
    } else {
      blocks[best] = (offset + count, blocks[best].count - count)
    }
    return offset
  }

  mutating func giveBack(_ offset: Int, _ count: Int) { blocks.append((offset, count)) }
}
