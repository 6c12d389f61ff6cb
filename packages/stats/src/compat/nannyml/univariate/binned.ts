import { sum } from '../arithmetic.ts'
import { type Column, categoriesOf, isNumeric, presentCategories, presentNumbers } from '../frame.ts'
import { countsIn, doaneEdges } from '../histogram.ts'
import { countCategories, countsOver } from './categories.ts'

/** The reference in bins, as shares of its rows: what Jensen-Shannon and Hellinger compare with. */
export type Bins =
  | { readonly kind: 'edges'; readonly edges: Float64Array; readonly shares: Float64Array }
  | { readonly kind: 'categories'; readonly categories: readonly string[]; readonly shares: Float64Array }

/** Missing values do not count; there is at least one present. */
export function fitBins(reference: Column): Bins {
  if (isNumeric(reference)) {
    const values = presentNumbers(reference)
    const edges = doaneEdges(values)
    return { kind: 'edges', edges, shares: sharesOf(countsIn(edges, values), values.length) }
  }
  const values = presentCategories(reference)
  const { categories, counts } = countCategories(values)
  return { kind: 'categories', categories, shares: sharesOf(counts, values.length) }
}

/**
 * Shares of reference and current over the same bins; what lies in none of them, and the last bit that rounding left
 * over, is one more bin that the reference does not have. null without current values.
 */
export function sharesBeside(bins: Bins, current: Column): { p: Float64Array; q: Float64Array } | null {
  const shares = bins.kind === 'edges' ? numericShares(bins.edges, current) : categoryShares(bins.categories, current)
  if (shares === null) return null
  const leftover = 1 - sum(shares)
  if (!(leftover > 0)) return { p: bins.shares, q: shares }
  return { p: withOneMore(bins.shares, 0), q: withOneMore(shares, leftover) }
}

/** Square root of the Jensen-Shannon divergence in bits: 0 … 1. */
export function jensenShannon(p: Float64Array, q: Float64Array): number {
  const [pTotal, qTotal] = [sum(p), sum(q)]
  const left = new Float64Array(p.length)
  const right = new Float64Array(p.length)
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i]! / pTotal, q[i]! / qTotal]
    const middle = (a + b) / 2
    if (a > 0) left[i] = a * Math.log(a / middle)
    if (b > 0) right[i] = b * Math.log(b / middle)
  }
  return Math.sqrt(Math.max(0, (sum(left) + sum(right)) / Math.LN2 / 2))
}

/** Hellinger distance: 0 … 1. */
export function hellinger(p: Float64Array, q: Float64Array): number {
  const squares = p.map((share, i) => (Math.sqrt(share) - Math.sqrt(q[i]!)) ** 2)
  return Math.sqrt(sum(squares)) / Math.SQRT2
}

function withOneMore(shares: Float64Array, last: number): Float64Array {
  const longer = new Float64Array(shares.length + 1)
  longer.set(shares)
  longer[shares.length] = last
  return longer
}

function numericShares(edges: Float64Array, current: Column): Float64Array | null {
  if (!isNumeric(current)) return null
  const values = presentNumbers(current)
  return values.length === 0 ? null : sharesOf(countsIn(edges, values), values.length)
}

function categoryShares(categories: readonly string[], current: Column): Float64Array | null {
  const values = presentCategories(categoriesOf(current))
  return values.length === 0 ? null : sharesOf(countsOver(categories, values).counts, values.length)
}

function sharesOf(counts: Float64Array, rows: number): Float64Array {
  return counts.map((count) => count / rows)
}
