import { StatsError } from '../error.ts'
import type { Hbos } from './hbos.ts'
import { drawProjections, type Projection } from './projections.ts'
import { type EncodedRecords, type RecordBins, requireSameBins } from './records.ts'
import { remembered } from './remember.ts'

/** Lightweight on-line detector of anomalies: histograms along random lines. Plain JSON; counts add up. */
export type Loda = {
  readonly kind: 'loda'
  readonly bins: RecordBins
  readonly lines: readonly LodaLine[]
}

/** A line, and how many rows were seen in each part of it: below, SEGMENTS of equal length, above. */
export type LodaLine = Projection & {
  readonly from: number
  readonly length: number
  readonly counts: readonly number[]
}

export type LodaOptions = {
  readonly seed: number | string
  /** Lines; 100. */
  readonly lines?: number
}

const LINES = 100
const SEGMENTS = 24
const PSEUDO_ROWS = 0.5

/**
 * Draws lines and counts the reference along them.
 * @param marginals of the same reference: where on a line a bin lies
 * @see Pevný 2016. Deviation: bins' normal scores instead of raw values, equal segments over the range of the reference
 * @example
 * const random = createRandom(1)
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.from({ length: 500 }, random.normal) }
 * const bins = freezeRecordBins([x])
 * const records = encodeRecords(bins, [x.values])
 * const loda = fitLoda(countHbos(bins, records), records, { seed: 1 })
 * const [middle, tail] = lodaScores(loda, encodeRecords(bins, [Float64Array.of(0, 9)]))
 * tail > middle + 2 // true
 */
export function fitLoda(marginals: Hbos, records: EncodedRecords, options: LodaOptions): Loda {
  const lines = options.lines ?? LINES
  if (!(Number.isInteger(lines) && lines >= 1 && lines <= 10_000)) {
    throw new StatsError('STATS_BAD_OPTION', `lines of fitLoda is ${lines}, expected a whole number from 1 to 10,000`)
  }
  const projections = drawProjections(marginals, lines, options.seed)
  return {
    kind: 'loda',
    bins: marginals.bins,
    lines: projections.map((projection) => {
      const places = projected(projection, records)
      const present = places.filter((place) => !Number.isNaN(place))
      const from = present.reduce((least, place) => Math.min(least, place), present[0] ?? 0)
      const until = present.reduce((most, place) => Math.max(most, place), from)
      const line = { ...projection, from, length: until - from, counts: new Array<number>(SEGMENTS + 2).fill(0) }
      return { ...line, counts: counted(line, places) }
    }),
  }
}

/**
 * The same lines with further rows counted.
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const records = encodeRecords(bins, [Float64Array.of(0.5, 0.7)])
 * const loda = fitLoda(countHbos(bins, records), records, { seed: 1, lines: 1 })
 * countLoda(loda, records).lines[0].counts.reduce((sum, count) => sum + count) // 4
 */
export function countLoda(loda: Loda, records: EncodedRecords): Loda {
  return { ...loda, lines: loda.lines.map((line) => ({ ...line, counts: counted(line, projected(line, records)) })) }
}

/**
 * Adds up what was counted along the same lines.
 * @throws StatsError STATS_BINS_DIFFER when the bins or the lines differ
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const records = encodeRecords(bins, [Float64Array.of(0.5, 0.7)])
 * const loda = fitLoda(countHbos(bins, records), records, { seed: 1, lines: 1 })
 * mergeLoda(loda, loda).lines[0].counts.reduce((sum, count) => sum + count) // 4
 */
export function mergeLoda(a: Loda, b: Loda): Loda {
  requireSameBins(a.bins, b.bins)
  const shape = ({ lines }: Loda) =>
    JSON.stringify(lines.map(({ features, places, from, length }) => [features, places, from, length]))
  if (shape(a) !== shape(b)) {
    throw new StatsError(
      'STATS_BINS_DIFFER',
      `found ${b.lines.length} other lines, expected those of the first detector`,
    )
  }
  const merged = a.lines.map((line, k) => ({
    ...line,
    counts: line.counts.map((count, i) => count + b.lines[k]!.counts[i]!),
  }))
  return { ...a, lines: merged }
}

/**
 * Mean over the lines of -ln(share of the row's part of it); lines through a missing value are left out. A row that no
 * line is left for gets the mean of a row that lies in the fullest part of each.
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * const records = encodeRecords(bins, [Float64Array.of(0.5, 0.7)])
 * const loda = fitLoda(countHbos(bins, records), records, { seed: 1, lines: 1 })
 * lodaScores(loda, encodeRecords(bins, [Float64Array.of(0.2, NaN)])) // Float64Array [1.791759, 1.791759]
 */
