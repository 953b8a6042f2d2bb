/// The innermost loops of a matrix product: 16 columns of a few rows of C = start + A · B, all k's of a panel.
///
/// Accumulators are named one by one so that they stay in registers: 6 x 2 of them leave four of sixteen registers to the
/// operands, and hide the latency of the fma. Loads and stores are private here so that they are inlined in every build.
///
/// For all of them: element (i, p) of A is at `a[i * rowStride + p * columnStride]`; row p of B, 16 floats, at `b + p * stride`;
/// sums start from row i of `first`, at `first + i * firstStride`, or from 0 where it is nil; row i of C goes to
/// `c + i * cStride`.

/// 6 rows of 16 sums.
func tile6(
  _ a: UnsafePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ b: UnsafePointer<Float>, _ stride: Int,
  _ k: Int, _ first: UnsafePointer<Float>?, _ firstStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
) {
  var l0 = Vector.zero, h0 = Vector.zero
  var l1 = Vector.zero, h1 = Vector.zero
  var l2 = Vector.zero, h2 = Vector.zero
  var l3 = Vector.zero, h3 = Vector.zero
  var l4 = Vector.zero, h4 = Vector.zero
  var l5 = Vector.zero, h5 = Vector.zero
  if let first {
    (l0, h0) = pair(first)
    (l1, h1) = pair(first + firstStride)
    (l2, h2) = pair(first + 2 * firstStride)
    (l3, h3) = pair(first + 3 * firstStride)
    (l4, h4) = pair(first + 4 * firstStride)
    (l5, h5) = pair(first + 5 * firstStride)
  }
  var left = a, right = b
  for _ in 0..<k {
    let (low, high) = pair(right)
    let a0 = Vector(repeating: left[0])
    l0.addProduct(a0, low)
    h0.addProduct(a0, high)
    let a1 = Vector(repeating: left[rowStride])
    l1.addProduct(a1, low)
    h1.addProduct(a1, high)
    let a2 = Vector(repeating: left[2 * rowStride])
    l2.addProduct(a2, low)
    h2.addProduct(a2, high)
    let a3 = Vector(repeating: left[3 * rowStride])
    l3.addProduct(a3, low)
    h3.addProduct(a3, high)
    let a4 = Vector(repeating: left[4 * rowStride])
    l4.addProduct(a4, low)
    h4.addProduct(a4, high)
    let a5 = Vector(repeating: left[5 * rowStride])
    l5.addProduct(a5, low)
    h5.addProduct(a5, high)
    left += columnStride
    right += stride
  }
  put(l0, h0, c)
  put(l1, h1, c + cStride)
  put(l2, h2, c + 2 * cStride)
  put(l3, h3, c + 3 * cStride)
  put(l4, h4, c + 4 * cStride)
  put(l5, h5, c + 5 * cStride)
}

/// 4 rows of 16 sums.
func tile4(
  _ a: UnsafePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ b: UnsafePointer<Float>, _ stride: Int,
  _ k: Int, _ first: UnsafePointer<Float>?, _ firstStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
) {
  var l0 = Vector.zero, h0 = Vector.zero
  var l1 = Vector.zero, h1 = Vector.zero
  var l2 = Vector.zero, h2 = Vector.zero
  var l3 = Vector.zero, h3 = Vector.zero
  if let first {
    (l0, h0) = pair(first)
    (l1, h1) = pair(first + firstStride)
    (l2, h2) = pair(first + 2 * firstStride)
    (l3, h3) = pair(first + 3 * firstStride)
  }
  var left = a, right = b
  for _ in 0..<k {
    let (low, high) = pair(right)
    let a0 = Vector(repeating: left[0])
    l0.addProduct(a0, low)
    h0.addProduct(a0, high)
    let a1 = Vector(repeating: left[rowStride])
    l1.addProduct(a1, low)
    h1.addProduct(a1, high)
    let a2 = Vector(repeating: left[2 * rowStride])
    l2.addProduct(a2, low)
    h2.addProduct(a2, high)
    let a3 = Vector(repeating: left[3 * rowStride])
    l3.addProduct(a3, low)
    h3.addProduct(a3, high)
    left += columnStride
    right += stride
  }
  put(l0, h0, c)
  put(l1, h1, c + cStride)
  put(l2, h2, c + 2 * cStride)
  put(l3, h3, c + 3 * cStride)
}

/// 2 rows of 16 sums.
func tile2(
  _ a: UnsafePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ b: UnsafePointer<Float>, _ stride: Int,
  _ k: Int, _ first: UnsafePointer<Float>?, _ firstStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
) {
  var l0 = Vector.zero, h0 = Vector.zero
  var l1 = Vector.zero, h1 = Vector.zero
  if let first {
    (l0, h0) = pair(first)
    (l1, h1) = pair(first + firstStride)
  }
  var left = a, right = b
  for _ in 0..<k {
    let (low, high) = pair(right)
    let a0 = Vector(repeating: left[0])
    l0.addProduct(a0, low)
    h0.addProduct(a0, high)
    let a1 = Vector(repeating: left[rowStride])
    l1.addProduct(a1, low)
    h1.addProduct(a1, high)
    left += columnStride
    right += stride
  }
  put(l0, h0, c)
  put(l1, h1, c + cStride)
}

/// 1 row of 16 sums.
func tile1(
  _ a: UnsafePointer<Float>, _ columnStride: Int, _ b: UnsafePointer<Float>, _ stride: Int,
  _ k: Int, _ first: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>
) {
  var l0 = Vector.zero, h0 = Vector.zero
  if let first {
    (l0, h0) = pair(first)
  }
  var left = a, right = b
  for _ in 0..<k {
    let (low, high) = pair(right)
    let a0 = Vector(repeating: left[0])
    l0.addProduct(a0, low)
    h0.addProduct(a0, high)
    left += columnStride
    right += stride
  }
  put(l0, h0, c)
}

@inline(__always)
private func pair(_ pointer: UnsafePointer<Float>) -> (Vector, Vector) {
  let raw = UnsafeRawPointer(pointer)
  return (raw.loadUnaligned(as: Vector.self), raw.loadUnaligned(fromByteOffset: 32, as: Vector.self))
}

@inline(__always)
private func put(_ low: Vector, _ high: Vector, _ pointer: UnsafeMutablePointer<Float>) {
  let raw = UnsafeMutableRawPointer(pointer)
  raw.storeBytes(of: low, as: Vector.self)
  raw.storeBytes(of: high, toByteOffset: 32, as: Vector.self)
}
