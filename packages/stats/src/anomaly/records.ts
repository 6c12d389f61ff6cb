import { StatsError } from '../error.ts'
import type { Feature } from '../learn/index.ts'
import { remembered } from './remember.ts'

/**
 * Bins of one feature of a record, frozen from the reference; all that a detector sees of a value is its bin.
 * Numeric: bin b of 0 … edges.length holds values up to and with edges[b], above edges[b - 1]: the first lies below the
 * reference, the last above it, and bins are narrower in its tails. Categorical: bin b of the codes listed, by
 * frequency; then one for rarer and unseen codes. The last bin of either holds missing values.
 */
export type RecordFeature =
  | { readonly name: string; readonly kind: 'numeric'; readonly edges: readonly number[] }
  | {
      readonly name: string
      readonly kind: 'categorical'
      readonly codes: readonly number[]
      /** Codes 0 … categories - 1 were known. */
      readonly categories: number
    }

export type RecordBins = { readonly kind: 'record-bins'; readonly features: readonly RecordFeature[] }

/** Bins of rows, by feature; a bin is one byte. */
export type EncodedRecords = { readonly rows: number; readonly bins: readonly Uint8Array[] }

/** Where a tail is refined: half a per cent of rows is a bin, and a tenth of a per cent. */
const TAIL = [0.001, 0.0025, 0.005, 0.01, 0.025]
const BODY = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)
const LEVELS = [...TAIL, ...BODY, ...TAIL.map((level) => 1 - level).reverse()]
/** A column of so few values has a bin for each. */
const FEW_VALUES = LEVELS.length + 1
/** A value of this share has a bin of its own. */
const HEAVY = 0.025
const LISTED_CODES = 30

/**
 * Freezes the bins of every feature, at most 70 each. Numbers are compared as float32, as a served model gets them.
 * @param features NaN = missing; an infinite number counts as missing; categories as whole codes
 * @throws StatsError STATS_BAD_INPUT with no feature, no row, other lengths or a code that is none
 * @example
 * const age = { name: 'age', kind: 'numeric', values: Float64Array.of(1, 2, 2, NaN) }
 * recordBinCounts(freezeRecordBins([age])) // [5]
 */
export function freezeRecordBins(features: readonly Feature[]): RecordBins {
  checkRecords(features)
  return { kind: 'record-bins', features: features.map(freeze) }
}

/**
 * Bins of each feature, those outside the reference and the one of missing values included.
 * @example recordBinCounts({ kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }) // [4]
 */
export function recordBinCounts({ features }: RecordBins): number[] {
  return features.map((feature) => (feature.kind === 'numeric' ? feature.edges.length : feature.codes.length) + 2)
}

/**
 * The bins of some rows.
 * @param columns in the order of the features
 * @throws StatsError STATS_BAD_INPUT when number or lengths of the columns do not fit
 * @example
 * const bins = { kind: 'record-bins', features: [{ name: 'x', kind: 'numeric', edges: [0, 1] }] }
 * encodeRecords(bins, [Float64Array.of(-1, 0.5, 2, NaN)]).bins[0] // Uint8Array [0, 1, 2, 3]
 */
export function encodeRecords({ features }: RecordBins, columns: readonly Float64Array[]): EncodedRecords {
  const rows = columns[0]?.length ?? 0
  if (columns.length !== features.length || columns.some((column) => column.length !== rows)) {
    const found = columns.map((column) => column.length).join(', ') || 'none'
    const expected = features.map(({ name }) => name).join(', ')
    throw new StatsError(
      'STATS_BAD_INPUT',
      `found columns of lengths ${found}, expected ${expected}, all of one length`,
    )
  }
  return { rows, bins: features.map((feature, j) => encode(feature, columns[j]!)) }
}

