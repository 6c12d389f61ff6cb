import { StatsError } from '../error.ts'

/**
 * Bins of a numeric column, frozen from its reference. Bin i holds `edges[i] <= x < edges[i + 1]`; a heavy value v is
 * the bin `[v, nextUp(v))`, so one rule serves both. Counts are laid out as
 * `[below, bin 0 … bin n-1, above, missing, invalid]`: the first n + 2 are in the order of the values.
 * An all-missing reference has no edges; every value then counts as above.
 */
export type NumericBins = { readonly kind: 'numeric'; readonly edges: readonly number[] }

/**
 * Bins of a categorical column. `values` (most frequent first) have a bin each; `known` are the rarer values of the
 * reference, pooled in *other*. `open` says that the reference had more values than could be kept: then a value
 * outside both lists may be an old one, and counts as other instead of unseen.
 * Counts are laid out as `[value 0 … value k-1, other, unseen, missing, invalid]`.
 */
export type CategoricalBins = {
  readonly kind: 'categorical'
  readonly values: readonly string[]
  readonly known: readonly string[]
  readonly open: boolean
  /** Share of the reference's rows whose value occurs once in it: how many rows of a new window are unseen by chance. */
  readonly singletonShare: number
}

export type Bins = NumericBins | CategoricalBins

export type BinOptions = {
  /** Quantile bins of a numeric column, 2 to 32; heavy values may add to them. Default 16. */
  readonly maxBins?: number
  /** Categories with a bin of their own. Default 30. */
  readonly topK?: number
}

/** A categorical value of the wrong type (an object, a number where text is due): counts as invalid. */
export const INVALID_CATEGORY = '\u0000invalid'

/** Edges of a numeric column: 32 heavy values, each with a bin and a gap before it, need fewer. */
export const MAX_EDGES = 127

const DEFAULT_MAX_BINS = 16
const DEFAULT_TOP_K = 30
/** Rare values remembered so that they are not taken for unseen ones; beyond it the bins are `open`. */
const MAX_KNOWN = 4096

/**
 * Freezes the bins of a column from its reference values.
 * @param values numeric: Float64Array, NaN = missing, ±Infinity = invalid; categorical: strings, null = missing
 * @example binLabels(freezeBins(Float64Array.of(0, 0, 1, 1))) // ["below", "= 0", "(0, 1)", "= 1", "above", "missing", "invalid"]
 * @example freezeBins(['a', 'b', 'a', null]).values // ["a", "b"]
 */
export function freezeBins(values: Float64Array, options?: BinOptions): NumericBins
export function freezeBins(values: readonly (string | null)[], options?: BinOptions): CategoricalBins
export function freezeBins(values: Float64Array | readonly (string | null)[], options: BinOptions = {}): Bins {
  return values instanceof Float64Array
    ? freezeNumeric(values, options.maxBins ?? DEFAULT_MAX_BINS)
    : freezeCategorical(values, options.topK ?? DEFAULT_TOP_K)
}

/** Number of counts of a column: its bins and the four places outside them. @example binCount(freezeBins(['a', 'b'])) // 6 */
export function binCount(bins: Bins): number {
  return bins.kind === 'numeric' ? Math.max(0, bins.edges.length - 1) + 4 : bins.values.length + 4
}

/** Where the counts outside the ordinary bins stand. */
export type OutsideIndex = {
  readonly below: number
  readonly above: number
  readonly other: number
  readonly unseen: number
  readonly missing: number
  readonly invalid: number
}

/**
 * Positions of the special counts; -1 where a kind of bins has no such place.
 * @example outsideIndex(freezeBins(['a', 'b'])).missing // 4
 */
export function outsideIndex(bins: Bins): OutsideIndex {
  const invalid = binCount(bins) - 1
  const missing = invalid - 1
  return bins.kind === 'numeric'
    ? { below: 0, above: invalid - 2, other: -1, unseen: -1, missing, invalid }
    : { below: -1, above: -1, other: invalid - 3, unseen: invalid - 2, missing, invalid }
}

/** Names of the counts, in their order. @example binLabels(freezeBins(['a'])) // ["a", "other", "unseen", "missing", "invalid"] */
export function binLabels(bins: Bins): readonly string[] {
  if (bins.kind === 'categorical') return [...bins.values, 'other', 'unseen', 'missing', 'invalid']
  const inner = bins.edges.slice(0, -1).map((edge, i) => intervalLabel(bins.edges, i, edge))
  return ['below', ...inner, 'above', 'missing', 'invalid']
}

/**
 * The position of one value among the counts of its column.
 * @example binIndex(freezeBins(Float64Array.of(0, 0, 1, 1)), 7) // 4
 */
export function binIndex(bins: Bins, value: number | string | null): number {
  if (value === null) return outsideIndex(bins).missing
  if (bins.kind === 'numeric') return typeof value === 'number' ? numericIndex(bins, value) : outsideIndex(bins).invalid
  return typeof value === 'string' ? categoryIndex(bins)(value) : outsideIndex(bins).invalid
}

/** Whether two columns count the same things at the same places. @example sameBins(freezeBins(['a']), freezeBins(['b'])) // false */
export function sameBins(a: Bins, b: Bins): boolean {
  if (a === b) return true
  if (a.kind === 'numeric') return b.kind === 'numeric' && sameList(a.edges, b.edges)
  return (
    b.kind === 'categorical' &&
    a.open === b.open &&
    a.singletonShare === b.singletonShare &&
    sameList(a.values, b.values) &&
    sameList(a.known, b.known)
  )
}

