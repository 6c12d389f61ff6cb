import type { Unknown } from '../../error.ts'
import type { Random } from '../../random.ts'

const PERMUTATIONS = 100
/** The kernel of all pairs is held, as the peer holds it: 8 bytes × rows². */
const MAX_ROWS = 4000

/**
 * Share of 100 shuffles of which the unbiased squared maximum mean discrepancy is at least the one observed. The peer's
 * shuffles have no seed; ours come from `random`.
 */
export function empiricalMmdP(reference: Float64Array, current: Float64Array, random: Random): number | Unknown {
  const [n, m] = [reference.length, current.length]
  if (Math.min(n, m) < 2) return { kind: 'unknown', reason: 'too-few-rows', have: Math.min(n, m), need: 2 }
  if (n + m > MAX_ROWS) return { kind: 'unknown', reason: 'too-many-rows', have: n + m, need: MAX_ROWS }
  const values = Float64Array.from([...reference, ...current])
  const kernel = kernelOf(values, 1 / (2 * medianSigma(reference) ** 2))
  const order = Int32Array.from({ length: n + m }, (_, i) => i)
  const observed = discrepancy(kernel, order, n)
  let asFar = 0
  for (let i = 0; i < PERMUTATIONS; i++)
    if (observed <= discrepancy(kernel, Int32Array.from(random.shuffle(order)), n)) asFar++
  return asFar / PERMUTATIONS
}

/** Root of half the median squared distance within the reference, each value with itself too; the lower of two middle ones. */
function medianSigma(reference: Float64Array): number {
  const n = reference.length
  const squares = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) squares[i * n + j] = (reference[i]! - reference[j]!) ** 2
  squares.sort()
  const median = squares[Math.floor((n * n - 1) / 2)]!
  return Math.sqrt(0.5 * (median === 0 ? 1 : median))
}

/** Gaussian kernel of all pairs, nought on the diagonal. */
function kernelOf(values: Float64Array, gamma: number): Float64Array {
  const rows = values.length
  const kernel = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < i; j++) {
      const similarity = Math.exp(-gamma * (values[i]! - values[j]!) ** 2)
      kernel[i * rows + j] = similarity
      kernel[j * rows + i] = similarity
    }
  return kernel
}

/** The first n places of the order are the reference. */
function discrepancy(kernel: Float64Array, order: Int32Array, n: number): number {
  const rows = order.length
  const m = rows - n
  let [within, across, beyond] = [0, 0, 0]
  for (let i = 0; i < rows; i++) {
    const from = order[i]! * rows
    for (let j = 0; j < i; j++) {
      const similarity = kernel[from + order[j]!]!
      if (i < n) within += similarity
      else if (j < n) across += similarity
      else beyond += similarity
    }
  }
  return (2 * within) / (n * (n - 1)) + (2 * beyond) / (m * (m - 1)) - (2 * across) / (n * m)
}
