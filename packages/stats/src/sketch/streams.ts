import { StatsError } from '../error.ts'
import { createRandom } from '../random.ts'
import { type Bins, binCount, freezeBins, type NumericBins } from './bins.ts'
import { type ColumnCoding, codeColumn } from './coding.ts'
import { type Direction, leaveOut, randomDirections, residualDirections } from './directions.ts'
import { choosePairs, type StreamPair } from './partners.ts'
import { placesOf, valuesOf } from './places.ts'
import type { ProfileBatch } from './profile.ts'

/**
 * Further streams of counts, frozen from a reference: joint tables of pairs of columns, and projections, binned sums
 * over several columns. What changes in the dependence of columns shows there and in no column's own counts.
 */
export type StreamSpec = {
  /** Names of the columns, in the order in which pairs and projections mean them. */
  readonly columns: readonly string[]
  readonly codings: readonly ColumnCoding[]
  /** Coarse codes of a column, the one of missing values included: a pair has side² cells, `a * side + b`. */
  readonly side: number
  readonly pairs: readonly StreamPair[]
  readonly projections: readonly StreamProjection[]
}

/** A sum of scores, and its bins. `residual`: of one column after the others, else a random direction. */
export type StreamProjection = Direction & { readonly kind: 'random' | 'residual'; readonly bins: NumericBins }

export type StreamOptions = {
  /** Value groups of a column in a pair table, 2 to 15. Default 4. */
  readonly groups?: number
  /** Most dependent others of each column that it is paired with. Default 3. */
  readonly partners?: number
  /** Pairs kept beyond the partners, most dependent first, up to this many in all. Default 150. */
  readonly pairs?: number
  /** Sparse random projections. Default 32. */
  readonly projections?: number
  /** Columns in a random projection. Default 3. */
  readonly width?: number
  /** Whether each column's residual given the others is a projection too. Default true up to 64 columns. */
  readonly residuals?: boolean
  /** Bins of a projection, 2 to 32. Default 16. */
  readonly bins?: number
  /** Of the random projections. Default 'streams'. */
  readonly seed?: number | string
}

/** Where each stream's counts stand among those of all streams: pairs first, then projections. */
export type StreamLayout = { readonly offsets: readonly number[]; readonly length: number }

/** Ridge on second moments of unit variance: a column that is a function of the others keeps a little variance. */
const RIDGE = 0.01
const MOST_RESIDUAL_COLUMNS = 64

/**
 * Freezes pairs, scores and projections from reference rows.
 * @param columns frozen bins of the columns to join (`freezeProfile(reference).columns`)
 * @throws StatsError STATS_BAD_OPTION
 * @example
 * const rows = { rows: 4, numeric: { x: Float64Array.of(1, 2, 3, 4) }, categorical: { c: ['a', 'a', 'b', 'b'] } }
 * freezeStreams(rows, freezeProfile(rows).columns).pairs[0].information // 0.3181
 */
export function freezeStreams(
  reference: ProfileBatch,
  columns: Readonly<Record<string, Bins>>,
  options: StreamOptions = {},
): StreamSpec {
  return freezeWithRows(reference, columns, options).spec
}

/**
 * The spec, and the places of the reference rows in columns, pairs and projections, each row left out of what was
 * fitted to it.
 * @example
 * const rows = { rows: 2, numeric: { x: Float64Array.of(1, 2) }, categorical: {} }
 * freezeWithRows(rows, freezeProfile(rows).columns).places // [[1, 3]]
 */
export function freezeWithRows(
  reference: ProfileBatch,
  columns: Readonly<Record<string, Bins>>,
  options: StreamOptions = {},
): { readonly spec: StreamSpec; readonly places: readonly Uint16Array[] } {
  const groups = wholeOption('groups', options.groups ?? 4, 2, 15)
  const side = groups + 1
  const names = Object.keys(columns)
  const { rows } = reference
  const own = names.map((name) => placesOf(columns[name]!, valuesOf(reference, name, columns[name]!), rows))
  const codings = names.map((name, c) => codeColumn(columns[name]!, tally(own[c]!, binCount(columns[name]!)), groups))
  const codes = own.map((places, c) => Uint8Array.from(places, (place) => codings[c]!.groups[place]!))
  const pairs = choosePairs(codes, side, {
    partners: wholeOption('partners', options.partners ?? 3, 0, 1000),
    most: wholeOption('pairs', options.pairs ?? 150, 0, 1e6),
  })
  const scores = own.map((places, c) => Float64Array.from(places, (place) => codings[c]!.scores[place]!))
  const sums = freezeProjections(scores, rows, options)
  const joint = pairs.map(({ a, b }) => Uint16Array.from(codes[a]!, (code, i) => code * side + codes[b]![i]!))
  return {
    spec: { columns: names, codings, side, pairs, projections: sums.projections },
    places: [...own, ...joint, ...sums.places],
  }
}

