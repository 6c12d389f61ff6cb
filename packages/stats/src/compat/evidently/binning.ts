import type { Unknown } from '../../error.ts'
import { type CategoryCounts, categoryCounts, hasMoreThan, numbersOf, type Sample } from './column.ts'

/** Shares of both samples over the same bins. */
export type Shares = { readonly reference: Float64Array; readonly current: Float64Array }

/** A numeric reference of more distinct values than this is put into bins, others are compared value by value. */
const DISTINCT_VALUES_OF_A_CATEGORY = 20

/**
 * The shares that PSI, KL and JS compare: Sturges' bins over both samples pooled, so the grid moves with every current
 * sample and one outlier empties it, or one bin for every distinct value.
 */
export function binnedShares(reference: Sample, current: Sample, type: 'num' | 'cat'): Shares | Unknown {
  if (type === 'cat' || !hasMoreThan(DISTINCT_VALUES_OF_A_CATEGORY, reference.values))
    return sharesOf(categoryCounts(reference, current))
  const [a, b] = [numbersOf(reference)!, numbersOf(current)!]
  const edges = sturgesEdges(pooled(a, b), reference.integer && current.integer)
  if (edges === undefined) return NO_BINS
  return {
    reference: histogram(a, edges).map((rows) => rows / a.length),
    current: histogram(b, edges).map((rows) => rows / b.length),
  }
}

/** Noughts become 0.0001, or a millionth of the smallest share where that is no larger; nothing is normalised again. */
export function withoutZeros(shares: Float64Array): Float64Array {
  const least = shares.reduce((found, share) => (share > 0 ? Math.min(found, share) : found), Infinity)
  const filler = least <= 0.0001 ? least / 1e6 : 0.0001
  return shares.map((share) => (share === 0 ? filler : share))
}

/** Shares of each distinct value. */
export function sharesOf({ reference, current }: CategoryCounts): Shares {
  return { reference: dividedBySum(reference), current: dividedBySum(current) }
}

export function dividedBySum(counts: Float64Array): Float64Array {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => count / rows)
}

/** The range is infinite, or so many bins cannot be told apart at the size of the values: NumPy raises. */
export const NO_BINS: Unknown = { kind: 'unknown', reason: 'range-cannot-be-binned', have: 0, need: 1 }

/**
 * NumPy's `histogram_bin_edges(values, "sturges")`: log2(n) + 1 equal bins; integers get bins no narrower than 1. Undefined
 * where the range is infinite or neighbouring edges would be equal.
 */
export function sturgesEdges(values: Float64Array, integer: boolean): Float64Array | undefined {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const range = high - low
  if (range === Infinity) return undefined
  if (range === 0) return low - 0.5 < high + 0.5 ? Float64Array.of(low - 0.5, high + 0.5) : undefined
  const width = range / (Math.log2(values.length) + 1)
  const bins = Math.ceil(range / (integer && width < 1 ? 1 : width))
  const step = range / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : i * step + low))
  return edges.every((edge, i) => i === 0 || edges[i - 1]! < edge) ? edges : undefined
}

/** Rows per bin, half-open but for the last. */
export function histogram(values: Float64Array, edges: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length - 1)
  const last = edges.length - 1
  for (const value of values) {
    if (value < edges[0]! || value > edges[last]!) continue
    let [low, high] = [0, last]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (edges[middle]! <= value) low = middle
      else high = middle
    }
    counts[low]!++
  }
  return counts
}

export function pooled(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
