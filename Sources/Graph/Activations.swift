/// Activations that are written with other functions.
extension Term {
  /// x Φ(x) in its approximation x / 2 · (1 + tanh(√(2 / π) (x + 0.044715 x³))).
  package var gelu: Term {
    let cubed = squared * self
    return (0.5 * self) * (1 + (0.797_884_56 * (self + 0.044_715 * cubed)).tanh)
  }

  /// 1.0507 x above 0, 1.7581 (e^x - 1) below: the numbers that keep mean 0 and variance 1 (Klambauer et al. 2017).
  package var selu: Term {
    let (scale, alpha): (Float, Float) = (1.050_700_987, 1.673_263_242)
    let positive = relu
    return scale * positive + (scale * alpha) * (mapped(.elu) - positive)
  }

  /// x held between 0 and 6.
  package var relu6: Term { clamped(0, 6) }
}
