import {
  binIndex,
  type ColumnProfile,
  categoryCounts,
  coarsenCounts,
  createColumnProfile,
  distinctCount,
  freezeCategories,
  type NumericBins,
  nextUp,
  outsideIndex,
  variance,
} from '@evenkeel/stats'
import type { ValueCount } from '../../storage/index.ts'
import type { ColumnSummary, NumberSummary } from '../report.ts'
import type { NumericPlan } from './plan.ts'

/** A profile over fine bins becomes one over the bins that columns are compared over. */
export function coarseProfile(fine: ColumnProfile, { coarse }: NumericPlan): ColumnProfile {
  const profile = createColumnProfile(coarse, { quantiles: false })
  profile.counts = coarsenCounts(fine.counts, fine.bins as NumericBins, coarse)
  return profile
}

/**
 * The reference's counts over bins with an edge at either of its ends. Such an edge divides a bin whose rows all lie on
 * one side of it, so each count has one place to go: that of the least value its bin can hold.
 */
export function relaid(profile: ColumnProfile, bins: NumericBins): ColumnProfile {
  const { moments, distinct, counts } = profile
  const fine = profile.bins as NumericBins
  const laid = createColumnProfile(bins, { quantiles: false })
  const [from, to] = [outsideIndex(fine), outsideIndex(bins)]
  for (let place = 0; place <= from.above; place++) {
    if (counts[place] === 0) continue
    const least = Math.max(moments.min, place === 0 ? moments.min : fine.edges[place - 1]!)
    laid.counts[binIndex(bins, least)]! += counts[place]!
  }
  laid.counts[to.missing] = counts[from.missing]!
  laid.counts[to.invalid] = counts[from.invalid]!
  return { ...laid, moments, distinct }
}

/** The values of a column, and how many of its cells are not of its type. */
export type CountedValues = ValueCount & { readonly invalid: number }

/** @param known the bins of the reference; absent: they are frozen from these values */
export function categoryProfile(
  { counts, present, invalid }: CountedValues,
  rows: number,
  known?: ColumnProfile,
): ColumnProfile {
  const told = new Map(counts)
  const untold = present - counts.reduce((sum, [, rows]) => sum + rows, 0)
  const bins = known?.bins.kind === 'categorical' ? known.bins : freezeCategories(told)
  const profile = createColumnProfile(bins)
  profile.counts = categoryCounts(bins, told, { missing: rows - present - invalid, other: untold })
  profile.counts[outsideIndex(bins).invalid]! += invalid
  return profile
}

/** The fine counts over the bars of a chart, as shares of the rows with a value. */
export function barShares({ counts, bins }: ColumnProfile, bars: readonly number[]): readonly number[] {
  const coarse: NumericBins = { kind: 'numeric', edges: bars }
  const sums = coarsenCounts(counts, bins as NumericBins, coarse)
  const { below, above } = outsideIndex(coarse)
  const shares = [...sums.subarray(1, above)]
  shares[0]! += sums[below]!
  shares[shares.length - 1]! += sums[above]!
  const total = shares.reduce((sum, rows) => sum + rows, 0)
  return shares.map((rows) => (total === 0 ? 0 : rows / total))
}

const TOP_VALUES = 10

export function summariseNumeric(profile: ColumnProfile, frequent: readonly number[]): ColumnSummary {
  const { counts, moments, bins } = profile
  const { missing, invalid } = outsideIndex(bins)
  return {
    rows: counts.reduce((sum, rows) => sum + rows, 0),
    missing: counts[missing]!,
    invalid: counts[invalid]!,
    distinct: distinctOf(profile),
    numbers: moments.count === 0 ? null : summariseNumbers(profile),
    topValues: (isConstant(profile) ? [moments.min] : frequent)
      .map((value) => ({ value, rows: isConstant(profile) ? moments.count : counts[binIndex(bins, value)]! }))
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => b.rows - a.rows || a.value - b.value)
      .slice(0, TOP_VALUES),
  }
}

function isConstant({ moments }: ColumnProfile): boolean {
  return moments.count > 0 && moments.min === moments.max
}

/** An estimate, kept within what the extremes and the rows say. */
function distinctOf(profile: ColumnProfile): number {
  const { count } = profile.moments
  if (count === 0 || isConstant(profile)) return Math.min(1, count)
  return Math.min(count, Math.max(2, Math.round(distinctCount(profile.distinct))))
}

export function summariseValues({ counts, distinct, present, invalid }: CountedValues, rows: number): ColumnSummary {
  const topValues = counts.slice(0, TOP_VALUES).map(([value, rows]) => ({ value, rows }))
  return { rows, missing: rows - present - invalid, invalid, distinct, numbers: null, topValues }
}

function summariseNumbers(profile: ColumnProfile): NumberSummary {
  const { moments } = profile
  const at = (share: number) => quantileAt(profile, share)
  return {
    mean: moments.mean,
    deviation: moments.count < 2 ? 0 : Math.min(Number.MAX_VALUE, Math.sqrt(variance(moments))),
    min: moments.min,
    p05: at(0.05),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    max: moments.max,
  }
}

/** Linear within the bin that holds the rank, as if its rows were evenly spread; exact where the bin is one value. */
function quantileAt({ counts, bins, moments }: ColumnProfile, share: number): number {
  const { above } = outsideIndex(bins)
  const { edges } = bins as NumericBins
  const clamp = (x: number) => Math.min(moments.max, Math.max(moments.min, x))
  let rank = share * moments.count
  for (let place = 0; place <= above; place++) {
    const rows = counts[place]!
    if (rank > rows || rows === 0) {
      rank -= rows
      continue
    }
    const from = clamp(edges[place - 1] ?? moments.min)
    const until = clamp(edges[place] ?? moments.max)
    const part = rank / rows
    return nextUp(from) >= until ? from : from * (1 - part) + until * part
  }
  return moments.max
}
