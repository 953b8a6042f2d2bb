/// A random change of an image's colors, as TaskSet makes it with TensorFlow's image functions (spec §4.3): brightness, then
/// saturation and hue, then contrast.
struct ColorChange {
  /// Added to each component.
  let brightness: Float
  /// Multiplies the saturation, which stays within 0 ... 1.
  let saturation: Float
  /// Added to the hue, of which 1 is the whole circle.
  let hue: Float
  /// Multiplies the distance of each component from its mean over the image.
  let contrast: Float

  /// From four random words: brightness and hue uniform within their amounts around 0, the factors around 1.
  init(of augmentation: TaskSet.Augmentation, _ words: SIMD4<UInt32>) {
    /// Uniform in -amount ..< amount.
    func draw(_ word: UInt32, _ amount: Double) -> Float {
      Float(amount) * (Float(word >> 8) * 0x1p-23 - 1)
    }
    brightness = draw(words.x, augmentation.brightness)
    saturation = 1 + draw(words.y, augmentation.saturation)
    hue = draw(words.z, augmentation.hue)
    contrast = 1 + draw(words.w, augmentation.contrast)
  }

  init(brightness: Float = 0, saturation: Float = 1, hue: Float = 0, contrast: Float = 1) {
    self.brightness = brightness
    self.saturation = saturation
    self.hue = hue
    self.contrast = contrast
  }

  /// Changes `count` pixels of red, green and blue. As with TensorFlow nothing is cut to 0 ... 1.
  func apply(to pixels: UnsafeMutablePointer<Float>, count: Int) {
    var sums = SIMD3<Double>()
    for i in 0..<count {
      let pixel = pixels + 3 * i
      let color = turned(SIMD3(pixel[0], pixel[1], pixel[2]) + brightness)
      (pixel[0], pixel[1], pixel[2]) = (color.x, color.y, color.z)
      sums += SIMD3<Double>(Double(color.x), Double(color.y), Double(color.z))
    }
    let means = sums / Double(count)
    for channel in 0..<3 {
      let mean = Float(means[channel])
      for i in 0..<count {
        pixels[3 * i + channel] = (pixels[3 * i + channel] - mean) * contrast + mean
      }
    }
  }

  /// One pixel by way of hue, saturation and value.
  private func turned(_ color: SIMD3<Float>) -> SIMD3<Float> {
    let (red, green, blue) = (color.x, color.y, color.z)
    let value = max(red, green, blue)
    let range = value - min(red, green, blue)
    guard range > 0, value > 0 else { return color }  // grey: nothing to turn
    // The hue in sixths of the circle: red 0, green 2, blue 4.
    var sixths: Float
    if red == value {
      sixths = (green - blue) / range
    } else if green == value {
      sixths = (blue - red) / range + 2
    } else {
      sixths = (red - green) / range + 4
    }
    sixths += 6 * hue
    if sixths < 0 { sixths += 6 }
    if sixths >= 6 { sixths -= 6 }
    let newSaturation = min(max(range / value * saturation, 0), 1)
    let parts = SIMD3<Float>(
      abs(sixths - 3) - 1, 2 - abs(sixths - 2), 2 - abs(sixths - 4)
    ).clamped(lowerBound: .zero, upperBound: .one)
    return (1 - newSaturation + newSaturation * parts) * value
  }
}
