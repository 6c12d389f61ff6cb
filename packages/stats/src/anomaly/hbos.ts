import { StatsError } from '../error.ts'
import { type EncodedRecords, type RecordBins, recordBinCounts, requireSameBins } from './records.ts'
import { remembered } from './remember.ts'

/** Histogram-based outlier score: how often each bin of each feature was seen. Plain JSON; counts add up. */
export type Hbos = {
  readonly kind: 'hbos'
  readonly bins: RecordBins
  readonly rows: number
  /** Rows by feature and bin. */
  readonly counts: readonly (readonly number[])[]
}

/** Jeffreys' prior: an empty bin costs what the number of rows warrants, not infinity. */
const PSEUDO_ROWS = 0.5

/**
 * Counts the bins of some rows.
 * @see Goldstein and Dengel 2012
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * countHbos(bins, encodeRecords(bins, [Float64Array.of(0.5, 0.7, NaN)])).counts // [[0, 2, 0, 1]]
 */
export function countHbos(bins: RecordBins, records: EncodedRecords): Hbos {
  const counts = recordBinCounts(bins).map((size) => new Array<number>(size).fill(0))
  records.bins.forEach((column, j) => {
    for (let row = 0; row < records.rows; row++) counts[j]![column[row]!]! += 1
  })
  return { kind: 'hbos', bins, rows: records.rows, counts }
}

/**
 * Adds up the counts of two sets of rows over the same bins.
 * @throws StatsError STATS_BINS_DIFFER
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const half = countHbos(bins, encodeRecords(bins, [Float64Array.of(0.5)]))
 * mergeHbos(half, half).counts // [[0, 2, 0, 0]]
 */
export function mergeHbos(a: Hbos, b: Hbos): Hbos {
  requireSameBins(a.bins, b.bins)
  const counts = a.counts.map((list, j) => list.map((count, bin) => count + b.counts[j]![bin]!))
  return { kind: 'hbos', bins: a.bins, rows: a.rows + b.rows, counts }
}

/**
 * The score of each row, Σ over features of -ln(share of its bin / largest share of a bin), >= 0: rarer is higher. Tail
 * bins are narrow, so a share says how far out a value lies; dividing by the largest keeps a feature of many ordinary
 * values from weighing more than a flag.
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const hbos = countHbos(bins, encodeRecords(bins, [Float64Array.of(0.5, 0.7, 0.9)]))
 * hbosScores(hbos, encodeRecords(bins, [Float64Array.of(0.2, 7)])) // Float64Array [0, 1.94591]
 */
export function hbosScores(hbos: Hbos, records: EncodedRecords): Float64Array {
  const scores = new Float64Array(records.rows)
  hbosTables(hbos).forEach((table, j) => {
    const column = columnOf(records, j)
    for (let row = 0; row < records.rows; row++) scores[row]! += table[column[row]!]!
  })
  return scores
}

/**
 * What each feature adds to the score of each row, rows × features by row: they sum to it.
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const hbos = countHbos(bins, encodeRecords(bins, [Float64Array.of(0.5, 0.7, 0.9)]))
 * hbosReasons(hbos, encodeRecords(bins, [Float64Array.of(7)])) // Float64Array [1.94591]
 */
export function hbosReasons(hbos: Hbos, records: EncodedRecords): Float64Array {
  const features = hbos.counts.length
  const reasons = new Float64Array(records.rows * features)
  hbosTables(hbos).forEach((table, j) => {
    const column = columnOf(records, j)
    for (let row = 0; row < records.rows; row++) reasons[row * features + j] = table[column[row]!]!
  })
  return reasons
}

/** What a row gets for each bin of each feature. */
export const hbosTables = remembered(({ counts }: Hbos): readonly Float64Array[] =>
  counts.map((list) => {
    const most = list.reduce((high, count) => Math.max(high, count), 0)
    return Float64Array.from(list, (count) => Math.log((most + PSEUDO_ROWS) / (count + PSEUDO_ROWS)))
  }),
)

function columnOf(records: EncodedRecords, j: number): Uint8Array {
  const column = records.bins[j]
  if (column !== undefined) return column
  throw new StatsError('STATS_BAD_INPUT', `found records of ${records.bins.length} features, expected more than ${j}`)
}
