import { StatsError } from '../error.ts'
import { type ColumnProfile, sameBins } from '../sketch/index.ts'
import { type Counts, tableOf } from './counts.ts'
import { binnedKs } from './deviation.ts'
import type { Distance, DistanceOptions } from './distance.ts'
import { withNoise } from './noise.ts'

/** A distance from counts, and between which values the distance of the rows themselves lies, whatever they are. */
export type BoundedDistance = Distance & { readonly least: number; readonly greatest: number }

/**
 * `binnedKs` with its bounds: the distance of the rows is `value` at least, and at most what the gap at a bin's lower
 * edge can grow to inside that bin. So it is off by the share of the fullest bin at most: 1/16 with the default bins.
 * @param reference rows per bin, in the order of the values (leave missing and invalid out)
 * @example boundedKs([50, 30, 20], [20, 30, 50]).greatest // 0.6
 */
export function boundedKs(reference: Counts, current: Counts, options: DistanceOptions = {}): BoundedDistance {
  const found = binnedKs(reference, current, options)
  const table = tableOf('boundedKs', reference, current)
  let [gap, greatest] = [0, 0]
  for (let j = 0; j < table.reference.length; j++) {
    const [p, q] = [table.reference[j]! / table.referenceRows, table.current[j]! / table.currentRows]
    greatest = Math.max(greatest, gap + p, q - gap)
    gap += p - q
  }
  return { ...found, least: found.value, greatest: Math.min(1, Math.max(found.value, greatest)) }
}

/**
 * Wasserstein-1 from two numeric profiles over the same bins, as if rows were spread evenly inside their bin (with 16 bins
 * of normal values a sixth too large, from the wide bins at the ends), and between
 * which values that of the rows lies (sharp: rows can be placed inside the bins so that either end is reached). Bins out
 * of range end at the least and greatest value of either profile. Judge `value` against `noiseFloor`, as ever.
 * @returns null where a side has no values, or the values span more than 1e150
 * @throws StatsError STATS_WRONG_KIND on categorical columns, STATS_BINS_DIFFER on other bins
 * @example
 * const bins = freezeBins(Float64Array.of(0, 1, 2, 3), { maxBins: 2 })
 * const [reference, current] = [createColumnProfile(bins), createColumnProfile(bins)]
 * updateNumeric(reference, Float64Array.of(0, 1, 2, 3))
 * updateNumeric(current, Float64Array.of(2, 3, 4, 5))
 * binnedWasserstein(reference, current).value // 1.5
 */
export function binnedWasserstein(
  reference: ColumnProfile,
  current: ColumnProfile,
  options: DistanceOptions = {},
): BoundedDistance | null {
  return integrated('binnedWasserstein', reference, current, options, { weigh: Math.abs, root: (sum) => sum })
}

/**
 * Energy distance from two numeric profiles over the same bins, with the bounds of that of the rows; see
 * `binnedWasserstein`.
 * @returns null where a side has no values, or the values span more than 1e150
 * @throws StatsError STATS_WRONG_KIND on categorical columns, STATS_BINS_DIFFER on other bins
 * @example
 * const column = createColumnProfile(freezeBins(Float64Array.of(0, 1, 2, 3)))
 * updateNumeric(column, Float64Array.of(0, 1, 2, 3))
 * binnedEnergy(column, column).value // 0
 */
export function binnedEnergy(
  reference: ColumnProfile,
  current: ColumnProfile,
  options: DistanceOptions = {},
): BoundedDistance | null {
  return integrated('binnedEnergy', reference, current, options, { weigh: (gap) => 2 * gap * gap, root: Math.sqrt })
}

/** A wider range than this cannot be squared, as the interval asks, within the doubles. */
const WIDEST = 1e150

type Gap = { readonly weigh: (gap: number) => number; readonly root: (sum: number) => number }

