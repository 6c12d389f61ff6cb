import { StatsError, type Unknown } from '../error.ts'
import { type ShareInterval, wilsonInterval } from '../hypothesis/index.ts'
import { binLabels, type ColumnProfile, outsideIndex, type Profile, sameBins } from '../sketch/index.ts'
import { binnedKs } from './deviation.ts'
import type { Distance, DistanceOptions } from './distance.ts'
import { jensenShannon, psi } from './divergence.ts'
import { heldOutCounts } from './held-out.ts'

export type CompareOptions = DistanceOptions & {
  /** PSI beyond noise (nats) below which a difference is real but does not matter. Default 0.05. */
  readonly material?: number
  /** A side with fewer rows is unknown. Default 50. */
  readonly minRows?: number
  /** Confidence of the intervals of shares. Default 0.95. */
  readonly level?: number
}

/** A share of the rows of either window, with its interval. */
export type SharePair = { readonly reference: ShareInterval; readonly current: ShareInterval }

export type ColumnShares = {
  readonly missing: SharePair
  readonly invalid: SharePair
  /** Categorical: rows with a value the reference never had; 0 for numeric columns. */
  readonly unseen: SharePair
  /** Numeric: rows below the reference's least or above its greatest value; 0 for categorical columns. */
  readonly outOfRange: SharePair
}

export type ComparedColumn = {
  readonly kind: 'compared'
  readonly column: string
  readonly type: 'numeric' | 'categorical'
  readonly rows: { readonly reference: number; readonly current: number }
  /** Over all bins, missing, invalid, unseen and out-of-range rows included. */
  readonly psi: Distance
  readonly jensenShannon: Distance
  /** Numeric columns with values on both sides: over the ordered bins, missing and invalid rows left out. */
  readonly ks: Distance | null
  /** PSI less what noise makes of it, never below 0: the size of the change in nats. */
  readonly effect: number
  readonly material: number
  readonly shares: ColumnShares
  /** PSI beyond its noise floor, and the effect at least `material`. */
  readonly shifted: boolean
  /** Bins by their part of the PSI, largest first: where the change is. */
  readonly moved: readonly { readonly bin: string; readonly reference: number; readonly current: number }[]
}

export type ColumnComparison = ComparedColumn | (Unknown & { readonly column: string })

const DEFAULT_MATERIAL = 0.05
const DEFAULT_MIN_ROWS = 50
const MOVED_BINS = 5

/**
 * Compares two profiles over the same bins, column by column. Too few rows make a column unknown, never steady.
 * @throws StatsError STATS_BINS_DIFFER when a column is absent from one side or binned differently
 * @example
 * const spec = { columns: { city: freezeBins(['Oslo', 'Bergen']) } }
 * const [reference, current] = [createProfile(spec), createProfile(spec)]
 * updateProfile(reference, { rows: 200, numeric: {}, categorical: { city: new Array(200).fill('Oslo') } })
 * updateProfile(current, { rows: 200, numeric: {}, categorical: { city: new Array(200).fill('oslo') } })
 * compareProfiles(reference, current).city.shifted // true
 */
export function compareProfiles(
  reference: Profile,
  current: Profile,
  options: CompareOptions = {},
): Readonly<Record<string, ColumnComparison>> {
  const compared: Record<string, ColumnComparison> = {}
  for (const [name, column] of Object.entries(reference.columns)) {
    const other = current.columns[name]
    if (!other || !sameBins(column.bins, other.bins))
      throw new StatsError(
        'STATS_BINS_DIFFER',
        `column ${name} has ${other ? 'other bins' : 'no profile'} in the current window`,
        { column: name },
      )
    compared[name] = compareColumns(name, column, other, options)
  }
  return compared
}

/**
 * Compares one column; see `compareProfiles`.
 * @example
 * const column = createColumnProfile(freezeBins(['Oslo']))
 * compareColumns('city', column, column).reason // 'too-few-reference-rows'
 */
export function compareColumns(
  column: string,
  reference: ColumnProfile,
  current: ColumnProfile,
  options: CompareOptions = {},
): ColumnComparison {
  const rows = { reference: total(reference.counts), current: total(current.counts) }
  const need = Math.max(1, options.minRows ?? DEFAULT_MIN_ROWS)
  if (rows.reference < need)
    return { kind: 'unknown', column, reason: 'too-few-reference-rows', have: rows.reference, need }
  if (rows.current < need) return { kind: 'unknown', column, reason: 'too-few-rows', have: rows.current, need }
  const before = heldOutCounts(reference.bins, reference.counts)
  const stability = psi(before, current.counts, options)
  const effect = Math.max(0, stability.value - stability.noiseMean)
  const material = options.material ?? DEFAULT_MATERIAL
  return {
    kind: 'compared',
    column,
    type: reference.bins.kind,
    rows,
    psi: stability,
    jensenShannon: jensenShannon(before, current.counts, options),
    ks: ksOfValues(reference, current, options),
    effect,
    material,
    shares: sharesOf(reference, current, rows, options),
    shifted: stability.value > stability.noiseFloor && effect >= material,
    moved: movedBins(reference, current, rows),
  }
}

function ksOfValues(reference: ColumnProfile, current: ColumnProfile, options: DistanceOptions): Distance | null {
  if (reference.bins.kind !== 'numeric') return null
  const { missing } = outsideIndex(reference.bins)
  const [before, after] = [reference.counts.subarray(0, missing), current.counts.subarray(0, missing)]
  return total(before) > 0 && total(after) > 0 ? binnedKs(before, after, options) : null
}

function sharesOf(
  reference: ColumnProfile,
  current: ColumnProfile,
  rows: { readonly reference: number; readonly current: number },
  options: CompareOptions,
): ColumnShares {
  const { missing, invalid, unseen, below, above } = outsideIndex(reference.bins)
  const designEffect = options.designEffect ?? 1
  const share = (counts: Float64Array, of: number, places: readonly number[]) => {
    const rowsThere = places.reduce((sum, place) => sum + (place < 0 ? 0 : counts[place]!), 0)
    return wilsonInterval(rowsThere / designEffect, of / designEffect, options.level)
  }
  const pair = (...places: number[]) => ({
    reference: share(reference.counts, rows.reference, places),
    current: share(current.counts, rows.current, places),
  })
  return { missing: pair(missing), invalid: pair(invalid), unseen: pair(unseen), outOfRange: pair(below, above) }
}

function movedBins(
  reference: ColumnProfile,
  current: ColumnProfile,
  rows: { readonly reference: number; readonly current: number },
) {
  const bins = reference.counts.length
  const part = (r: number, c: number) => {
    const [p, q] = [(r + 0.5) / (rows.reference + bins / 2), (c + 0.5) / (rows.current + bins / 2)]
    return (p - q) * Math.log(p / q)
  }
  return binLabels(reference.bins)
    .map((bin, i) => ({ bin, i, part: part(reference.counts[i]!, current.counts[i]!) }))
    .sort((a, b) => b.part - a.part)
    .slice(0, MOVED_BINS)
    .map(({ bin, i }) => ({
      bin,
      reference: reference.counts[i]! / rows.reference,
      current: current.counts[i]! / rows.current,
    }))
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, rows) => sum + rows, 0)
}