/** @example streamLayout({ columns: [], codings: [], side: 5, pairs: [{ a: 0, b: 1, information: 0 }], projections: [] }).length // 25 */
export function streamLayout(spec: StreamSpec): StreamLayout {
  const offsets: number[] = []
  let length = 0
  for (let i = 0; i < spec.pairs.length; i++, length += spec.side ** 2) offsets.push(length)
  for (const { bins } of spec.projections) {
    offsets.push(length)
    length += binCount(bins)
  }
  return { offsets, length }
}

function freezeProjections(scores: readonly Float64Array[], rows: number, options: StreamOptions) {
  const count = wholeOption('projections', options.projections ?? 32, 0, 10_000)
  const width = wholeOption('width', options.width ?? 3, 2, 64)
  const maxBins = wholeOption('bins', options.bins ?? 16, 2, 32)
  const varying = scores.flatMap((column, c) => (column.some((score) => score !== column[0]) ? [c] : []))
  const random = randomDirections(varying, count, width, createRandom(options.seed ?? 'streams'))
  const sums = random.map((direction) => project(direction, scores, rows))
  const wanted = options.residuals ?? varying.length <= MOST_RESIDUAL_COLUMNS
  const residual = wanted && varying.length > 1 ? freezeResiduals(scores, varying, rows) : { directions: [], sums: [] }
  const all = [...random, ...residual.directions]
  const projections = [...sums, ...residual.sums].map(
    (values, i): StreamProjection => ({
      ...all[i]!,
      kind: i < random.length ? 'random' : 'residual',
      bins: freezeBins(values, { maxBins }),
    }),
  )
  const places = [...sums, ...residual.sums].map((values, i) => placesOf(projections[i]!.bins, values, rows))
  return { projections, places }
}

function freezeResiduals(scores: readonly Float64Array[], varying: readonly number[], rows: number) {
  const size = varying.length
  const moments = new Float64Array(size * size)
  for (let j = 0; j < size; j++)
    for (let k = 0; k <= j; k++) {
      const [x, y] = [scores[varying[j]!]!, scores[varying[k]!]!]
      let sum = 0
      for (let i = 0; i < rows; i++) sum += x[i]! * y[i]!
      moments[j * size + k] = moments[k * size + j] = sum / rows
    }
  const { directions, precision } = residualDirections(moments, varying, RIDGE)
  const sums = directions.map((direction) => project(direction, scores, rows))
  const residuals = new Float64Array(size)
  const row = new Float64Array(size)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < size; j++) {
      residuals[j] = sums[j]![i]!
      row[j] = scores[varying[j]!]![i]!
    }
    leaveOut(residuals, row, precision, rows)
    for (let j = 0; j < size; j++) sums[j]![i] = residuals[j]!
  }
  return { directions, sums }
}

function project({ columns, weights }: Direction, scores: readonly Float64Array[], rows: number): Float64Array {
  const sums = new Float64Array(rows)
  for (const [k, c] of columns.entries()) {
    const weight = weights[k]!
    const column = scores[c]!
    for (let i = 0; i < rows; i++) sums[i]! += weight * column[i]!
  }
  return sums
}

function tally(places: Uint16Array, length: number): Float64Array {
  const counts = new Float64Array(length)
  for (const place of places) counts[place]!++
  return counts
}

function wholeOption(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new StatsError(
    'STATS_BAD_OPTION',
    `${name} of streams is ${value}, expected an integer from ${least} to ${most}`,
    {
      [name]: value,
    },
  )
}
