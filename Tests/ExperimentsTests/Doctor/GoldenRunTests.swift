import Experiments
import RunStore
import Testing

/// The bits that a numerics version stands for, as `runs doctor` checks them on a user's machine.
struct GoldenRunTests {
  /// Where this fails on purpose, the value goes into GoldenRun, under a new numerics version once one has shipped.
  @Test(arguments: [1, 2, 7])
  func thisBuildGivesTheBitsOfItsNumericsVersion(threads: Int) throws {
    let found = try GoldenRun.thetaDigest(threads: threads).hex
    #expect(found == GoldenRun.expected, "theta_sha256 of the golden run is \(found)")
  }
}
