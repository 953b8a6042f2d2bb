/// The name of the bits that this build computes. Two builds of one numerics version give the same bits for the same inputs.
///
/// A version fixes: the elementary functions; the random generator, the meaning of each address and `Purpose`, and the
/// transformations to uniform, normal and truncated normal numbers; the width of eight lanes and the order in which each
/// kernel sums; where a product and a sum are fused; the formulas of the optimizers and of the tasks, their derivatives
/// included, as far as their rounding goes. A change of any of these bits is a new version, made on purpose: the golden tests
/// under Tests/Goldens/<version> guard it.
package enum NumericsVersion {
  package static let current = "1"
}
