import Foundation
import Numerics
import Testing

/// The elementary functions against double precision, over dense grids, in ULPs.
@Suite struct ElementaryTests {
  /// The error of `result` in ULPs: distances of the floats around `exact`.
  static func ulps(_ result: Float, _ exact: Double) -> Double {
    let nearest = Float(exact)
    if result == nearest { return abs(Double(result) - exact) / Double(max(nearest.ulp, Float.leastNonzeroMagnitude)) }
    guard result.isFinite, nearest.isFinite else { return .infinity }
    return abs(Double(result) - exact) / Double(max(nearest.ulp, Float.leastNonzeroMagnitude))
  }

  /// The largest error over every `stride`-th float from `low` to `high`, both signs where `bothSigns`.
  static func worst(
    _ function: (Float) -> Float, _ exact: (Double) -> Double, from low: Float, to high: Float, stride: UInt32
  ) -> (ulps: Double, at: Float) {
    var worst = (ulps: 0.0, at: Float(0))
    var bits = low.magnitude.bitPattern
    let end = high.magnitude.bitPattern
    let sign = high.sign == .minus ? UInt32(1) << 31 : 0
    while bits <= end {
      let x = Float(bitPattern: bits | sign)
      let error = ulps(function(x), exact(Double(x)))
      if error > worst.ulps { worst = (error, x) }
      bits += stride
    }
    return worst
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let function: @Sendable (Float) -> Float
    let exact: @Sendable (Double) -> Double
    let low: Float
    let high: Float
    let bound: Double
    var testDescription: String { "\(name) \(low) ... \(high)" }
  }

  static let cases: [Case] = [
    Case(name: "exp", function: { Elementary.exp($0) }, exact: { exp($0) }, low: 0, high: 88.72283, bound: 1.0),
    Case(name: "exp", function: { Elementary.exp($0) }, exact: { exp($0) }, low: -0.0, high: -103.9, bound: 1.0),
    Case(
      name: "log", function: { Elementary.log($0) }, exact: { log($0) }, low: .leastNonzeroMagnitude, high: 3.4e38,
      bound: 1.0),
    Case(name: "log", function: { Elementary.log($0) }, exact: { log($0) }, low: 0.5, high: 2, bound: 1.0),
    Case(name: "tanh", function: { Elementary.tanh($0) }, exact: { tanh($0) }, low: 0, high: 100, bound: 1.5),
    Case(
      name: "sigmoid", function: { Elementary.sigmoid($0) }, exact: { 1 / (1 + exp(-$0)) }, low: 0, high: 100,
      bound: 2.5),
    Case(
      name: "sigmoid", function: { Elementary.sigmoid($0) }, exact: { 1 / (1 + exp(-$0)) }, low: -0.0, high: -103,
      bound: 2.5),
    Case(name: "sin", function: { Elementary.sin($0) }, exact: { sin($0) }, low: 0, high: 262_144, bound: 1.6),
    Case(name: "cos", function: { Elementary.cos($0) }, exact: { cos($0) }, low: 0, high: 262_144, bound: 1.6),
    Case(name: "sin", function: { Elementary.sin($0) }, exact: { sin($0) }, low: -0.0, high: -262_144, bound: 1.6),
  ]

  @Test(arguments: cases)
  func errorStaysWithinTheStatedBound(_ c: Case) {
    let stride: UInt32 = c.low == 0.5 ? 13 : 997
    let worst = Self.worst(c.function, c.exact, from: c.low, to: c.high, stride: stride)
    print("ULPs of \(c.name) on \(c.low) ... \(c.high): \(worst.ulps) at \(worst.at)")
    #expect(worst.ulps <= c.bound, "at \(worst.at)")
  }

  @Test func sineOfADoubleStaysWithinItsBoundForHugeAngles() {
    for i in 0..<20_000 {
      let x = Double(i * i) * 37.7 * (i % 2 == 0 ? 1 : -1)  // up to 1.5e10
      #expect(abs(Double(Elementary.sin(ofDouble: x)) - sin(x)) <= 1.6 * 0x1p-24 + 0x1p-50 * abs(x), "at \(x)")
    }
    #expect(Elementary.sin(ofDouble: .infinity).isNaN && Elementary.sin(ofDouble: 1e300).isNaN)
    #expect(Elementary.sin(ofDouble: 0.5) == Elementary.sin(Float(0.5)))
  }

