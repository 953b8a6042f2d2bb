import Graph
import Testing

struct WindowsTests {
  /// Positions and zeros before the first row, as TensorFlow defines SAME and VALID.
  @Test(arguments: [
    (8, 1, Windows.Padding.same, 8, 1), (8, 2, .same, 4, 0), (7, 2, .same, 4, 1), (5, 2, .same, 3, 1),
    (2, 2, .same, 1, 0), (1, 2, .same, 1, 1), (8, 1, .valid, 6, 0), (8, 2, .valid, 3, 0), (7, 2, .valid, 3, 0),
    (3, 2, .valid, 1, 0),
  ])
  func positionsAndPaddingAreTensorFlows(
    _ length: Int, _ stride: Int, _ padding: Windows.Padding, _ positions: Int, _ before: Int
  ) throws {
    let windows = try #require(
      Windows(rows: length, columns: 9, channels: 2, size: 3, stride: stride, padding: padding))
    #expect(windows.outputRows == positions && windows.top == before)
  }

  @Test func aKernelLargerThanTheImageHasNoPosition() {
    #expect(Windows(rows: 2, columns: 9, channels: 1, size: 3, stride: 1, padding: .valid) == nil)
    #expect(Windows(rows: 9, columns: 2, channels: 1, size: 3, stride: 1, padding: .valid) == nil)
  }
}
