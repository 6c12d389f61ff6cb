import { StatsError } from '../error.ts'
import { createRandom, type Random } from '../random.ts'
import {
  type BinOptions,
  binCount,
  freezeProfile,
  freezeWithRows,
  type ProfileBatch,
  type ProfileSpec,
  type StreamOptions,
  type StreamSpec,
  updateStreamCounts,
} from '../sketch/index.ts'
import { judge, layOut, PER_STREAM, poolRare, type StreamTables, surprise } from './components.ts'
import { type Tail, tailOf } from './tails.ts'

/** A reference made ready to be compared with windows: its counts, and what its streams do when nothing changed. */
export type StreamTest = {
  /** `createProfile(test.spec)` makes the profile of a window. */
  readonly spec: ProfileSpec & { readonly streams: StreamSpec }
  readonly rows: number
  readonly tables: StreamTables
  /** Reference rows per cell, columns first, then streams; each row left out of what was fitted to it. */
  readonly counts: Float64Array
  /** Null distribution of the decision's statistic, which is about -ln p of the most surprising family. */
  readonly nulls: Tail
}

export type StreamTestOptions = StreamOptions &
  BinOptions & {
    /** Null draws; the least p-value by rank is 1 / (draws + 1). Default 199. */
    readonly draws?: number
    /** Rows of the windows to come, for the null draws. Default those of the reference; 1,000 are drawn at most. */
    readonly windowRows?: number
  }

const DEFAULT_DRAWS = 199
/** Deviates depend on the rows through sparse cells only: more rows a draw cost time and change little. */
const MOST_DRAWN = 1000
const LEAST_ROWS = 100
/** Of a longer reference this many rows choose pairs and projections and draw the null; all are counted. */
const MOST_FROZEN = 20_000

/**
 * Freezes bins, pairs and projections from reference rows, and draws their joint null: both windows by chance, with
 * replacement, from the reference rows themselves, so that whatever depends on what in them does so in the null too.
 * The rows are not kept.
 * @throws StatsError STATS_TOO_FEW_ROWS below 100 rows, STATS_BAD_OPTION
 * @example
 * const random = createRandom(1)
 * const x = Float64Array.from({ length: 400 }, () => random.normal())
 * const test = freezeStreamTest({ rows: 400, numeric: { x, y: x.map((value) => value + random.normal()) }, categorical: {} })
 * test.spec.streams.pairs.length // 1
 */
export function freezeStreamTest(reference: ProfileBatch, options: StreamTestOptions = {}): StreamTest {
  const draws = options.draws ?? DEFAULT_DRAWS
  const windowRows = options.windowRows ?? reference.rows
  if (!(Number.isInteger(draws) && draws >= 39 && draws <= 1e5))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `draws of a stream test is ${draws}, expected an integer from 39 to 100,000`,
    )
  if (!(reference.rows >= LEAST_ROWS && windowRows >= 1))
    throw new StatsError(
      'STATS_TOO_FEW_ROWS',
      `a stream test got ${reference.rows} reference rows and windows of ${windowRows}, expected ${LEAST_ROWS} and 1 or more`,
      { have: reference.rows, need: LEAST_ROWS },
    )
  const { columns } = freezeProfile(reference, options)
  const random = createRandom(`null/${options.seed ?? 'streams'}`)
  const sample = sampleRows(reference, MOST_FROZEN, random.fork('sample'))
  const { spec, places } = freezeWithRows(sample, columns, options)
  const cells = [...Object.values(columns).map(binCount), ...streamCells(spec)]
  const counts = new Float64Array(cells.reduce((sum, own) => sum + own, 0))
  if (sample === reference) countRows(places, cells, null, reference.rows, counts)
  else countBatch(columns, spec, reference, counts)
  const tables = layOut(columns, spec, counts)
  const [n, m] = [Math.min(sample.rows, MOST_DRAWN), Math.min(windowRows, MOST_DRAWN)]
  const world = { places, cells, tables, columns, counts, n, m }
  const drawn = Array.from({ length: draws }, () => surprise(tables, drawNull(world, sample.rows, random)))
  return {
    spec: { columns, twins: false, streams: spec },
    rows: reference.rows,
    tables,
    counts,
    nulls: tailOf(drawn),
  }
}

/** Adds the rows of a batch to the counts of all streams, columns first. */
export function countBatch(
  columns: ProfileSpec['columns'],
  spec: StreamSpec,
  batch: ProfileBatch,
  counts: Float64Array,
): void {
  let from = 0
  const own = spec.columns.map((name) => {
    const cells = binCount(columns[name]!)
    from += cells
    return counts.subarray(from - cells, from)
  })
  updateStreamCounts({ spec, counts: counts.subarray(from), twins: null }, columns, batch, own)
}

function sampleRows(batch: ProfileBatch, most: number, random: Random): ProfileBatch {
  if (batch.rows <= most) return batch
  const chosen = Int32Array.from({ length: most }, () => random.integer(batch.rows)).sort()
  const numeric = Object.entries(batch.numeric).map(([name, values]) => [
    name,
    Float64Array.from(chosen, (i) => values[i]!),
  ])
  const categorical = Object.entries(batch.categorical).map(([name, values]) => [
    name,
    Array.from(chosen, (i) => values[i]!),
  ])
  return { rows: most, numeric: Object.fromEntries(numeric), categorical: Object.fromEntries(categorical) }
}

type NullDraw = {
  readonly places: readonly Uint16Array[]
  readonly cells: readonly number[]
  readonly tables: StreamTables
  readonly columns: ProfileSpec['columns']
  readonly counts: Float64Array
  readonly n: number
  readonly m: number
}

function drawNull({ places, cells, tables, columns, counts, n, m }: NullDraw, rows: number, random: Random): number[] {
  const [reference, current] = [n, m].map((size) => {
    const chosen = Int32Array.from({ length: size }, () => random.integer(rows))
    const drawn = new Float64Array(counts.length)
    countRows(places, cells, chosen, size, drawn)
    poolRare(columns, tables.columns, counts, drawn)
    return drawn
  })
  return judge(tables, reference!, current!, new Float64Array(tables.tables.length * PER_STREAM))
}

function countRows(
  places: readonly Uint16Array[],
  cells: readonly number[],
  chosen: Int32Array | null,
  rows: number,
  counts: Float64Array,
): void {
  let from = 0
  for (const [s, own] of places.entries()) {
    if (chosen === null) for (let i = 0; i < rows; i++) counts[from + own[i]!]!++
    else for (let i = 0; i < rows; i++) counts[from + own[chosen[i]!]!]!++
    from += cells[s]!
  }
}

function streamCells(spec: StreamSpec): number[] {
  return [...spec.pairs.map(() => spec.side ** 2), ...spec.projections.map(({ bins }) => binCount(bins))]
}
