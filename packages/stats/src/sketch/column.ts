import { StatsError } from '../error.ts'
import { type Bins, binCount, type NumericBins, outsideIndex, sameBins } from './bins.ts'
import {
  addHash,
  addNumbers,
  createDistinct,
  type DistinctSketch,
  hashNumber,
  hashString,
  mergeDistinct,
} from './distinct.ts'
import { addFrequent, type FrequentValues, mergeFrequent } from './frequent.ts'
import { createMoments, heldFinite, type Moments, mergeMoments } from './moments.ts'
import { categoryTable, edgeTable, findNumericPlaces, placeOf } from './places.ts'
import { createQuantiles, mergeQuantiles, type QuantileSketch, updateQuantiles } from './quantiles.ts'

/**
 * Mergeable summary of one column over frozen bins. Always on: counts, moments and quantiles (numeric), distinct
 * values, and the frequent values outside the bins. Optional: twin counts, two count vectors of the rows split by a
 * hash of their entity; how much more they differ than chance allows is the design effect.
 * Updates change it in place; merges return a new one.
 */
export type ColumnProfile = {
  readonly bins: Bins
  /** Rows per bin, in the order of `binLabels(bins)`. */
  counts: Float64Array
  moments: Moments
  distinct: DistinctSketch
  readonly quantiles: QuantileSketch | null
  readonly twins: readonly [Float64Array, Float64Array] | null
  readonly topUnseen: FrequentValues
}

export type ColumnOptions = {
  readonly twins?: boolean
  /** Numeric columns keep a quantile sketch: true, the default. It is half of what an update costs. */
  readonly quantiles?: boolean
}

/** @example createColumnProfile(freezeBins(['a'])).counts.length // 5 */
export function createColumnProfile(bins: Bins, options: ColumnOptions = {}): ColumnProfile {
  const zeros = () => new Float64Array(binCount(bins))
  return {
    bins,
    counts: zeros(),
    moments: createMoments(),
    distinct: createDistinct(),
    quantiles: bins.kind === 'numeric' && options.quantiles !== false ? createQuantiles() : null,
    twins: options.twins ? [zeros(), zeros()] : null,
    topUnseen: new Map(),
  }
}

/**
 * Adds values[from … until) of a numeric column: NaN is missing, ±Infinity is invalid.
 * @param twin 0 or 1 per row of `values`, the half its entity belongs to; needed when the profile keeps twins
 * @example
 * const column = createColumnProfile(freezeBins(Float64Array.of(0, 1, 1)))
 * updateNumeric(column, Float64Array.of(1, 1, 7, Number.NaN))
 * column.counts // [0, 0, 0, 2, 1, 1, 0]
 */
export function updateNumeric(
  profile: ColumnProfile,
  values: Float64Array,
  from = 0,
  until = values.length,
  twin?: Uint8Array,
): void {
  if (profile.bins.kind !== 'numeric') throw wrongKind('updateNumeric', 'numeric', profile.bins)
  countNumeric(profile, profile.bins, values, from, until)
  updateMoments(profile, values, from, until)
  if (profile.quantiles) updateQuantiles(profile.quantiles, values, from, until)
  if (profile.twins && twin)
    countTwins(profile, (i) => placeOf(edgeTable(profile.bins as NumericBins), values[i]!), from, until, twin)
}

/**
 * Adds values of a categorical column: null is missing, INVALID_CATEGORY is a value of the wrong type.
 * @example
 * const column = createColumnProfile(freezeBins(['a', 'b', 'a']))
 * updateCategorical(column, ['a', 'c', null])
 * column.counts // [1, 0, 0, 1, 1, 0]
 */
export function updateCategorical(
  profile: ColumnProfile,
  values: readonly (string | null)[],
  from = 0,
  until = values.length,
  twin?: Uint8Array,
): void {
  if (profile.bins.kind !== 'categorical') throw wrongKind('updateCategorical', 'categorical', profile.bins)
  const indexOf = categoryTable(profile.bins)
  const { unseen, missing } = outsideIndex(profile.bins)
  for (let i = from; i < until; i++) {
    const value = values[i]
    const place = value === null || value === undefined ? missing : indexOf(value)
    profile.counts[place]!++
    if (place < missing) addHash(profile.distinct, hashString(value!))
    if (place === unseen) addFrequent(profile.topUnseen, value!)
  }
  const placeAt = (i: number) => (values[i] === null || values[i] === undefined ? missing : indexOf(values[i]!))
  if (profile.twins && twin) countTwins(profile, placeAt, from, until, twin)
}