/** The smallest double above a finite x. @example nextUp(1) // 1.0000000000000002 */
export function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE
  const bits = new BigInt64Array(new Float64Array([x]).buffer)
  bits[0] = bits[0]! + (x > 0 ? 1n : -1n)
  return new Float64Array(bits.buffer)[0]!
}

/** A function from category to position, with its table built once. */
export function categoryIndex(bins: CategoricalBins): (value: string) => number {
  const at = new Map<string, number>()
  const { other, unseen, invalid } = outsideIndex(bins)
  for (const value of bins.known) at.set(value, other)
  for (const [i, value] of bins.values.entries()) at.set(value, i)
  at.set(INVALID_CATEGORY, invalid)
  const elsewhere = bins.open ? other : unseen
  return (value) => at.get(value) ?? elsewhere
}

function numericIndex(bins: NumericBins, value: number): number {
  const { missing, invalid, above } = outsideIndex(bins)
  if (Number.isNaN(value)) return missing
  if (!Number.isFinite(value)) return invalid
  const { edges } = bins
  if (edges.length === 0) return above
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

function freezeNumeric(values: Float64Array, maxBins: number): NumericBins {
  if (!Number.isInteger(maxBins) || maxBins < 2 || maxBins > 32)
    throw new StatsError('STATS_BAD_OPTION', `maxBins of freezeBins is ${maxBins}, expected an integer from 2 to 32`, {
      maxBins,
    })
  const sorted = values.filter(Number.isFinite).sort()
  if (sorted.length === 0) return { kind: 'numeric', edges: [] }
  const edges = new Set<number>()
  const share = sorted.length / maxBins
  const everyValue = countDistinct(sorted, maxBins) <= maxBins
  let from = 0
  for (let i = 0; i < sorted.length; ) {
    let until = i + 1
    while (until < sorted.length && sorted[until] === sorted[i]) until++
    if (everyValue || until - i >= share) {
      quantileEdges(sorted, from, i, share, edges)
      edges.add(sorted[i]! + 0).add(nextUp(sorted[i]!))
      from = until
    }
    i = until
  }
  quantileEdges(sorted, from, sorted.length, share, edges)
  edges.add(nextUp(sorted[sorted.length - 1]!))
  return { kind: 'numeric', edges: [...edges].sort((a, b) => a - b) }
}

/** Cuts rows from … until of the sorted reference, none of them heavy, into bins of about `share` rows. */
function quantileEdges(sorted: Float64Array, from: number, until: number, share: number, edges: Set<number>): void {
  const rows = until - from
  if (rows === 0) return
  const bins = Math.max(1, Math.round(rows / share))
  for (let b = 0; b < bins; b++) edges.add(sorted[from + Math.floor((b * rows) / bins)]! + 0)
}

function countDistinct(sorted: Float64Array, limit: number): number {
  let distinct = 0
  for (let i = 0; i < sorted.length && distinct <= limit; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}

function freezeCategorical(values: readonly (string | null)[], topK: number): CategoricalBins {
  const counts = new Map<string, number>()
  for (const value of values)
    if (value !== null && value !== INVALID_CATEGORY) counts.set(value, (counts.get(value) ?? 0) + 1)
  return freezeCategories(counts, { topK })
}

/**
 * Freezes the bins of a categorical column whose values were counted elsewhere (by a database, say).
 * @param counts rows of each value
 * @example freezeCategories(new Map([['a', 2], ['b', 1]])).values // ["a", "b"]
 */
export function freezeCategories(
  counts: ReadonlyMap<string, number>,
  { topK = DEFAULT_TOP_K }: Pick<BinOptions, 'topK'> = {},
): CategoricalBins {
  if (!(Number.isInteger(topK) && topK >= 0))
    throw new StatsError('STATS_BAD_OPTION', `topK of freezeCategories is ${topK}, expected a whole number from 0`, {
      topK,
    })
  let rows = 0
  let singletons = 0
  for (const [value, count] of counts) {
    checkRowsOf('freezeCategories', value, count)
    rows += count
    if (count === 1) singletons++
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value)
  const known = ranked.slice(topK, topK + MAX_KNOWN).sort()
  return {
    kind: 'categorical',
    values: ranked.slice(0, topK),
    known,
    open: ranked.length > topK + MAX_KNOWN,
    singletonShare: rows === 0 ? 0 : singletons / rows,
  }
}

/** @throws StatsError STATS_BAD_COUNT where rows of a value were counted elsewhere, and wrongly */
export function checkRowsOf(where: string, value: string, rows: number): void {
  if (!(rows >= 0 && rows <= Number.MAX_SAFE_INTEGER))
    throw new StatsError(
      'STATS_BAD_COUNT',
      `${where} got ${rows} rows of ${JSON.stringify(value)}, expected a number from 0`,
      { value, rows },
    )
}

function intervalLabel(edges: readonly number[], i: number, from: number): string {
  const until = edges[i + 1]!
  if (nextUp(from) === until) return `= ${from}`
  const afterHeavy = i > 0 && nextUp(edges[i - 1]!) === from
  const isLast = i === edges.length - 2
  return `${afterHeavy ? `(${edges[i - 1]}` : `[${from}`}, ${isLast ? `${previous(until)}]` : `${until})`}`
}

function previous(x: number): number {
  return -nextUp(-x)
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
