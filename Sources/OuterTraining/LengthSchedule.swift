package import Numerics

/// How many inner steps an unroll or an episode has: a function of the outer iteration and an address (spec §3.3).
package enum LengthSchedule: Hashable, Sendable {
  case constant(Int)
  /// Uniform over the whole numbers of a closed range, as the paper's 240 ... 360.
  case uniform(Int, Int)
  /// The whole part of exp(U(log low, log high)), as the library's LogUniformLengthSchedule.
  case logUniform(Int, Int)
  /// From the first length to the second, in a straight line over so many outer iterations, then constant.
  case linear(from: Int, to: Int, over: Int)

  package var minimum: Int {
    switch self {
    case .constant(let length): length
    case .uniform(let low, _), .logUniform(let low, _): low
    case .linear(let from, let to, _): min(from, to)
    }
  }

  package var maximum: Int {
    switch self {
    case .constant(let length): length
    case .uniform(_, let high), .logUniform(_, let high): high
    case .linear(let from, let to, _): max(from, to)
    }
  }

  /// The length at an address, whose outer iteration is also the schedule's clock.
  package func length(at address: Address, _ randomness: Randomness) -> Int {
    switch self {
    case .constant(let length):
      return length
    case .uniform(let low, let high):
      return low + randomness.integer(below: high - low + 1, address)
    case .logUniform(let low, let high):
      let (from, to) = (Elementary.log(Float(low)), Elementary.log(Float(high)))
      let drawn = Elementary.exp(from + (to - from) * Float(randomness.uniform(address)))
      return min(max(Int(drawn), low), high)
    case .linear(let from, let to, let over):
      return from + (to - from) * min(address.outerIteration, over) / over
    }
  }
}
