import Foundation
import Numerics
import Tasks
import Testing

struct TestFunctionTests {
  /// The functions of spec §4.5 once more, in double precision and plain formulas.
  static func value(_ function: TestFunction, _ x: Double, _ y: Double) -> Double {
    switch function {
    case .ackley:
      return -20 * exp(-0.2 * (0.5 * (x * x + y * y)).squareRoot())
        - exp(0.5 * (cos(2 * .pi * x) + cos(2 * .pi * y))) + exp(1) + 20
    case .beale:
      let (one, two, three) = (1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y)
      return one * one + two * two + three * three
    case .branin:
      let parabola = y - 5.1 * x * x / (4 * .pi * .pi) + 5 * x / .pi - 6
      return parabola * parabola + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10
    case .logSumExp:
      let powers = [exp(x + 3 * y - 0.1), exp(x - 3 * y - 0.1), exp(-x - 0.1), 1]
      return log(powers.reduce(0, +))
    case .matyas: return 0.26 * (x * x + y * y) - 0.48 * x * y
    case .michalewicz: return 2 - (sin(x) * pow(sin(x * x / .pi), 10) + sin(y) * pow(sin(2 * y * y / .pi), 10))
    case .rosenbrock: return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)
    case .styblinskiTang:
      let wells = [x, y].map { (z: Double) -> Double in z * z * z * z - 16 * z * z + 5 * z }
      return 0.5 * (wells[0] + wells[1]) + 80
    }
  }

  @Test(arguments: TestFunction.allCases)
  func valueIsThatOfTheFormula(_ function: TestFunction) {
    let family = TestFunctionFamily(function)
    let workspace = Workspace()
    for seed in 0..<50 {
      let task = family.task(seed: UInt64(seed))
      let start = task.initialParameters()
      let loss = Double(task.loss(start, on: Batch(.train, 0), in: workspace))
      let expected = Self.value(function, Double(start.values[0]), Double(start.values[1]))
      // A dozen float roundings of terms that may be a few hundred times the result: Beale's and Ackley's cancel.
      #expect(abs(loss - expected) <= 1e-5 * max(abs(expected), 1), "seed \(seed): \(loss), \(expected)")
      #expect(task.normalization.initial == loss)
    }
  }

  @Test(arguments: TestFunction.allCases)
  func minimaAreMinima(_ function: TestFunction) {
    let task = TestFunctionFamily(function).task(seed: 1)
    let workspace = Workspace()
    for minimum in function.minima {
      let at = Tensors(task.parameters, values: [minimum.x, minimum.y])
      var gradient = Tensors(zeros: task.parameters)
      let loss = Double(task.loss(at, on: Batch(.test, 2), gradient: &gradient, in: workspace))
      // Three ulps of the largest terms, which are about 50 for Styblinski and Tang's, Branin's and Ackley's functions.
      #expect(abs(loss - function.minimum) < 2e-5, "\(loss)")
      // The minimum is known to 1e-7, and curvatures go up to 1000.
      #expect(gradient.values.allSatisfy { abs($0) < 1e-3 }, "\(gradient.values)")
      #expect(Self.value(function, Double(minimum.x), Double(minimum.y)) >= function.minimum - 1e-12)
    }
  }

  @Test func ackleysGradientAtTheOriginIsZero() {
    let task = TestFunctionFamily(.ackley).task(seed: 1)
    var gradient = Tensors(zeros: task.parameters)
    _ = task.loss(Tensors(zeros: task.parameters), on: Batch(.train, 0), gradient: &gradient, in: Workspace())
    #expect(gradient.values == [0, 0])
  }

  @Test(arguments: TestFunction.allCases)
  func startsLieInTheirRange(_ function: TestFunction) {
    guard let ranges = function.startRanges else { return }
    let family = TestFunctionFamily(function)
    let starts = (0..<200).map { family.task(seed: UInt64($0)).initialParameters().values }
    #expect(starts.allSatisfy { ranges.x.contains($0[0]) && ranges.y.contains($0[1]) })
    // 200 uniform draws miss an end of 5 % once in 28,000 times.
    let width = ranges.x.upperBound - ranges.x.lowerBound
    #expect(starts.map { $0[0] }.min()! < ranges.x.lowerBound + 0.05 * width)
    #expect(starts.map { $0[0] }.max()! > ranges.x.upperBound - 0.05 * width)
  }
}
