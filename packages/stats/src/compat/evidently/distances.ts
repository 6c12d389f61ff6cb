import type { Unknown } from '../../error.ts'
import {
  binnedShares,
  dividedBySum,
  histogram,
  NO_BINS,
  pooled,
  sharesOf,
  sturgesEdges,
  withoutZeros,
} from './binning.ts'
import { categoryCounts, numbersOf, type Sample } from './column.ts'

export function psiScore(reference: Sample, current: Sample, type: 'num' | 'cat'): number | Unknown {
  const shares = binnedShares(reference, current, type)
  if ('kind' in shares) return shares
  const [r, c] = [withoutZeros(shares.reference), withoutZeros(shares.current)]
  return r.reduce((sum, share, i) => sum + (share - c[i]!) * Math.log(share / c[i]!), 0)
}

export function klScore(reference: Sample, current: Sample, type: 'num' | 'cat'): number | Unknown {
  const shares = binnedShares(reference, current, type)
  if ('kind' in shares) return shares
  const [r, c] = [dividedBySum(withoutZeros(shares.reference)), dividedBySum(withoutZeros(shares.current))]
  return r.reduce((sum, share, i) => sum + share * Math.log(share / c[i]!), 0)
}

export function jensenShannonScore(reference: Sample, current: Sample, type: 'num' | 'cat'): number | Unknown {
  const shares = binnedShares(reference, current, type)
  if ('kind' in shares) return shares
  const [r, c] = [dividedBySum(shares.reference), dividedBySum(shares.current)]
  const half = (x: number, middle: number) => (x === 0 ? 0 : x * Math.log(x / middle))
  let sum = 0
  for (let i = 0; i < r.length; i++) sum += half(r[i]!, (r[i]! + c[i]!) / 2) + half(c[i]!, (r[i]! + c[i]!) / 2)
  return Math.sqrt(Math.max(0, sum / 2))
}

export function hellingerScore(reference: Sample, current: Sample, type: 'num' | 'cat'): number | Unknown {
  const overlap = type === 'cat' ? overlapOfCategories(reference, current) : overlapOfNumbers(reference, current)
  if (typeof overlap !== 'number') return overlap
  return Math.sqrt(1 - Math.min(1, Math.max(0, overlap)))
}

function overlapOfCategories(reference: Sample, current: Sample): number {
  const shares = sharesOf(categoryCounts(reference, current))
  return shares.reference.reduce((sum, share, i) => sum + Math.sqrt(share * shares.current[i]!), 0)
}

function overlapOfNumbers(reference: Sample, current: Sample): number | Unknown {
  const [a, b] = [numbersOf(reference)!, numbersOf(current)!]
  const distinct = Float64Array.from(new Set(pooled(a, b)))
  const edges = sturgesEdges(distinct, reference.integer && current.integer)
  if (edges === undefined) return NO_BINS
  const [x, y] = [density(a, edges), density(b, edges)]
  const width = (edges.at(-1)! - edges[0]!) / (edges.length - 1)
  return x.reduce((sum, at, i) => sum + Math.sqrt(at * y[i]!) * width, 0)
}

function density(values: Float64Array, edges: Float64Array): Float64Array {
  const counts = histogram(values, edges)
  return counts.map((rows, i) => rows / (edges[i + 1]! - edges[i]!) / values.length)
}

export function wassersteinScore(reference: Float64Array, current: Float64Array): number {
  return integral(reference, current, Math.abs) / Math.max(deviationOf(reference), 0.001)
}

export function energyScore(reference: Float64Array, current: Float64Array): number {
  return Math.sqrt(2) * Math.sqrt(integral(reference, current, (gap) => gap * gap))
}

/** The integral of a function of the gap between the two distribution functions. */
function integral(reference: Float64Array, current: Float64Array, of: (gap: number) => number): number {
  const [a, b] = [reference.toSorted(), current.toSorted()]
  let [i, j, sum] = [0, 0, 0]
  while (i < a.length || j < b.length) {
    const here = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!
    while (i < a.length && a[i] === here) i++
    while (j < b.length && b[j] === here) j++
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    if (next < Infinity) sum += of(i / a.length - j / b.length) * (next - here)
  }
  return sum
}

/** Of the population, ddof 0. */
function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
