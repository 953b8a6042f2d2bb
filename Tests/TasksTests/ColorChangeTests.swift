import Numerics
import Testing

@testable import Tasks

/// Changes of color against what the words mean.
struct ColorChangeTests {
  private func changed(_ pixels: [Float], _ change: ColorChange) -> [Float] {
    var pixels = pixels
    pixels.withUnsafeMutableBufferPointer { change.apply(to: $0.baseAddress!, count: $0.count / 3) }
    return pixels
  }

  private func near(_ one: [Float], _ other: [Float]) -> Bool {
    // Some ten roundings of numbers up to 1.
    zip(one, other).allSatisfy { abs($0 - $1) < 2e-6 }
  }

  private static let picture: [Float] = [0.2, 0.5, 0.9, 1, 0, 0, 0.3, 0.3, 0.3, 0.8, 0.7, 0.1]

  @Test func noChangeIsNone() { #expect(near(changed(Self.picture, ColorChange()), Self.picture)) }

  @Test func aThirdOfTheCircleMakesRedGreenBlue() {
    #expect(near(changed([1, 0, 0], ColorChange(hue: 1 / 3)), [0, 1, 0]))
    #expect(near(changed([1, 0, 0], ColorChange(hue: -1 / 3)), [0, 0, 1]))
    #expect(near(changed([0.2, 0.5, 0.9], ColorChange(hue: 1 / 3)), [0.9, 0.2, 0.5]))
    #expect(near(changed([0.4, 0.4, 0.4], ColorChange(hue: 0.2)), [0.4, 0.4, 0.4]))
  }

  @Test func noSaturationIsGreyAndMuchIsPure() {
    #expect(near(changed([0.2, 0.5, 0.9], ColorChange(saturation: 0)), [0.9, 0.9, 0.9]))
    // Value 0.8, saturation 1/2: twice as much is 1, and more is cut to it.
    #expect(near(changed([0.8, 0.6, 0.4], ColorChange(saturation: 2)), [0.8, 0.4, 0]))
    #expect(near(changed([0.8, 0.6, 0.4], ColorChange(saturation: 9)), [0.8, 0.4, 0]))
  }

  @Test func brightnessAddsAndContrastSpreadsAroundEachChannelsMean() {
    #expect(near(changed([0.2, 0.5, 0.9], ColorChange(brightness: 0.05)), [0.25, 0.55, 0.95]))
    #expect(near(changed([0, 0.5, 1, 1, 0.5, 0.8], ColorChange(contrast: 2)), [-0.5, 0.5, 1.1, 1.5, 0.5, 0.7]))
    #expect(near(changed([0, 0.5, 1, 1, 0.5, 0.8], ColorChange(contrast: 0)), [0.5, 0.5, 0.9, 0.5, 0.5, 0.9]))
  }

  @Test func drawsFillTheirRanges() throws {
    var augmentation: TaskSet.Augmentation?
    for seed in 0..<1000 where augmentation == nil {
      guard case .mlp(let drawn) = TaskSetFamily.mlp.draw(seed: seed) else { continue }
      if let a = drawn.dataSet.augmentation, a.changesColor { augmentation = a }
    }
    let limits = try #require(augmentation)
    let randomness = Randomness(key: 4)
    let draws = (0..<4_000).map { ColorChange(of: limits, randomness.words(Address(.trainBatch), index: $0)) }
    func fills(_ values: [Float], _ middle: Float, _ amount: Double) -> Bool {
      let (low, high) = (values.min()! - middle, values.max()! - middle)
      let mean = values.reduce(0) { $0 + Double($1 - middle) } / Double(values.count)
      let reach = Float(amount)
      return low >= -reach && low < -0.99 * reach && high <= reach && high > 0.99 * reach && abs(mean) < 0.05 * amount
    }
    #expect(fills(draws.map(\.brightness), 0, limits.brightness))
    #expect(fills(draws.map(\.saturation), 1, limits.saturation))
    #expect(fills(draws.map(\.hue), 0, limits.hue))
    #expect(fills(draws.map(\.contrast), 1, limits.contrast))
  }
}
