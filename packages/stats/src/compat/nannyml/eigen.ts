/** Eigenvalues from largest, and their vectors: `vectors[k]` belongs to `values[k]`. */
export type Eigen = { readonly values: Float64Array; readonly vectors: readonly Float64Array[] }

const SWEEPS = 60

/**
 * Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations, by rows; to the last bits of a double.
 * @see Golub and Van Loan, Matrix Computations, 8.5
 */
export function symmetricEigen(matrix: readonly Float64Array[]): Eigen {
  const d = matrix.length
  const a = matrix.map((row) => row.slice())
  const v = a.map((_, i) => Float64Array.from({ length: d }, (_, j) => Number(i === j)))
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a) > 0; sweep++)
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) if (a[p]![q] !== 0) rotate(a, v, p, q)
  const order = Array.from({ length: d }, (_, k) => k).sort((i, j) => a[j]![j]! - a[i]![i]!)
  return {
    values: Float64Array.from(order, (k) => a[k]![k]!),
    vectors: order.map((k) => Float64Array.from(v, (row) => row[k]!)),
  }
}

function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  if (s === 0) {
    a[p]![q] = 0
    a[q]![p] = 0
    return
  }
  for (let k = 0; k < a.length; k++) [a[k]![p], a[k]![q]] = turned(a[k]![p]!, a[k]![q]!, c, s)
  for (let k = 0; k < a.length; k++) [a[p]![k], a[q]![k]] = turned(a[p]![k]!, a[q]![k]!, c, s)
  for (const row of v) [row[p], row[q]] = turned(row[p]!, row[q]!, c, s)
  a[p]![q] = 0
  a[q]![p] = 0
}

function turned(x: number, y: number, c: number, s: number): [number, number] {
  return [c * x - s * y, s * x + c * y]
}

function offDiagonal(a: readonly Float64Array[]): number {
  let total = 0
  for (let i = 0; i < a.length; i++) for (let j = 0; j < a.length; j++) if (i !== j) total += a[i]![j]! ** 2
  return total
}
