import { StatsError, type Unknown } from '../../error.ts'
import { numpyRandom } from '../numpy-random.ts'
import { unbiasedMmd } from './embedding-kernel.ts'
import { runTest } from './run.ts'
import type { TestId } from './table.ts'

/** Embeddings: rows of equal length, finite. */
export type Embeddings = readonly ArrayLike<number>[]

export type EmbeddingDrift = {
  readonly kind: 'judged'
  readonly score: number
  /** What the score had to exceed: the threshold, or a quantile of the bootstrap. */
  readonly bound: number
  readonly drifted: boolean
}

export type EmbeddingDistanceOptions = {
  readonly distance?: 'euclidean' | 'cosine' | 'cityblock' | 'chebyshev'
  /** Default 0.2. Not read where `bootstrap` is true. */
  readonly threshold?: number
  /** Judge by a quantile of 100 resamplings of the reference (NumPy's seeds 0 to 99), reproduced draw by draw. */
  readonly bootstrap?: boolean
  /** Default 0.95. */
  readonly quantile?: number
}

const DRAWS = 100

/**
 * Evidently's `distance` of embeddings: of the two mean vectors. A threshold in the unit of the embedding means another
 * thing for every model; the cosine distance of means near nought is noise (0.94 with nothing moved).
 * @example evidently.embeddingDistance([[0, 0], [2, 0]], [[1, 3], [1, 5]]).score // 4
 */
export function embeddingDistance(
  reference: Embeddings,
  current: Embeddings,
  options: EmbeddingDistanceOptions = {},
): EmbeddingDrift | Unknown {
  const short = checked('embeddingDistance', reference, current)
  if (short) return short
  const { distance = 'euclidean', threshold = 0.2, bootstrap = false, quantile = 0.95 } = options
  checkThreshold('embeddingDistance', threshold)
  const of = DISTANCES[distance]
  const score = of(meanOf(reference), meanOf(current))
  const [have, need] = current.length < 2 ? [1, 2] : [reference.length, leastToDraw(current.length)]
  if (bootstrap && have < need) return { kind: 'unknown', reason: 'too-few-rows', have, need }
  const bound = bootstrap ? quantileOf(bootstrapped(reference, current.length, of), quantile) : threshold
  if (!(Number.isFinite(score) && Number.isFinite(bound)))
    return { kind: 'unknown', reason: 'mean-of-length-nought', have: 0, need: 1 }
  return { kind: 'judged', score, bound, drifted: score > bound }
}

export type EmbeddingRatioOptions = {
  /** Test of every component. Default `wasserstein` at 0.1. */
  readonly test?: TestId
  readonly componentThreshold?: number
  /** Default 0.2. */
  readonly threshold?: number
}

/**
 * Evidently's `ratio` of embeddings: the share of components that drifted. With the default test it fires on unchanged
 * samples of 150 rows: every component exceeds 0.1. @example evidently.embeddingRatio([[1, 1], [2, 2]], [[1, 5], [2, 6]]).score // 0.5
 */
export function embeddingRatio(
  reference: Embeddings,
  current: Embeddings,
  options: EmbeddingRatioOptions = {},
): EmbeddingDrift | Unknown {
  const short = checked('embeddingRatio', reference, current)
  if (short) return short
  const { test = 'wasserstein', componentThreshold = 0.1, threshold = 0.2 } = options
  checkThreshold('embeddingRatio', threshold)
  const size = reference[0]!.length
  let drifted = 0
  for (let k = 0; k < size; k++) {
    const part = (rows: Embeddings) => Float64Array.from(rows, (row) => row[k]!)
    const result = runTest(test, part(reference), part(current), { type: 'num', threshold: componentThreshold })
    if (result.kind === 'unknown') return result
    if (result.drifted) drifted++
  }
  return { kind: 'judged', score: drifted / size, bound: threshold, drifted: drifted / size > threshold }
}

export type EmbeddingMmdOptions = {
  /** Default 0.015. Not read where `bootstrap` is true. */
  readonly threshold?: number
  readonly bootstrap?: boolean
  /** Default 0.05, which is the peer's mistake: it alarms always. 0.95 is what is meant. */
  readonly quantile?: number
}

/**
 * Evidently's `mmd` of embeddings: the unbiased squared maximum mean discrepancy with a Gaussian kernel as wide as the
 * median distance. Wrong: with `bootstrap` its quantile is 0.05 by default, so that it alarms on 100 % of unchanged samples.
 * Memory grows with the square of the rows: more than 4,000 are unknown.
 * @example evidently.embeddingMmd([[0, 0], [0, 1], [1, 0]], [[5, 5], [5, 6], [6, 5]]).drifted // true
 */
