import Numerics
import Testing

/// The expected values were computed with 80 decimal digits and rounded once.
struct CorrectlyRoundedTests {
  @Test(arguments: [
    (0x0p+0, 0x1.0000000000000p+0), (1, 0x1.5bf0a8b145769p+1), (-1, 0x1.78b56362cef38p-2),
    (64, 0x1.425982cf597cdp+92), (-64, 0x1.969d47321e4ccp-93), (1e-20, 0x1p+0),
    (0.34657359027997264, 0x1.6a09e667f3bccp+0),
    // So near a tie that glibc 2.36 rounds the other way.
    (0x1.2d5bb72253708p+2, 0x1.bba44587218ecp+6), (0x1.c00f43ae1c870p+0, 0x1.70615f76b8c70p+2),
    (0x1.29190fe5e1a20p+2, 0x1.9f121dd5dfddfp+6), (-0x1.645eb41ad89d3p+3, 0x1.e8e18695878adp-17),
    (-0x1.8556d2bbe6182p+2, 0x1.2ae401f268ca0p-9), (0x1.99e6fa21ff800p+0, 0x1.3d5e5a458df84p+2),
  ])
  func expIsTheNearestDouble(_ x: Double, _ expected: Double) {
    #expect(CorrectlyRounded.exp(x) == expected)
  }

  @Test(arguments: [
    (1, 0), (2, 0x1.62e42fefa39efp-1), (0.5, -0x1.62e42fefa39efp-1), (10, 0x1.26bb1bbb55516p+1),
    (1e-5, -0x1.7069e2aa2aa5bp+3), (3000, 0x1.003429c1da031p+3), (1e300, 0x1.5963447f87fb5p+9),
    // On both sides of the square root of 2, and of 1.
    (1.4142135623730951, 0x1.62e42fefa39f0p-2), (1.414213562373095, 0x1.62e42fefa39eep-2),
    (0.9999999999999999, -0x1p-53), (1.0000000000000002, 0x1.fffffffffffffp-53),
    // So near a tie that glibc 2.36 rounds the other way.
    (0x1.a8015e5ccaa01p-1, -0x1.82357a06ba42ep-3), (0x1.77cb4c23c9e50p-1, -0x1.3cb4b94d5ed29p-2),
    (0x1.d60ec0e0a8ed4p-3, -0x1.78c5812c22c3ep+0), (0x1.a3e46ae163fccp-1, -0x1.962c3197694bap-3),
    (0x1.104ad95036f65p-1, -0x1.434d2e33e67c7p-1), (0x1.d95e0bef2d20ap-1, -0x1.4157c8bc20bd1p-4),
  ])
  func logIsTheNearestDouble(_ x: Double, _ expected: Double) {
    #expect(CorrectlyRounded.log(x) == expected)
  }
}
