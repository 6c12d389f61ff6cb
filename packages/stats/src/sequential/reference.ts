import { StatsError, type Unknown } from '../error.ts'
import {
  DEFAULT_MIN_ROWS,
  DEFAULT_SCALES,
  type FitOptions,
  familiesOf,
  fitStream,
  type StreamReference,
  withFamilies,
} from './stream-reference.ts'
import { MOST_BINS } from './watch.ts'

/** A stream of counts: a feature, a pair of features, a score, anything that falls into bins. */
export type Stream = { readonly name: string; readonly bins: number }

/** The rows of one hour, binned: one count vector per stream, in the order of the streams. */
export type HourBucket = {
  /** Whole hours since 1970 on the clock the traffic lives by. */
  readonly hour: number
  readonly counts: readonly ArrayLike<number>[]
  /** Rows of one half of the entities, where twins are kept (reference only). */
  readonly twins?: readonly ArrayLike<number>[]
  /** Name of a calendar cell (holiday, month-end); an ordinary hour has none. */
  readonly calendar?: string
}

export type Reference = {
  readonly scales: readonly number[]
  readonly minRows: number
  readonly streams: readonly Stream[]
  /** What is normal for each stream, or why that cannot be said. */
  readonly fitted: readonly (StreamReference | Unknown)[]
  /** Calendar cells the reference has seen. */
  readonly calendar: readonly string[]
}

/**
 * Learns what is normal, stream by stream, from hours in which nothing was wrong: seasons, design effect, tolerance.
 * A stream that cannot be fitted is unknown with a reason, and is not watched; the others are not affected. How far
 * streams wander is learnt from all of them together, as far as they are alike.
 * @param history at least some weeks of hours, ascending; with two weeks or more the season of the week is learnt
 * @throws StatsError STATS_HOURS_NOT_ASCENDING, STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_BAD_OPTION
 * @see methods of this folder: tolerance-ball.ts, hierarchy.ts, tolerance.ts
 * @example
 * const hours = Array.from({ length: 336 }, (_, hour) => ({ hour, counts: [[300, 200]] }))
 * const reference = fitReference([{ name: 'plan', bins: 2 }], hours)
 * reference.fitted[0].level // 'constant'
 * reference.fitted[0].tolerances[0].kappa // 0.001
 */
export function fitReference(
  streams: readonly Stream[],
  history: readonly HourBucket[],
  options: FitOptions = {},
): Reference {
  checkOptions(options)
  for (const { name, bins } of streams)
    if (!(Number.isInteger(bins) && bins >= 1 && bins <= MOST_BINS))
      throw new StatsError('STATS_BAD_OPTION', `stream ${name} has ${bins} bins, expected 1 to ${MOST_BINS}`, { name })
  checkHistory(streams, history)
  const hours = history.map(({ hour }) => hour)
  const calendar = history.map((bucket) => bucket.calendar)
  const hasTwins = history.length > 0 && history.every(({ twins }) => twins !== undefined)
  const alone = streams.map(({ name, bins }, s) =>
    history.length === 0
      ? ({ kind: 'unknown', reason: 'too-few-rows', have: 0, need: 1 } as const)
      : fitStream(
          {
            name,
            bins,
            hours,
            calendar,
            counts: flat(history, bins, (bucket) => bucket.counts[s]!),
            ...(hasTwins && { twins: flat(history, bins, (bucket) => bucket.twins![s]!) }),
          },
          options,
        ),
  )
  const families = familiesOf(alone)
  const fitted = alone.map((stream) => (stream.kind === 'fitted' ? withFamilies(stream, families, options) : stream))
  return {
    scales: options.scales ?? DEFAULT_SCALES,
    minRows: options.minRows ?? DEFAULT_MIN_ROWS,
    streams,
    fitted,
    calendar: [...new Set(calendar)].filter((name) => name !== undefined),
  }
}

function checkOptions({ scales = DEFAULT_SCALES, minRows = 1, kappaMin = 1, outside = 0.5 }: FitOptions): void {
  const isScale = (hours: number) => Number.isInteger(hours) && hours >= 1 && 24 % hours === 0
  const isRight =
    scales.length > 0 &&
    scales.every(isScale) &&
    minRows >= 1 &&
    minRows < Infinity &&
    kappaMin > 0 &&
    kappaMin < Infinity &&
    outside > 0 &&
    outside < 1
  if (isRight) return
  throw new StatsError(
    'STATS_BAD_OPTION',
    `a reference needs scales that divide 24, minRows >= 1, kappaMin > 0, 0 < outside < 1, found ${scales.join(' ')}, ${minRows}, ${kappaMin}, ${outside}`,
  )
}

function checkHistory(streams: readonly Stream[], history: readonly HourBucket[]): void {
  for (let t = 0; t < history.length; t++) {
    checkBucket(streams, history[t]!)
    if (t > 0 && history[t]!.hour <= history[t - 1]!.hour)
      throw new StatsError(
        'STATS_HOURS_NOT_ASCENDING',
        `hour ${history[t]!.hour} follows hour ${history[t - 1]!.hour}, expected a later one`,
        { hour: history[t]!.hour },
      )
  }
}

/** @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT naming stream and bin, STATS_BAD_OPTION for an hour that is no whole number */
export function checkBucket(streams: readonly Stream[], { hour, counts, twins }: HourBucket): void {
  if (!Number.isSafeInteger(hour))
    throw new StatsError('STATS_BAD_OPTION', `the hour of a bucket is ${hour}, expected a whole number`, { hour })
  if (counts.length !== streams.length || (twins && twins.length !== streams.length))
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `hour ${hour} has counts of ${counts.length} streams, expected ${streams.length}`,
      { hour, found: counts.length, expected: streams.length },
    )
  for (let s = 0; s < streams.length; s++) {
    checkCounts(streams[s]!, hour, counts[s]!)
    if (twins) checkCounts(streams[s]!, hour, twins[s]!)
  }
}

function checkCounts({ name, bins }: Stream, hour: number, counts: ArrayLike<number>): void {
  if (counts.length !== bins)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `hour ${hour} of stream ${name} has ${counts.length} bins, expected ${bins}`,
      { hour, name, found: counts.length, expected: bins },
    )
  for (let j = 0; j < bins; j++) {
    const rows = counts[j]!
    if (!(rows >= 0 && rows < Infinity))
      throw new StatsError(
        'STATS_BAD_COUNT',
        `hour ${hour} of stream ${name} has ${rows} rows in bin ${j}, expected a finite number from 0`,
        { hour, name, bin: j, found: rows },
      )
  }
}

function flat(
  history: readonly HourBucket[],
  bins: number,
  countsOf: (bucket: HourBucket) => ArrayLike<number>,
): Float64Array {
  const all = new Float64Array(history.length * bins)
  history.forEach((bucket, t) => {
    all.set(countsOf(bucket), t * bins)
  })
  return all
}