/** Whether two sets of bins count the same things: only then do counts add up. */
export function requireSameBins(one: RecordBins, other: RecordBins): void {
  if (one === other || JSON.stringify(one) === JSON.stringify(other)) return
  const names = (bins: RecordBins) => bins.features.map(({ name }) => name).join(', ')
  throw new StatsError('STATS_BINS_DIFFER', `found bins of ${names(other)}, expected the same bins of ${names(one)}`)
}

function freeze({ name, kind, values, categories }: Feature): RecordFeature {
  return kind === 'numeric'
    ? { name, kind, edges: edgesOf(values) }
    : { name, kind, ...codesOf(values, categories ?? 0) }
}

function edgesOf(values: Float64Array): number[] {
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort()
  if (sorted.length === 0) return []
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  const edges = new Set<number>([previousFloat32(sorted[0]!), sorted.at(-1)!])
  if (distinct.length <= FEW_VALUES) for (const value of distinct) edges.add(value)
  else {
    for (const level of LEVELS) edges.add(sorted[Math.floor(level * (sorted.length - 1))]!)
    for (const value of heavyValues(sorted)) edges.add(previousFloat32(value)).add(value)
  }
  return [...edges].filter(Number.isFinite).sort((a, b) => a - b)
}

function heavyValues(sorted: Float32Array): number[] {
  const least = Math.max(2, HEAVY * sorted.length)
  const heavy: number[] = []
  for (let from = 0; from < sorted.length; ) {
    let until = from + 1
    while (until < sorted.length && sorted[until] === sorted[from]) until++
    if (until - from >= least) heavy.push(sorted[from]!)
    from = until
  }
  return heavy
}

function codesOf(values: Float64Array, declared: number): { codes: number[]; categories: number } {
  const counts = new Map<number, number>()
  let categories = declared
  for (const code of values) {
    if (Number.isNaN(code)) continue
    counts.set(code, (counts.get(code) ?? 0) + 1)
    categories = Math.max(categories, code + 1)
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return { codes: ranked.slice(0, LISTED_CODES).map(([code]) => code), categories }
}

function encode(feature: RecordFeature, column: Float64Array): Uint8Array {
  const bins = new Uint8Array(column.length)
  if (feature.kind === 'categorical') {
    const known = binsByCode(feature)
    const other = feature.codes.length
    for (let row = 0; row < column.length; row++) {
      const code = column[row]!
      bins[row] = Number.isNaN(code) ? other + 1 : (known.get(code) ?? other)
    }
    return bins
  }
  const { edges } = feature
  for (let row = 0; row < column.length; row++) {
    const value = Math.fround(column[row]!)
    bins[row] = Number.isFinite(value) ? edgesBelow(edges, value) : edges.length + 1
  }
  return bins
}

const binsByCode = remembered(
  (feature: Extract<RecordFeature, { kind: 'categorical' }>) => new Map(feature.codes.map((code, bin) => [code, bin])),
)

function edgesBelow(edges: readonly number[], value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function previousFloat32(value: number): number {
  if (value === 0) return -(2 ** -149)
  const bits = new Int32Array(Float32Array.of(value).buffer)
  bits[0] = bits[0]! + (value > 0 ? -1 : 1)
  return new Float32Array(bits.buffer)[0]!
}

function checkRecords(features: readonly Feature[]): void {
  const refuse = (message: string) => {
    throw new StatsError('STATS_BAD_INPUT', message)
  }
  const rows = features[0]?.values.length ?? 0
  if (rows === 0) refuse(`found ${features.length} features of ${rows} rows, expected at least one of each`)
  for (const { name, kind, values } of features) {
    if (values.length !== rows) refuse(`feature ${name} has ${values.length} rows, expected ${rows}`)
    if (kind === 'numeric') continue
    const bad = values.findIndex((code) => !Number.isNaN(code) && !(Number.isInteger(code) && code >= 0 && code <= 1e9))
    if (bad >= 0) refuse(`feature ${name} row ${bad} is ${values[bad]}, expected a whole code from 0, or NaN`)
  }
}
