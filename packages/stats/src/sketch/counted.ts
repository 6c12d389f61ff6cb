import { StatsError } from '../error.ts'
import { binCount, type CategoricalBins, categoryIndex, checkRowsOf, type NumericBins, outsideIndex } from './bins.ts'

/**
 * The same rows over fewer bins.
 * @param counts rows per place of `fine`
 * @param coarse every edge of it is an edge of `fine`
 * @returns rows per place of `coarse`
 * @throws StatsError STATS_BINS_DIFFER for an edge that `fine` does not have: its bin could not be divided
 * @example coarsenCounts(Float64Array.of(1, 2, 3, 4, 5, 6), { kind: 'numeric', edges: [0, 1, 2] }, { kind: 'numeric', edges: [0, 2] }) // [1, 5, 4, 5, 6]
 */
export function coarsenCounts(counts: Float64Array, fine: NumericBins, coarse: NumericBins): Float64Array {
  const known = new Set(fine.edges)
  const lacking = coarse.edges.find((edge) => !known.has(edge))
  if (lacking !== undefined || counts.length !== binCount(fine))
    throw new StatsError(
      'STATS_BINS_DIFFER',
      lacking === undefined
        ? `${counts.length} counts for bins with ${binCount(fine)} places`
        : `the coarse bins have an edge at ${lacking}, where the fine ones have none`,
      { edge: lacking ?? null },
    )
  const sums = new Float64Array(binCount(coarse))
  const [from, to] = [outsideIndex(fine), outsideIndex(coarse)]
  sums[to.missing] = counts[from.missing]!
  sums[to.invalid] = counts[from.invalid]!
  if (fine.edges.length === 0) sums[to.above] = counts[from.above]!
  else
    for (let place = 0, edge = 0; place <= from.above; place++) {
      while (edge < coarse.edges.length && place > 0 && coarse.edges[edge]! <= fine.edges[place - 1]!) edge++
      sums[Math.min(edge, to.above)]! += counts[place]!
    }
  return sums
}

/**
 * Rows per place of categorical bins, of values that were counted elsewhere.
 * @param counts rows of each value @param outside rows without a value, and rows of values that were not told apart
 * @example categoryCounts(freezeBins(['a', 'b']), new Map([['a', 5], ['x', 1]]), { missing: 2, other: 0 }) // [5, 0, 0, 1, 2, 0]
 */
export function categoryCounts(
  bins: CategoricalBins,
  counts: ReadonlyMap<string, number>,
  outside: { readonly missing: number; readonly other: number },
): Float64Array {
  const sums = new Float64Array(binCount(bins))
  const placeOf = categoryIndex(bins)
  for (const [value, rows] of counts) checkRowsOf('categoryCounts', value, rows)
  checkRowsOf('categoryCounts', 'missing', outside.missing)
  checkRowsOf('categoryCounts', 'other', outside.other)
  for (const [value, rows] of counts) sums[placeOf(value)]! += rows
  const { missing, other } = outsideIndex(bins)
  sums[missing]! += outside.missing
  sums[other]! += outside.other
  return sums
}
