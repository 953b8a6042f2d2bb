/// Where the sources of the hierarchical optimizer disagree (spec §10), each side by its name. The first case is the library's.
///
/// The sign and scale of the step (D5) are not among them: it is the library's, w <- w - s d exp(r a).

/// How the number of the step becomes eleven features (D1).
package enum StepEmbeddingVariant: String, CaseIterable, Hashable, Sendable {
  /// sin(t / (timescale pi)), as the library has it.
  case slow
  /// sin(t timescale / pi), as the paper's listing has it: for whole t it aliases from timescale 10 on.
  case fast
}

/// How the per-parameter features are normalised over a tensor (D2).
package enum NormalizerVariant: String, CaseIterable, Hashable, Sendable {
  /// x (1e-5 + mean(x^2))^(-1/2), as the library has it.
  case plain
  /// clip(0.5 x (1e-8 + mean(x^2))^(-1/2), -1, 1), as the paper has it, which calls the clip crucial for stability.
  case halvedAndClipped = "halved_and_clipped"
}

/// Whether the decay and the multiplier of the gradients' clip are part of theta (D3).
package enum GradientClipVariant: String, CaseIterable, Hashable, Sendable {
  /// 0.99 and 10, as the library has them.
  case fixed
  /// Two scalars of theta on a log scale, as the paper has them: decay 1 - 0.01 e^x, multiplier 10 e^y. They start at 0, where
  /// the bits are those of the fixed clip.
  case learned
}

/// Whether the network sees the parameters as they were some steps ago (D4).
package enum OlderParametersVariant: Hashable, Sendable {
  /// As in the library.
  case absent
  /// One more column, normalised like the others: the element `steps` steps ago, or at the first step while there have been
  /// fewer. The paper names 100. The state holds that many copies of the parameters.
  case lag(steps: Int)
}

/// Which decay the accumulators of training and validation losses have (D6).
package enum LossDecaysVariant: String, CaseIterable, Hashable, Sendable {
  /// 0.9 for training, 0.95 for validation, as the library has them.
  case slowerOnValidation = "slower_on_validation"
  /// 0.95 for training, 0.9 for validation: the paper speaks of a lower decay on the validation loss, seen less often.
  case fasterOnValidation = "faster_on_validation"

  var training: Double { self == .slowerOnValidation ? 0.9 : 0.95 }
  var validation: Double { self == .slowerOnValidation ? 0.95 : 0.9 }
}
