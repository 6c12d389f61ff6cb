import { StatsError, type Unknown } from '../error.ts'
import { type Profile, type ProfileBatch, sameBins, sameStreams } from '../sketch/index.ts'
import { normalCdf } from '../special/index.ts'
import { FAMILIES, type Family, judge, PER_STREAM, poolRare, surprise } from './components.ts'
import { countBatch, type StreamTest } from './stream-test.ts'
import { tailProbability } from './tails.ts'

/** One decision over all streams of a window. */
export type StreamComparison = {
  readonly kind: 'compared'
  readonly rows: { readonly reference: number; readonly current: number }
  /** Probability of evidence as strong when nothing changed, over all families together. */
  readonly pValue: number
  /** pValue at most alpha. */
  readonly shifted: boolean
  readonly alpha: number
  /** Each family's own p-value by Bonferroni; families look at different kinds of change. */
  readonly families: Readonly<Record<Family, number>>
  /** Streams by their largest deviate, largest first: where the change is. */
  readonly leading: readonly { readonly stream: string; readonly family: Family; readonly deviate: number }[]
}

export type StreamComparisonOptions = {
  /** False alarms per decision on unchanged windows. Default 0.05; below 1 / (draws + 1) it rests on extrapolation. */
  readonly alpha?: number
  /** A window with fewer rows is unknown. Default 100. */
  readonly minRows?: number
}

const DEFAULT_MIN_ROWS = 100
const LEADING = 5

/**
 * Whether a window differs from the reference in any column, pair or projection, decided from its profile alone.
 * @param current profile of a window over `test.spec`
 * @throws StatsError STATS_BINS_DIFFER when it was made over another spec, STATS_BAD_OPTION
 * @example
 * const random = createRandom(1)
 * const draw = (slope) => {
 *   const x = Float64Array.from({ length: 400 }, () => random.normal())
 *   return { rows: 400, numeric: { x, y: x.map((value) => slope * value + random.normal()) }, categorical: {} }
 * }
 * const test = freezeStreamTest(draw(1))
 * const window = createProfile(test.spec)
 * updateProfile(window, draw(-1))
 * compareStreams(test, window).leading[0].stream // 'x × y'
 */
export function compareStreams(
  test: StreamTest,
  current: Profile,
  options: StreamComparisonOptions = {},
): StreamComparison | Unknown {
  return compareWindowCounts(test, countsOf(test, current), options)
}

/**
 * Rows per cell of a window in all streams, columns first, for a decision and nothing else: where no profile is kept.
 * The counts of two windows add up to those of both.
 * @example
 * const rows = { rows: 200, numeric: { x: Float64Array.from({ length: 200 }, (_, i) => i) }, categorical: {} }
 * const test = freezeStreamTest(rows)
 * compareWindowCounts(test, countWindow(test, rows)).shifted // false
 */
export function countWindow(test: StreamTest, batch: ProfileBatch): Float64Array {
  const counts = new Float64Array(test.counts.length)
  countBatch(test.spec.columns, test.spec.streams, batch, counts)
  return counts
}

/**
 * The decision of `compareStreams` from the vector of `countWindow`.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_OPTION
 * @example
 * const rows = { rows: 200, numeric: { x: Float64Array.from({ length: 200 }, (_, i) => i) }, categorical: {} }
 * const test = freezeStreamTest(rows)
 * compareWindowCounts(test, new Float64Array(test.counts.length)).reason // 'too-few-rows'
 */
export function compareWindowCounts(
  test: StreamTest,
  current: Float64Array,
  options: StreamComparisonOptions = {},
): StreamComparison | Unknown {
  const alpha = options.alpha ?? 0.05
  const minRows = Math.max(1, options.minRows ?? DEFAULT_MIN_ROWS)
  if (!(minRows < Infinity))
    throw new StatsError('STATS_BAD_OPTION', `minRows of compareStreams is ${minRows}, expected a finite number`)
  if (!(alpha > 0 && alpha < 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `alpha of compareStreams is ${alpha}, expected more than 0 and less than 1`,
    )
  if (current.length !== test.counts.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `the window has ${current.length} counts, expected ${test.counts.length}`,
    )
  const rows = current.subarray(0, test.tables.tables[0]?.cells ?? 0).reduce((sum, count) => sum + count, 0)
  if (rows < minRows) return { kind: 'unknown', reason: 'too-few-rows', have: rows, need: minRows }
  const counts = Float64Array.from(current)
  const reference = Float64Array.from(test.counts)
  for (const side of [counts, reference]) poolRare(test.spec.columns, test.tables.columns, test.counts, side)
  const deviates = new Float64Array(test.tables.tables.length * PER_STREAM)
  const statistics = judge(test.tables, reference, counts, deviates)
  const families = Object.fromEntries(
    FAMILIES.map((family, f) => [family, Math.min(1, test.tables.sizes[f]! * normalCdf(-statistics[f]!))]),
  ) as Record<Family, number>
  const pValue = tailProbability(test.nulls, surprise(test.tables, statistics))
  return {
    kind: 'compared',
    rows: { reference: test.rows, current: rows },
    pValue,
    shifted: pValue <= alpha,
    alpha,
    families,
    leading: leadingStreams(test, deviates),
  }
}

function countsOf(test: StreamTest, { columns, streams }: Profile): Float64Array {
  if (!streams || !sameStreams(streams.spec, test.spec.streams))
    throw new StatsError(
      'STATS_BINS_DIFFER',
      'the window was not profiled over the streams of this test: createProfile(test.spec)',
    )
  const counts = new Float64Array(test.counts.length)
  let from = 0
  for (const name of test.tables.columns) {
    const column = columns[name]
    if (!column || !sameBins(column.bins, test.spec.columns[name]!))
      throw new StatsError('STATS_BINS_DIFFER', `column ${name} has other bins than the reference of this test`, {
        column: name,
      })
    counts.set(column.counts, from)
    from += column.counts.length
  }
  counts.set(streams.counts, from)
  return counts
}

function leadingStreams({ tables }: StreamTest, deviates: Float64Array): StreamComparison['leading'] {
  return tables.tables
    .map(({ name, family }, s) => ({
      stream: name,
      family,
      deviate: deviates.subarray(s * PER_STREAM, (s + 1) * PER_STREAM).reduce((most, each) => Math.max(most, each), 0),
    }))
    .sort((a, b) => b.deviate - a.deviate)
    .slice(0, LEADING)
}
