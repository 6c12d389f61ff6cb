import type { Unknown } from '../../error.ts'
import { chiSquareSf } from '../../special/index.ts'
import { finiteKolmogorovSf, twoSampleRows } from '../finite-kolmogorov.ts'
import {
  type DriftCategory,
  type DriftThresholds,
  driftCategory,
  HELLINGER_THRESHOLDS,
  P_VALUE_THRESHOLDS,
} from './category.ts'
import { type Cell, type FrequentItems, frequentItems } from './frequent.ts'
import { type Numbers, quantileOf, type Ranks, ranksOf, shareBelow } from './ranks.ts'

export type DriftScore = {
  readonly kind: 'judged'
  readonly test: 'ks' | 'chi-square' | 'hellinger'
  /** KS distance, chi-square or Hellinger distance; null where chi-square is infinite. */
  readonly statistic: number | null
  /** null for Hellinger. */
  readonly pValue: number | null
  readonly category: DriftCategory
  /** Bound of the category DRIFT. */
  readonly threshold: number
}
export type DriftScoreResult = DriftScore | Unknown

/** Bounds of the categories; default: the peer's. */
export type CategoryOptions = { readonly thresholds?: DriftThresholds }

const QUANTILES = 100

/**
 * whylogs' default for numbers: the largest gap of the two distribution functions at 100 quantiles of each, and the
 * two-sided Kolmogorov law of nm / (n + m) rows. Wrong in it: the gap is looked for at 200 values only, so it is too small
 * for long columns, and codes of categories are ranked as if they were sizes. The peer's sketch is random above 1,024
 * rows: equal within its error. Use `kolmogorovSmirnov`.
 * @param reference numbers, or the ranks of a profile @param current the peer's "target"
 * @example whylogs.ks([1, 2, 3, 4], [3, 4, 5, 6]).statistic // 0.5
 */
export function ks(
  reference: Numbers | Ranks,
  current: Numbers | Ranks,
  options: CategoryOptions = {},
): DriftScoreResult {
  const [a, b] = [asRanks(reference), asRanks(current)]
  if (a.kind === 'unknown') return a
  if (b.kind === 'unknown') return b
  let statistic = 0
  for (const ranks of [a, b])
    for (let k = 0; k < QUANTILES; k++) {
      const value = quantileOf(ranks, shareAt(k))
      statistic = Math.max(statistic, Math.abs(shareBelow(a, value) - shareBelow(b, value)))
    }
  const rows = twoSampleRows(a.rows, b.rows)
  if (rows === 0) return { kind: 'unknown', reason: 'too-few-rows', have: a.rows + b.rows, need: 3 }
  const pValue = finiteKolmogorovSf(rows, statistic)
  return judged('ks', { statistic, pValue }, options.thresholds)
}

/**
 * whylogs' default for columns without numbers: chi-square of the current counts against the reference's shares. Wrong:
 * it is the one-sample test, the expected counts are cut to whole numbers, and an expected count below 1 (a rare value, or
 * one that the reference does not have) makes p nought; missing rows are in the number of rows and in no category. Use
 * `chiSquareContingency`.
 * @example whylogs.chiSquare(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).pValue // 0.3173
 */
export function chiSquare(
  reference: ArrayLike<Cell> | FrequentItems,
  current: ArrayLike<Cell> | FrequentItems,
  options: CategoryOptions = {},
): DriftScoreResult {
  const [a, b] = [asItems(reference), asItems(current)]
  if (a.counts.size === 0) return { kind: 'unknown', reason: 'no-reference-items', have: 0, need: 1 }
  if (b.counts.size === 0) return { kind: 'unknown', reason: 'no-current-items', have: 0, need: 1 }
  const statistic = chiSquareOf(a, b)
  const pValue = statistic === Infinity ? 0 : chiSquareSf(statistic, Math.max(1, b.distinct - 1))
  return judged('chi-square', { statistic: statistic === Infinity ? null : statistic, pValue }, options.thresholds)
}

function chiSquareOf(reference: FrequentItems, current: FrequentItems): number {
  let sum = 0
  for (const item of new Set([...current.counts.keys(), ...reference.counts.keys()])) {
    const expected = Math.trunc(((reference.counts.get(item) ?? 0) / reference.rows) * current.rows)
    if (expected === 0) return Infinity
    sum += ((current.counts.get(item) ?? 0) - expected) ** 2 / expected
  }
  return sum
}

