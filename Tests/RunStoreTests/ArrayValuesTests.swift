// Values as numbers to look at.

import RunStore
import Testing

@Test func integersBecomeTheNumbersThatTheyAre() {
  #expect(ArrayValues.uint64([0, 1, 1 << 53, .max]).doubles == [0, 1, 0x1p53, 0x1p64])
  #expect(ArrayValues.int64([-1, .min]).doubles == [-1, -0x1p63])
  #expect(ArrayValues.uint32([.max]).doubles == [4_294_967_295])
  #expect(ArrayValues.int32([.min]).doubles == [-2_147_483_648])
  #expect(ArrayValues.uint8([255]).doubles == [255])
  #expect(ArrayValues.float32([0.1]).doubles == [Double(0.1 as Float)])
  #expect(ArrayValues.text(["1"]).doubles == nil)
}