export function lodaScores(loda: Loda, records: EncodedRecords): Float64Array {
  const scores = new Float64Array(records.rows)
  const seen = new Uint32Array(records.rows)
  let ordinary = 0
  for (const line of loda.lines) {
    const costs = costsOf(line)
    ordinary += costs.reduce((least, cost) => Math.min(least, cost), Number.POSITIVE_INFINITY) / loda.lines.length
    const places = projected(line, records)
    for (let row = 0; row < records.rows; row++) {
      const segment = segmentOf(line, places[row]!)
      if (segment < 0) continue
      scores[row]! += costs[segment]!
      seen[row]! += 1
    }
  }
  return scores.map((score, row) => (seen[row] === 0 ? ordinary : score / seen[row]!))
}

/**
 * Why a row scores high, rows × features by row: for each feature, the mean cost of the lines through it less that of
 * the lines past it, over its standard error (Welch's t). 0 where fewer than two lines pass on either side.
 * @see Pevný 2016, section 3.3
 * @example
 * const random = createRandom(1)
 * const features = ['a', 'b', 'c', 'd'].map((name) => ({ name, kind: 'numeric', values: Float64Array.from({ length: 500 }, random.normal) }))
 * const bins = freezeRecordBins(features)
 * const records = encodeRecords(bins, features.map(({ values }) => values))
 * const loda = fitLoda(countHbos(bins, records), records, { seed: 1 })
 * const odd = encodeRecords(bins, [0, 0, 9, 0].map((value) => Float64Array.of(value)))
 * lodaReasons(loda, odd).indexOf(Math.max(...lodaReasons(loda, odd))) // 2
 */
export function lodaReasons(loda: Loda, records: EncodedRecords): Float64Array {
  const features = loda.bins.features.length
  const size = records.rows * features
  const through = newSums(size)
  const all = newSums(records.rows)
  for (const line of loda.lines) {
    const costs = costsOf(line)
    const places = projected(line, records)
    for (let row = 0; row < records.rows; row++) {
      const segment = segmentOf(line, places[row]!)
      if (segment < 0) continue
      add(all, row, costs[segment]!)
      for (const feature of line.features) add(through, row * features + feature, costs[segment]!)
    }
  }
  return Float64Array.from({ length: size }, (_, i) => welch(through, all, i, Math.floor(i / features)))
}

type Sums = { readonly count: Float64Array; readonly sum: Float64Array; readonly squares: Float64Array }

function newSums(size: number): Sums {
  return { count: new Float64Array(size), sum: new Float64Array(size), squares: new Float64Array(size) }
}

function add({ count, sum, squares }: Sums, at: number, value: number): void {
  count[at]! += 1
  sum[at]! += value
  squares[at]! += value * value
}

function welch(through: Sums, all: Sums, i: number, row: number): number {
  const count = through.count[i]!
  const rest = all.count[row]! - count
  if (count < 2 || rest < 2) return 0
  const mean = through.sum[i]! / count
  const restMean = (all.sum[row]! - through.sum[i]!) / rest
  const variance = Math.max(0, through.squares[i]! / count - mean * mean) / (count - 1)
  const restVariance = Math.max(0, (all.squares[row]! - through.squares[i]!) / rest - restMean * restMean) / (rest - 1)
  const error = Math.sqrt(variance + restVariance)
  return error > 0 ? (mean - restMean) / error : 0
}

/** Where each row lies on the line; NaN where a value it needs is missing. */
function projected(projection: Projection, records: EncodedRecords): Float64Array {
  const tables = tablesOf(projection)
  const along = new Float64Array(records.rows)
  projection.features.forEach((feature, i) => {
    const table = tables[i]!
    const column = records.bins[feature]!
    for (let row = 0; row < records.rows; row++) along[row]! += table[column[row]!]!
  })
  return along
}

const tablesOf = remembered(({ places }: Projection) =>
  places.map((list) => Float64Array.from(list, (place) => place ?? Number.NaN)),
)

function counted(line: LodaLine, places: Float64Array): number[] {
  const counts = [...line.counts]
  for (const place of places) {
    const segment = segmentOf(line, place)
    if (segment >= 0) counts[segment]! += 1
  }
  return counts
}

/** 0 below the reference, 1 … SEGMENTS within, SEGMENTS + 1 above; -1 where the place is unknown. */
function segmentOf({ from, length }: LodaLine, place: number): number {
  if (Number.isNaN(place)) return -1
  if (place < from) return 0
  if (place > from + length) return SEGMENTS + 1
  return length === 0 ? 1 : 1 + Math.min(SEGMENTS - 1, Math.floor(((place - from) / length) * SEGMENTS))
}

const costsOf = remembered(({ counts }: LodaLine) => {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  return Float64Array.from(counts, (count) => Math.log((rows + PSEUDO_ROWS * counts.length) / (count + PSEUDO_ROWS)))
})