export function embeddingMmd(
  reference: Embeddings,
  current: Embeddings,
  options: EmbeddingMmdOptions = {},
): EmbeddingDrift | Unknown {
  const short = checked('embeddingMmd', reference, current) ?? sized(reference.length, current.length)
  if (short) return short
  const { threshold = 0.015, bootstrap = false, quantile = 0.05 } = options
  checkThreshold('embeddingMmd', threshold)
  const { score, draws } = unbiasedMmd(reference, current, bootstrap ? DRAWS : 0)
  const bound = bootstrap ? quantileOf(draws, quantile) : threshold
  if (!(Number.isFinite(score) && Number.isFinite(bound)))
    return { kind: 'unknown', reason: 'rows-do-not-vary', have: 1, need: 2 }
  return { kind: 'judged', score: Math.max(score, 0), bound, drifted: score > bound }
}

function checkThreshold(where: string, threshold: number): void {
  if (!Number.isFinite(threshold))
    throw new StatsError('STATS_BAD_OPTION', `threshold of ${where} is ${threshold}, expected a finite number`, {
      threshold,
    })
}

/** Rows of the reference from which either side of a draw has one: n² / (n + m) and n m / (n + m) are 1 or more. */
function leastToDraw(currentRows: number): number {
  return Math.max(2, Math.ceil((1 + Math.sqrt(1 + 4 * currentRows)) / 2))
}

function bootstrapped(
  reference: Embeddings,
  currentRows: number,
  of: (a: Float64Array, b: Float64Array) => number,
): Float64Array {
  const n = reference.length
  const first = Math.floor((n * n) / (n + currentRows))
  const second = Math.floor((currentRows * n) / (n + currentRows))
  return Float64Array.from({ length: DRAWS }, (_, seed) => {
    const random = numpyRandom(seed)
    const rows = (count: number) => Array.from(random.choice(n, count), (row) => reference[row]!)
    const left = meanOf(rows(first))
    return of(left, meanOf(rows(second)))
  })
}

const MAX_ROWS = 4000
/** Squares of larger ones, summed, could leave the doubles. */
const LARGEST_COMPONENT = 1e150

function sized(n: number, m: number): Unknown | undefined {
  if (Math.min(n, m) < 2) return { kind: 'unknown', reason: 'too-few-rows', have: Math.min(n, m), need: 2 }
  return n + m > MAX_ROWS ? { kind: 'unknown', reason: 'too-many-rows', have: n + m, need: MAX_ROWS } : undefined
}

function checked(where: string, reference: Embeddings, current: Embeddings): Unknown | undefined {
  if (reference.length === 0) return { kind: 'unknown', reason: 'no-reference-values', have: 0, need: 1 }
  if (current.length === 0) return { kind: 'unknown', reason: 'no-current-values', have: 0, need: 1 }
  const size = reference[0]!.length
  for (const [which, rows] of [['reference', reference] as const, ['current', current] as const])
    rows.forEach((row, i) => {
      if (row.length !== size || size === 0)
        throw new StatsError(
          'STATS_LENGTHS_DIFFER',
          `${which} row ${i} of ${where} has ${row.length} components, expected ${Math.max(size, 1)}`,
          { row: i },
        )
      for (let k = 0; k < size; k++)
        if (!(Math.abs(row[k]!) <= LARGEST_COMPONENT))
          throw new StatsError(
            'STATS_BAD_VALUE',
            `component ${k} of ${which} row ${i} of ${where} is ${row[k]}, expected a number of at most ${LARGEST_COMPONENT}`,
            { row: i, component: k },
          )
    })
  return undefined
}

function meanOf(rows: Embeddings): Float64Array {
  const mean = new Float64Array(rows[0]!.length)
  for (const row of rows) for (let k = 0; k < mean.length; k++) mean[k]! += row[k]!
  return mean.map((sum) => sum / rows.length)
}

const DISTANCES = {
  euclidean: (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((x, k) => x - b[k]!)),
  cityblock: (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + Math.abs(x - b[k]!), 0),
  chebyshev: (a: Float64Array, b: Float64Array) => a.reduce((most, x, k) => Math.max(most, Math.abs(x - b[k]!)), 0),
  cosine: (a: Float64Array, b: Float64Array) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
} as const

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k]!, 0)
}

/** NumPy's linear percentile. */
function quantileOf(values: Float64Array, share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new StatsError('STATS_BAD_OPTION', `quantile is ${share}, expected 0 to 1`, { share })
  const sorted = values.toSorted()
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low]! + (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!) * (at - low)
}
