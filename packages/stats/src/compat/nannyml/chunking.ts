import { StatsError } from '../../error.ts'
import { type Period, periodOf } from './calendar.ts'
import { checkFrame, type Frame, rowNumbers, rowsOf } from './frame.ts'
import { ascendingOrder } from './order.ts'

/** What becomes of the rows left over at the end. */
export type Incomplete = 'keep' | 'append' | 'drop'

/** How rows are cut: by a number of rows, into a number of chunks, by calendar, or (default) into ten. */
export type Chunking =
  | { readonly by: 'size'; readonly rows: number; readonly incomplete?: Incomplete }
  | { readonly by: 'number'; readonly chunks: number; readonly incomplete?: Incomplete }
  | { readonly by: 'period'; readonly period: Period }
  | { readonly by: 'default' }

/** The peer's chunk columns; indices are inclusive places in the order of time, dates milliseconds since 1970. */
export type Chunk = {
  readonly key: string
  readonly chunkIndex: number
  readonly startIndex: number
  readonly endIndex: number
  readonly startDate: number | null
  readonly endDate: number | null
  readonly period: 'reference' | 'analysis'
}

/** A chunk and the rows of the frame that are in it, in order. */
export type ChunkRows = { readonly chunk: Chunk; readonly rows: Uint32Array }

const DEFAULT_CHUNKS = 10

/**
 * Cuts rows into chunks as NannyML 0.13 does: sorted by timestamp where there is one, then consecutive blocks; a number
 * of chunks is turned into a size, floor(rows / chunks), so that the leftover makes one more. What is wrong with it: a
 * leftover of few rows is a chunk like the others, and its noise widens every threshold (of 5,001 rows the eleventh
 * chunk has one, and the Jensen-Shannon threshold goes from 0.11 to 0.75); reference and analysis get different sizes
 * by default. Use windows of time with a least number of rows, each a `Profile`, which can be merged.
 * @throws StatsError STATS_EMPTY_SAMPLE, STATS_LENGTHS_DIFFER, STATS_BAD_OPTION, STATS_TIMESTAMPS_ABSENT
 * @example nannyml.splitChunks({ columns: { x: new Float64Array(25) } }, { by: 'size', rows: 10 }).map(({ chunk }) => chunk.key) // ['[0:9]', '[10:19]', '[20:24]']
 */
export function splitChunks(
  frame: Frame,
  chunking: Chunking = { by: 'default' },
  period: Chunk['period'] = 'analysis',
): readonly ChunkRows[] {
  checkFrame('splitChunks', frame)
  const order = frame.timestamps === undefined ? rowNumbers(rowsOf(frame)) : ascendingOrder(frame.timestamps)
  if (chunking.by === 'period') return byPeriod(frame, order, chunking.period, period)
  return bySize(order, sizeOf(chunking, order.length), chunking.by === 'default' ? 'keep' : chunking.incomplete).map(
    ({ from, until, key }, chunkIndex) => {
      const rows = order.subarray(from, until)
      const dates = datesOf(frame, rows)
      return { rows, chunk: { key, chunkIndex, startIndex: from, endIndex: until - 1, ...dates, period } }
    },
  )
}

type Block = { readonly from: number; readonly until: number; readonly key: string }

function sizeOf(chunking: Exclude<Chunking, { by: 'period' }>, rows: number): number {
  const asked = chunking.by === 'size' ? chunking.rows : chunking.by === 'number' ? chunking.chunks : DEFAULT_CHUNKS
  if (!(Number.isInteger(asked) && asked > 0))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `chunking by ${chunking.by} asks for ${asked}, expected a whole number from 1`,
    )
  if (chunking.by === 'size') return asked
  const size = Math.floor(rows / asked)
  if (size > 0) return size
  throw new StatsError(
    'STATS_TOO_FEW_ROWS',
    `${rows} rows cannot make ${asked} chunks, expected at least ${asked} rows`,
    {
      have: rows,
      need: asked,
    },
  )
}

function bySize(order: Uint32Array, size: number, incomplete: Incomplete = 'keep'): readonly Block[] {
  const whole = Math.floor(order.length / size)
  const block = (from: number, until: number) => ({ from, until, key: `[${from}:${until - 1}]` })
  const blocks = Array.from({ length: whole }, (_, i) => block(i * size, (i + 1) * size))
  if (whole * size === order.length || incomplete === 'drop') {
    if (blocks.length > 0) return blocks
  } else if (incomplete === 'keep') return [...blocks, block(whole * size, order.length)]
  else if (whole > 0) return [...blocks.slice(0, -1), block((whole - 1) * size, order.length)]
  throw new StatsError(
    'STATS_TOO_FEW_ROWS',
    `${order.length} rows make no chunk of ${size}, expected at least ${size}`,
    {
      have: order.length,
      need: size,
    },
  )
}

function byPeriod(frame: Frame, order: Uint32Array, by: Period, period: Chunk['period']): readonly ChunkRows[] {
  if (frame.timestamps === undefined)
    throw new StatsError('STATS_TIMESTAMPS_ABSENT', 'chunking by period needs timestamps, found none')
  const spans: { key: string; start: number; end: number; from: number; until: number }[] = []
  for (let place = 0; place < order.length; place++) {
    const at = frame.timestamps[order[place]!]!
    if (Number.isNaN(at)) break
    if (at <= (spans.at(-1)?.end ?? -Infinity)) spans.at(-1)!.until = place + 1
    else spans.push({ ...periodOf(at, by), from: place, until: place + 1 })
  }
  return spans.map(({ key, start, end, from, until }, chunkIndex) => ({
    rows: order.subarray(from, until),
    chunk: { key, chunkIndex, startIndex: from, endIndex: until - 1, startDate: start, endDate: end, period },
  }))
}

/** First and last moment of rows that are in order of time, those without one aside. */
function datesOf({ timestamps }: Frame, rows: Uint32Array): Pick<Chunk, 'startDate' | 'endDate'> {
  if (timestamps === undefined) return { startDate: null, endDate: null }
  const known = rows.filter((row) => !Number.isNaN(timestamps[row]!))
  const at = (row: number | undefined) => (row === undefined ? null : timestamps[row]!)
  return { startDate: at(known[0]), endDate: at(known.at(-1)) }
}
