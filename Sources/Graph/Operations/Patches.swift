/// What a square kernel sees of an image as it moves over it: sizes, strides, and zeros around the image.
package struct Windows: Hashable, Sendable {
  package enum Padding: Hashable, Sendable {
    /// Zeros around the image, so that a stride s leaves ceil(size / s) positions; an odd zero comes last.
    case same
    /// Only positions that lie inside the image.
    case valid
  }

  package let rows: Int
  package let columns: Int
  package let channels: Int
  /// The rows and columns of the kernel.
  package let size: Int
  package let stride: Int
  /// The zeros before the first row and before the first column.
  package let top: Int
  package let left: Int
  package let outputRows: Int
  package let outputColumns: Int

  /// nil where no position fits.
  package init?(rows: Int, columns: Int, channels: Int, size: Int, stride: Int, padding: Padding) {
    precondition(size > 0 && stride > 0, "a kernel of \(size) x \(size) that moves by \(stride)")
    guard
      let vertical = Self.positions(rows, size, stride, padding),
      let horizontal = Self.positions(columns, size, stride, padding)
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.size = size
    self.stride = stride
    (outputRows, top) = vertical
    (outputColumns, left) = horizontal
  }

  private static func positions(_ length: Int, _ size: Int, _ stride: Int, _ padding: Padding) -> (Int, Int)? {
    switch padding {
    case .valid: return length < size ? nil : ((length - size) / stride + 1, 0)
    case .same:
      let count = (length + stride - 1) / stride
      return (count, max((count - 1) * stride + size - length, 0) / 2)
    }
  }

  package var imageCount: Int { rows * columns * channels }
  package var patchCount: Int { size * size * channels }
  package var positionCount: Int { outputRows * outputColumns }

  /// For each place of each patch, the channels together, whether it lies outside the image.
  package var placesOutside: [Bool] {
    var result: [Bool] = []
    forEachPlace { _, image in result.append(image == nil) }
    return result
  }

  /// Calls `body` for each place of each patch with the first float of its channels among the patches and in the image; nil
  /// outside of it.
  @inline(__always)
  func forEachPlace(_ body: (_ patch: Int, _ image: Int?) -> Void) {
    var patch = 0
    for outputRow in 0..<outputRows {
      for outputColumn in 0..<outputColumns {
        for i in 0..<size {
          let row = outputRow * stride - top + i
          for j in 0..<size {
            let column = outputColumn * stride - left + j
            let isInside = row >= 0 && row < rows && column >= 0 && column < columns
            body(patch, isInside ? (row * columns + column) * channels : nil)
            patch += channels
          }
        }
      }
    }
  }
}

/// The patches of [count, rows, columns, channels] images, one a row: their product with weights is a convolution.
package struct Patches: DivisibleOperation {
  package let windows: Windows
  package let count: Int

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let channels = windows.channels
    for n in parts {
      let image = operands.first + n * windows.imageCount
      let patches = result + n * windows.positionCount * windows.patchCount
      windows.forEachPlace { patch, place in
        if let place {
          (patches + patch).update(from: image + place, count: channels)
        } else {
          (patches + patch).update(repeating: 0, count: channels)
        }
      }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let sum = PatchSum(windows: windows, count: count)
    return [gradient.recording.record(sum, [gradient], shape: inputs[0].shape)]
  }
}

/// The converse of `Patches`: each pixel is the sum of its places in all patches, in their order.
package struct PatchSum: DivisibleOperation {
  package let windows: Windows
  package let count: Int

  package var partCount: Int { count }

  package func run(_ operands: Operands, parts: Range<Int>, into result: UnsafeMutablePointer<Float>) {
    let channels = windows.channels
    (result + parts.lowerBound * windows.imageCount).update(repeating: 0, count: parts.count * windows.imageCount)
    for n in parts {
      let image = result + n * windows.imageCount
      let patches = operands.first + n * windows.positionCount * windows.patchCount
      windows.forEachPlace { patch, place in
        guard let place else { return }
        for c in 0..<channels { image[place + c] += patches[patch + c] }
      }
    }
  }

  package func pullBack(_ gradient: Term, through result: Term, to inputs: [Term]) -> [Term?] {
    let patches = Patches(windows: windows, count: count)
    return [gradient.recording.record(patches, [gradient], shape: inputs[0].shape)]
  }
}

extension Term {
  /// The patches of these images (n x rows x columns x channels): a row for each position of each image.
  package func patches(_ windows: Windows) -> Term {
    precondition(
      shape.count == 4 && Array(shape[1...]) == [windows.rows, windows.columns, windows.channels],
      "patches of \(windows.rows) x \(windows.columns) x \(windows.channels) images from the shape \(shape)")
    return recording.record(
      Patches(windows: windows, count: shape[0]), [self],
      shape: [shape[0] * windows.positionCount, windows.patchCount])
  }

  /// The convolution (strictly: correlation) of these images with `weights`, of which there are patchCount x channels.
  package func convolved(_ windows: Windows, _ weights: Term, bias: Term? = nil) -> Term {
    let rows = patches(windows)
    return (bias.map { rows.dense(weights, $0) } ?? rows.times(weights))
      .reshaped([shape[0], windows.outputRows, windows.outputColumns, weights.shape[1]])
  }

  /// The transposed convolution: the images (n x rows x columns x channels of `windows`) of which these would be the
  /// convolution's derivative. `weights` have a row for each channel of these, and a column for each place of a patch.
  package func transposedConvolved(_ windows: Windows, _ weights: Term) -> Term {
    precondition(
      shape.count == 4 && Array(shape[1...2]) == [windows.outputRows, windows.outputColumns]
        && weights.shape == [shape[3], windows.patchCount],
      "a transposed convolution of the shape \(shape) with weights \(weights.shape)")
    let patches = reshaped([count / shape[3], shape[3]]).times(weights)
    return recording.record(
      PatchSum(windows: windows, count: shape[0]), [patches],
      shape: [shape[0], windows.rows, windows.columns, windows.channels])
  }
}