function integrated(
  where: string,
  reference: ColumnProfile,
  current: ColumnProfile,
  options: DistanceOptions,
  gap: Gap,
): BoundedDistance | null {
  const widths = widthsOf(where, reference, current)
  if (reference.moments.count === 0 || current.moments.count === 0) return null
  if (!(widths.reduce((sum, width) => sum + width, 0) <= WIDEST)) return null
  const [before, after] = [reference, current].map(({ counts }) => counts.subarray(0, widths.length))
  const kept = [...widths.keys()].filter((j) => before![j]! + after![j]! > 0)
  const spaces = spacesOf(widths, kept)
  const sum = (a: Float64Array, b: Float64Array, inside: Inside) => gap.root(sumOver(spaces, a, b, gap.weigh, inside))
  const found = withNoise(
    {
      name: where,
      evaluate: (a, b) => sum(a, b, evenly),
      // No law is known that does not need the distribution: the floor is always permuted.
      asymptotic: () => ({ floor: 0, mean: 0 }),
      doubt: [0, Infinity],
      denseRows: Infinity,
    },
    before!,
    after!,
    options,
  )
  const [a, b] = [before!, after!].map((counts) => Float64Array.from(kept, (j) => counts[j]!)) as [
    Float64Array,
    Float64Array,
  ]
  return { ...found, least: Math.min(found.value, sum(a, b, least)), greatest: Math.max(found.value, sum(a, b, most)) }
}

type Space = { readonly width: number; readonly after: number }

/** Kept bins with their width, and the width of the empty ones that follow, where the gap stays as it is. */
function spacesOf(widths: Float64Array, kept: readonly number[]): readonly Space[] {
  return kept.map((j, k) => ({
    width: widths[j]!,
    after: widths.subarray(j + 1, kept[k + 1] ?? j + 1).reduce((sum, width) => sum + width, 0),
  }))
}

/** What a bin of width 1 adds when the gap enters at `gap`, and p of the reference and q of the current rows lie inside. */
type Inside = (gap: number, p: number, q: number, weigh: (gap: number) => number) => number

function sumOver(spaces: readonly Space[], a: Float64Array, b: Float64Array, weigh: Gap['weigh'], inside: Inside) {
  const [n, m] = [a, b].map((counts) => counts.reduce((sum, rows) => sum + rows, 0)) as [number, number]
  let [gap, sum] = [0, 0]
  for (const [k, { width, after }] of spaces.entries()) {
    const [p, q] = [a[k]! / n, b[k]! / m]
    if (width > 0) sum += width * inside(gap, p, q, weigh)
    gap += p - q
    if (after > 0) sum += after * weigh(gap)
  }
  return Math.max(0, sum)
}

/** Simpson's rule is exact for the square of a line; a line that changes its sign is cut there. */
const evenly: Inside = (gap, p, q, weigh) => {
  const end = gap + p - q
  const smooth = (from: number, until: number) => (weigh(from) + 4 * weigh((from + until) / 2) + weigh(until)) / 6
  if (gap * end >= 0) return smooth(gap, end)
  const cut = gap / (gap - end)
  return cut * smooth(gap, 0) + (1 - cut) * smooth(0, end)
}

/** Rows jump at the bin's lower edge, as many of each as brings the gap nearest to 0. */
const least: Inside = (gap, p, q, weigh) => weigh(Math.max(0, gap - q) || Math.min(0, gap + p))

const most: Inside = (gap, p, q, weigh) => Math.max(weigh(gap + p), weigh(gap - q))

/** Widths of below, the bins, and above. */
function widthsOf(where: string, reference: ColumnProfile, current: ColumnProfile): Float64Array {
  const { bins } = reference
  if (bins.kind !== 'numeric')
    throw new StatsError('STATS_WRONG_KIND', `${where} got a column with categorical bins, expected numeric`)
  if (!sameBins(bins, current.bins))
    throw new StatsError('STATS_BINS_DIFFER', `${where} got two columns with different bins`)
  const filled = [reference.moments, current.moments].filter(({ count }) => count > 0)
  const min = Math.min(...filled.map(({ min }) => min))
  const max = Math.max(...filled.map(({ max }) => max))
  const { edges } = bins
  if (edges.length === 0) return Float64Array.of(0, max - min || 0)
  const inner = edges.slice(0, -1).map((edge, j) => edges[j + 1]! - edge)
  return Float64Array.of(Math.max(0, edges[0]! - min), ...inner, Math.max(0, max - edges[edges.length - 1]!))
}
