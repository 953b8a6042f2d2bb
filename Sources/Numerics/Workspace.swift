/// Scratch memory that one worker owns and reuses. It decides nothing: its contents are undefined at each use.
///
/// Memory is given in nested scopes, so that after the first pass through a loop nothing is allocated any more.
package final class Workspace {
  private static let blockAlignment = 64  // bytes: a cache line

  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var depth = 0

  /// Those who may help with what is computed in this workspace. They own it, and so outlive it.
  @usableFromInline unowned let crew: (any Crew)?

  package init() { crew = nil }

  /// A workspace of a worker whom others may help.
  package init(crew: any Crew) { self.crew = crew }

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Calls `body` with `count` floats of undefined content, aligned to a cache line, valid until it returns.
  @inline(__always)
  package func withFloats<Result, Failure: Error>(
    _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let memory = push(bytes: max(count, 1) * MemoryLayout<Float>.stride)
    defer { pop() }
    return try body(memory.assumingMemoryBound(to: Float.self))
  }

  /// One block a nesting level, grown when a scope asks for more than any before it at that level.
  private func push(bytes: Int) -> UnsafeMutableRawPointer {
    if depth == blocks.count {
      blocks.append(.allocate(byteCount: bytes, alignment: Self.blockAlignment))
    } else if blocks[depth].count < bytes {
      blocks[depth].deallocate()
      blocks[depth] = .allocate(byteCount: bytes, alignment: Self.blockAlignment)
    }
    depth += 1
    return blocks[depth - 1].baseAddress!
  }

  private func pop() { depth -= 1 }
}