  @Test func edgesAreThoseStated() {
    let infinity = Float.infinity
    #expect(
      Elementary.exp(Float(0)) == 1 && Elementary.exp(Float(89)) == infinity && Elementary.exp(infinity) == infinity)
    #expect(
      Elementary.exp(-infinity) == 0 && Elementary.exp(Float(-104)) == 0
        && Elementary.exp(Float(-103.9)) == .leastNonzeroMagnitude)
    #expect(Elementary.log(Float(0)) == -infinity && Elementary.log(Float(-0.0)) == -infinity)
    #expect(Elementary.log(Float(1)).bitPattern == 0 && Elementary.log(infinity) == infinity)
    #expect(
      Elementary.log(Float(-1)).isNaN && Elementary.log(-infinity).isNaN
        && Elementary.log(-Float.leastNonzeroMagnitude).isNaN)
    #expect(Elementary.tanh(infinity) == 1 && Elementary.tanh(-infinity) == -1 && Elementary.tanh(Float(9.02)) == 1)
    #expect(
      Elementary.tanh(Float(-0.0)).bitPattern == Float(-0.0).bitPattern
        && Elementary.tanh(Float.leastNonzeroMagnitude) == .leastNonzeroMagnitude)
    #expect(
      Elementary.sigmoid(infinity) == 1 && Elementary.sigmoid(-infinity) == 0 && Elementary.sigmoid(Float(0)) == 0.5)
    #expect(Elementary.sin(Float(-0.0)).bitPattern == Float(-0.0).bitPattern && Elementary.cos(Float(0)) == 1)
    #expect(Elementary.sin(infinity).isNaN && Elementary.cos(-infinity).isNaN && Elementary.sin(Float(262_145)).isNaN)
  }

  static let functions: [(name: String, vector: @Sendable (Vector) -> Vector, scalar: @Sendable (Float) -> Float)] = [
    ("exp", { Elementary.exp($0) }, { Elementary.exp($0) }), ("log", { Elementary.log($0) }, { Elementary.log($0) }),
    ("tanh", { Elementary.tanh($0) }, { Elementary.tanh($0) }),
    ("sigmoid", { Elementary.sigmoid($0) }, { Elementary.sigmoid($0) }),
    ("sin", { Elementary.sin($0) }, { Elementary.sin($0) }), ("cos", { Elementary.cos($0) }, { Elementary.cos($0) }),
  ]

  @Test func everyNaNGivesTheCanonicalNaN() {
    for function in Self.functions {
      for bits: UInt32 in [0x7FC0_0000, 0xFFC0_0000, 0x7FC1_2345, 0x7F80_0001, 0xFFFF_FFFF] {
        #expect(function.scalar(Float(bitPattern: bits)).bitPattern == 0x7FC0_0000, "\(function.name) of \(bits)")
      }
    }
  }

  @Test func allLanesHaveTheBitsOfTheScalarForm() {
    for function in Self.functions {
      for i in 0..<2000 {
        let x = Vector((0..<8).map { Float(bitPattern: UInt32(truncatingIfNeeded: (8 * i + $0) &* 268_435_399)) })
        let lanes = function.vector(x)
        for lane in 0..<8 { #expect(lanes[lane].bitPattern == function.scalar(x[lane]).bitPattern, "\(function.name)") }
      }
    }
  }

  @Test func oddFunctionsAreOddBitForBit() {
    for i in 0..<3000 {
      let x = Float(i) * Float(i) * 0.0123
      #expect(Elementary.tanh(-x).bitPattern == (-Elementary.tanh(x)).bitPattern)
      #expect(Elementary.sin(-x).bitPattern == (-Elementary.sin(x)).bitPattern)
      #expect(Elementary.cos(-x).bitPattern == Elementary.cos(x).bitPattern)
    }
  }
}
