internal import Numerics

/// A task in bfloat16, by rounding what goes in and comes out: parameters, loss and gradient have 8 significant bits. What is
/// between them is computed with floats; LO's ConvertFloatDType computes that, too, in bfloat16.
struct RoundedTask: TaskWrapper {
  let base: any Task

  func initialParameters() -> Tensors { Self.rounded(base.initialParameters()) }

  func loss(_ parameters: Tensors, _ modelState: Tensors, on batch: Batch, in workspace: Workspace) -> Float {
    Self.rounded(base.loss(Self.rounded(parameters), modelState, on: batch, in: workspace))
  }

  func loss(
    _ parameters: Tensors, _ modelState: inout Tensors, on batch: Batch, gradient: inout Tensors,
    in workspace: Workspace
  ) -> Float {
    let loss = base.loss(Self.rounded(parameters), &modelState, on: batch, gradient: &gradient, in: workspace)
    for i in gradient.values.indices { gradient.values[i] = Self.rounded(gradient.values[i]) }
    return Self.rounded(loss)
  }

  private static func rounded(_ tensors: Tensors) -> Tensors {
    var result = tensors
    for i in result.values.indices { result.values[i] = rounded(result.values[i]) }
    return result
  }

  /// The nearest number whose lower 16 bits are 0, ties to even.
  static func rounded(_ x: Float) -> Float {
    guard x.isFinite else { return x }
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
  }
}