/**
 * The profile of both sets of rows. Counts, twins and distinct are exact under any order and grouping; moments to
 * rounding; quantiles and frequent values within their bounds.
 * @throws StatsError STATS_BINS_DIFFER when the columns were binned differently
 * @example
 * const column = createColumnProfile(freezeBins(['a']))
 * updateCategorical(column, ['a'])
 * mergeColumnProfiles(column, column).counts[0] // 2
 */
export function mergeColumnProfiles(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  if (!sameBins(a.bins, b.bins))
    throw new StatsError(
      'STATS_BINS_DIFFER',
      'two column profiles have different bins; only profiles of one reference can be merged',
      {
        a: a.bins.kind,
        b: b.bins.kind,
      },
    )
  return {
    bins: a.bins,
    counts: add(a.counts, b.counts),
    moments: mergeMoments(a.moments, b.moments),
    distinct: mergeDistinct(a.distinct, b.distinct),
    quantiles: a.quantiles && b.quantiles ? mergeQuantiles(a.quantiles, b.quantiles) : null,
    twins: a.twins && b.twins ? [add(a.twins[0], b.twins[0]), add(a.twins[1], b.twins[1])] : null,
    topUnseen: mergeFrequent(a.topUnseen, b.topUnseen),
  }
}

/** Which half of the twin counts an entity belongs to. @example twinOf('customer-7') === twinOf('customer-7') // true */
export function twinOf(entity: string | number): 0 | 1 {
  const hash = typeof entity === 'number' ? hashNumber(entity) : hashString(entity)
  return ((hash >>> 31) & 1) as 0 | 1
}

function countNumeric(
  profile: ColumnProfile,
  bins: NumericBins,
  values: Float64Array,
  from: number,
  until: number,
): void {
  const { counts, distinct, topUnseen } = profile
  const table = edgeTable(bins)
  for (let start = from; start < until; start += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, until - start)
    findNumericPlaces(table, values, start, start + rows, places)
    for (let i = 0; i < rows; i++) {
      const place = places[i]!
      counts[place]!++
      if (place === 0 || place === table.above) addFrequent(topUnseen, values[start + i]!)
    }
    addNumbers(distinct, values, start, start + rows)
  }
}

/** Places of a block of rows, between finding and counting them. */
const BLOCK_ROWS = 1024
const places = new Uint16Array(BLOCK_ROWS)

/** Two passes over the rows at hand, then one pooled merge: stable, and without a division per row. */
function updateMoments(profile: ColumnProfile, values: Float64Array, from: number, until: number): void {
  let count = 0
  let sum = 0
  let min = Infinity
  let max = -Infinity
  for (let i = from; i < until; i++) {
    const value = values[i]!
    if (value - value !== 0) continue
    count++
    sum += value
    if (value < min) min = value
    if (value > max) max = value
  }
  if (count === 0) return
  const mean = Number.isFinite(sum) ? sum / count : meanOfLarge(values, from, until, count)
  let m2 = 0
  for (let i = from; i < until; i++) {
    const deviation = values[i]! - mean
    if (values[i]! - values[i]! === 0) m2 += deviation * deviation
  }
  profile.moments = mergeMoments(profile.moments, { count, mean, m2: heldFinite(m2), min, max })
}

/** Values whose sum leaves the doubles are divided before they are added. */
function meanOfLarge(values: Float64Array, from: number, until: number, count: number): number {
  let mean = 0
  for (let i = from; i < until; i++) if (Number.isFinite(values[i])) mean += values[i]! / count
  return heldFinite(mean)
}

function countTwins(
  profile: ColumnProfile,
  placeAt: (i: number) => number,
  from: number,
  until: number,
  twin: Uint8Array,
): void {
  for (let i = from; i < until; i++) profile.twins![twin[i] === 1 ? 1 : 0][placeAt(i)]!++
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((count, i) => count + b[i]!)
}

function wrongKind(where: string, expected: string, bins: Bins): StatsError {
  return new StatsError('STATS_WRONG_KIND', `${where} got a column with ${bins.kind} bins, expected ${expected}`, {
    expected,
  })
}
