import { StatsError } from '../error.ts'
import type { SampleRows, UnknownComparison, UsedRows } from '../hypothesis/index.ts'
import {
  type BinOptions,
  type Bins,
  binLabels,
  createColumnProfile,
  freezeBins,
  outsideIndex,
  updateCategorical,
  updateNumeric,
} from '../sketch/index.ts'
import { heldOutCounts } from './held-out.ts'

/** Two samples as counts over bins frozen from the reference; missing and invalid rows are in `rows` only. */
export type SampleCounts = {
  readonly kind: 'counted'
  readonly bins: Bins
  /** Names of the bins that are counted. */
  readonly labels: readonly string[]
  readonly reference: Float64Array
  readonly current: Float64Array
  readonly rows: SampleRows
}

/**
 * Counts two samples of raw values for the distances and tests that take counts. Bins come from the reference alone, so
 * that two windows can be compared with each other and no outlier of either moves the grid; heavy values have a bin of
 * their own. The reference's counts are those that held-out rows would have (`heldOutCounts`).
 * Binning can only lower total variation, Hellinger, Jensen-Shannon and Kullback-Leibler: what is found is a lower bound
 * of the distance of the rows, less pseudo rows.
 * @param reference numeric: NaN = missing, ±Infinity = invalid; categorical: strings, null = missing
 * @throws StatsError STATS_WRONG_KIND when one side is numeric and the other is not
 * @example countSamples(['a', 'a', 'b'], ['b', null, 'c']).current // [0, 1, 0, 1]
 */
export function countSamples(
  reference: Float64Array | readonly (string | null)[],
  current: Float64Array | readonly (string | null)[],
  options: BinOptions = {},
): SampleCounts | UnknownComparison {
  const [before, after] = columnsOf(reference, current, options)
  const { missing, invalid } = outsideIndex(before.bins)
  const used = (counts: Float64Array): UsedRows => ({
    used: counts.subarray(0, missing).reduce((sum, rows) => sum + rows, 0),
    missing: counts[missing]!,
    invalid: counts[invalid]!,
  })
  const rows = { reference: used(before.counts), current: used(after.counts) }
  if (rows.reference.used === 0) return { kind: 'unknown', reason: 'too-few-reference-rows', have: 0, need: 1, rows }
  if (rows.current.used === 0) return { kind: 'unknown', reason: 'too-few-rows', have: 0, need: 1, rows }
  return {
    kind: 'counted',
    bins: before.bins,
    labels: binLabels(before.bins).slice(0, missing),
    reference: heldOutCounts(before.bins, before.counts).subarray(0, missing),
    current: after.counts.subarray(0, missing),
    rows,
  }
}

function columnsOf(
  reference: Float64Array | readonly (string | null)[],
  current: Float64Array | readonly (string | null)[],
  options: BinOptions,
) {
  if (reference instanceof Float64Array && current instanceof Float64Array) {
    const bins = freezeBins(reference, options)
    const [before, after] = [createColumnProfile(bins), createColumnProfile(bins)]
    updateNumeric(before, reference)
    updateNumeric(after, current)
    return [before, after] as const
  }
  if (reference instanceof Float64Array || current instanceof Float64Array)
    throw new StatsError('STATS_WRONG_KIND', 'countSamples got numbers on one side and categories on the other')
  const bins = freezeBins(reference, options)
  const [before, after] = [createColumnProfile(bins), createColumnProfile(bins)]
  updateCategorical(before, reference)
  updateCategorical(after, current)
  return [before, after] as const
}