export type HellingerOptions = CategoryOptions & {
  /** Default 30. */
  readonly maxBuckets?: number
  /** Default 4. */
  readonly rowsPerBucket?: number
  /** Default 2. */
  readonly minBuckets?: number
}

/**
 * whylogs' `Hellinger`: up to 30 equal buckets over the range of both columns, so that one outlier empties them, with the
 * noise of the buckets in the score: of unchanged samples of 1,000 and 200 rows, 66 % are a possible drift. Use `hellinger`
 * of counts over frozen bins. @example whylogs.hellinger([1, 2, 3, 4], [3, 4, 5, 6]).statistic // 0.366
 */
export function hellinger(
  reference: Numbers | Ranks,
  current: Numbers | Ranks,
  options: HellingerOptions = {},
): DriftScoreResult {
  const [a, b] = [asRanks(reference), asRanks(current)]
  if (a.kind === 'unknown') return a
  if (b.kind === 'unknown') return b
  const [least, greatest] = [Math.min(a.least, b.least), Math.max(a.greatest, b.greatest)]
  if (!Number.isFinite(greatest - least)) return { kind: 'unknown', reason: 'infinite-range', have: 0, need: 1 }
  const edges = bucketEdges(least, greatest, a.rows + b.rows, options)
  const [p, q] = [masses(a, edges), masses(b, edges)]
  const statistic = Math.hypot(...p.map((mass, i) => Math.sqrt(mass) - Math.sqrt(q[i]!))) / Math.SQRT2
  return judged('hellinger', { statistic, pValue: null }, options.thresholds)
}

/**
 * whylogs' choice: KS where both columns have numbers, else chi-square.
 * @example whylogs.columnDrift(['a', 'b', 'b'], ['a', 'a', 'b']).test // 'chi-square'
 */
export function columnDrift(
  reference: ArrayLike<Cell>,
  current: ArrayLike<Cell>,
  options: CategoryOptions = {},
): DriftScoreResult {
  if (!hasStrings(reference) && !hasStrings(current)) {
    const score = ks(reference as Numbers, current as Numbers, options)
    if (score.kind === 'judged') return score
  }
  return chiSquare(reference, current, options)
}

function hasStrings(column: ArrayLike<Cell>): boolean {
  for (let i = 0; i < column.length; i++) if (typeof column[i] === 'string') return true
  return false
}

function asRanks(column: Numbers | Ranks): Ranks | Unknown {
  return 'kind' in column ? column : ranksOf(column)
}

function asItems(column: ArrayLike<Cell> | FrequentItems): FrequentItems {
  return 'counts' in column ? column : frequentItems(column)
}

/** NumPy's `linspace(0, 1, 100)`. */
function shareAt(k: number): number {
  return k === QUANTILES - 1 ? 1 : k * (1 / (QUANTILES - 1))
}

const FLOAT32_BITS = 23

/** Buckets no narrower than single precision can tell apart. */
function bucketEdges(least: number, greatest: number, rows: number, options: HellingerOptions): number[] {
  const { maxBuckets = 30, rowsPerBucket = 4, minBuckets = 2 } = options
  const end = greatest + (greatest === 0 ? 1e-7 : Math.abs(greatest) * 1e-7)
  const smallest = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(least), Math.abs(end)))) - FLOAT32_BITS)
  let buckets = Math.max(Math.min(Math.ceil(rows / rowsPerBucket), maxBuckets), minBuckets)
  if ((end - least) / buckets < smallest) buckets = Math.max(1, Math.floor((end - least) / smallest))
  const width = (end - least) / buckets
  return Array.from({ length: buckets + 1 }, (_, i) => least + i * width)
}

/** Shares below the first edge, between the edges, and from the last on. */
function masses(ranks: Ranks, edges: readonly number[]): number[] {
  const below = [...edges.map((edge) => shareBelow(ranks, edge)), 1]
  return below.map((share, i) => Math.max(0, share - (i === 0 ? 0 : below[i - 1]!)))
}

function judged(
  test: DriftScore['test'],
  figures: Pick<DriftScore, 'statistic' | 'pValue'>,
  thresholds: DriftThresholds = test === 'hellinger' ? HELLINGER_THRESHOLDS : P_VALUE_THRESHOLDS,
): DriftScoreResult {
  const category = driftCategory(figures.pValue ?? figures.statistic!, thresholds)
  if (category === undefined) return { kind: 'unknown', reason: 'outside-all-categories', have: 0, need: 1 }
  const threshold = thresholds.DRIFT[test === 'hellinger' ? 0 : 1]
  return { kind: 'judged', test, ...figures, category, threshold }
}
