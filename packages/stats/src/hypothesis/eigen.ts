/** Eigenvalues in descending order, and their vectors as rows of `vectors`. */
export type Eigen = { readonly values: Float64Array; readonly vectors: readonly Float64Array[] }

/**
 * Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations: small matrices, full accuracy, cost some 10 × size³.
 * @param matrix size × size, row after row; it is not changed
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice()
  const vectors = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_, j) => Number(i === j)))
  for (let sweep = 0; sweep < 60 && offDiagonal(a, size) > 0; sweep++)
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q)
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!)
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors: order.map((i) => vectors[i]!) }
}

/** Sum of squares beside the diagonal, 0 when it is rounding only. */
function offDiagonal(a: Float64Array, size: number): number {
  let off = 0
  let on = 0
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      if (i === j) on += a[i * size + j]! ** 2
      else off += a[i * size + j]! ** 2
  return off > 1e-32 * on ? off : 0
}

function rotate(a: Float64Array, vectors: readonly Float64Array[], size: number, p: number, q: number): void {
  const cell = a[p * size + q]!
  if (cell === 0) return
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * cell)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[k * size + p]!, a[k * size + q]!]
    a[k * size + p] = c * x - s * y
    a[k * size + q] = s * x + c * y
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[p * size + k]!, a[q * size + k]!]
    a[p * size + k] = c * x - s * y
    a[q * size + k] = s * x + c * y
  }
  const [u, v] = [vectors[p]!, vectors[q]!]
  for (let k = 0; k < size; k++) {
    const [x, y] = [u[k]!, v[k]!]
    u[k] = c * x - s * y
    v[k] = s * x + c * y
  }
}
