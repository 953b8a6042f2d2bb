import Numerics
import Testing

/// Loops over vectors whose last step is shorter, sums of lanes, and powers.
@Suite struct LanesTests {
  @Test(arguments: 0...40)
  func everyElementIsVisitedOnceAndNothingBeyond(count: Int) {
    let input = (0..<48).map { Float($0) + 1 }
    var output = [Float](repeating: -1, count: 48)
    var sum = Vector.zero
    input.withUnsafeBufferPointer { x in
      output.withUnsafeMutableBufferPointer { y in
        Lanes.forEach(count) { i, lanes in
          let vector = lanes.load(x.baseAddress! + i)
          lanes.store(vector, to: y.baseAddress! + i)
          sum += lanes.keeping(vector + Vector(repeating: 1))
        }
      }
    }
    #expect(Array(output.prefix(count)) == Array(input.prefix(count)))
    #expect(output.dropFirst(count).allSatisfy { $0 == -1 })
    #expect(sum.laneSum == (0..<count).reduce(0) { $0 + Float($1) + 2 })
  }

  @Test func lanesAreSummedInTheStatedTree() {
    let x = Vector(1e8, 3, -1e8, 0.1, 7, -3, 1e-3, 5)
    #expect(x.laneSum == ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7])))
  }

  @Test func powersWithWholeExponentsAreProducts() {
    #expect(power(0.5, 0) == 1 && power(0.5, 1) == 0.5 && power(2, 61) == 0x1p61 && power(0, 0) == 1)
    #expect(abs(power(0.999, 1000) - 0.36769542477096373) < 1e-14)
  }
}
