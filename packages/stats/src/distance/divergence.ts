import { chiSquareQuantile } from '../special/index.ts'
import type { Counts, Table } from './counts.ts'
import type { Distance, DistanceOptions } from './distance.ts'
import { type Statistic, withNoise } from './noise.ts'

/**
 * Half a row per bin (Jeffreys' prior): an empty bin costs what its sample size warrants, not ln 0. A constant such as
 * 1e-4 or the smallest float would make the value depend on the constant more than on the data.
 */
const PSEUDO_ROWS = 0.5
/** Expected rows per bin from which the chi-square law holds at alpha = 0.001 (measured in noise.test.ts). */
const DENSE_ROWS = 40
const DOUBT = [0.6, 2] as const
const ROOT_DOUBT = [Math.sqrt(DOUBT[0]), Math.sqrt(DOUBT[1])] as const

/**
 * Population stability index: the symmetric Kullback-Leibler divergence of two binned samples, in nats.
 * With nothing changed it is about (1/n + 1/m) chi-square with bins - 1 degrees of freedom.
 * @param reference rows per bin @param current rows per bin, same bins
 * @see Yurdakul 2018, Statistical properties of the population stability index
 * @example psi([50, 30, 20], [20, 30, 50]).value // 0.533
 */
export function psi(reference: Counts, current: Counts, options: DistanceOptions = {}): Distance {
  return withNoise(PSI, reference, current, options)
}

/** `base` of the logarithm: 'e' gives nats, 2 gives bits. Default 'e'. */
export type KullbackLeiblerOptions = DistanceOptions & { readonly base?: 2 | 'e' }

/**
 * Kullback-Leibler divergence of current from reference, sum r log(r / c) over the shares.
 * @example klDivergence([50, 30, 20], [20, 30, 50]).value // 0.266
 */
export function klDivergence(reference: Counts, current: Counts, options: KullbackLeiblerOptions = {}): Distance {
  return withNoise(options.base === 2 ? KL_BITS : KL, reference, current, options)
}

/** `base` of the logarithm: 2 keeps the distance within 0 to 1; 'e' is SciPy's and Evidently's. Default 2. */
export type JensenShannonOptions = DistanceOptions & { readonly base?: 2 | 'e' }

/**
 * Jensen-Shannon distance: the square root of the divergence to the mean of both, without pseudo rows (it is finite).
 * @see Lin 1991
 * @example jensenShannon([50, 30, 20], [20, 30, 50]).value // 0.3095
 */
export function jensenShannon(reference: Counts, current: Counts, options: JensenShannonOptions = {}): Distance {
  return withNoise(options.base === 'e' ? JS_NATURAL : JS_BINARY, reference, current, options)
}

/** Hellinger distance, 0 to 1. @example hellinger([50, 30, 20], [20, 30, 50]).value // 0.2599 */
export function hellinger(reference: Counts, current: Counts, options: DistanceOptions = {}): Distance {
  return withNoise(HELLINGER, reference, current, options)
}

const PSI: Statistic = {
  name: 'psi',
  evaluate: (reference, current) => sumOverShares(reference, current, PSEUDO_ROWS, (r, c) => (r - c) * Math.log(r / c)),
  asymptotic: (table, spread, alpha) => chiSquareNoise(table, spread, alpha),
  doubt: DOUBT,
  denseRows: DENSE_ROWS,
  chiSquare: { scale: 1, rooted: false },
}

const KL: Statistic = {
  name: 'klDivergence',
  evaluate: (reference, current) => sumOverShares(reference, current, PSEUDO_ROWS, (r, c) => r * Math.log(r / c)),
  asymptotic: (table, spread, alpha) => chiSquareNoise(table, spread * 0.5, alpha),
  doubt: DOUBT,
  denseRows: DENSE_ROWS,
  chiSquare: { scale: 0.5, rooted: false },
}

const KL_BITS: Statistic = {
  ...KL,
  evaluate: (reference, current) => KL.evaluate(reference, current) / Math.LN2,
  asymptotic: (table, spread, alpha) => chiSquareNoise(table, spread * (0.5 / Math.LN2), alpha),
  chiSquare: { scale: 0.5 / Math.LN2, rooted: false },
}

const JS_NATURAL: Statistic = {
  name: 'jensenShannon',
  evaluate: (reference, current) => Math.sqrt(jensenShannonDivergence(reference, current)),
  asymptotic: (table, spread, alpha) => rootNoise(table, spread * 0.125, alpha),
  doubt: ROOT_DOUBT,
  denseRows: DENSE_ROWS,
  chiSquare: { scale: 0.125, rooted: true },
}

const JS_BINARY: Statistic = {
  name: 'jensenShannon',
  evaluate: (reference, current) => Math.sqrt(jensenShannonDivergence(reference, current) / Math.LN2),
  asymptotic: (table, spread, alpha) => rootNoise(table, spread * (0.125 / Math.LN2), alpha),
  doubt: ROOT_DOUBT,
  denseRows: DENSE_ROWS,
  chiSquare: { scale: 0.125 / Math.LN2, rooted: true },
}

const HELLINGER: Statistic = {
  name: 'hellinger',
  evaluate: (reference, current) =>
    Math.sqrt(sumOverShares(reference, current, 0, (r, c) => (Math.sqrt(r) - Math.sqrt(c)) ** 2) / 2),
  asymptotic: (table, spread, alpha) => rootNoise(table, spread * 0.125, alpha),
  doubt: ROOT_DOUBT,
  denseRows: DENSE_ROWS,
  chiSquare: { scale: 0.125, rooted: true },
}

function jensenShannonDivergence(reference: Float64Array, current: Float64Array): number {
  const half = (x: number, middle: number) => (x === 0 ? 0 : x * Math.log(x / middle))
  const sum = sumOverShares(reference, current, 0, (r, c) => half(r, (r + c) / 2) + half(c, (r + c) / 2))
  return Math.max(0, sum / 2)
}

function sumOverShares(
  reference: Float64Array,
  current: Float64Array,
  pseudoRows: number,
  term: (r: number, c: number) => number,
): number {
  let n = 0
  let m = 0
  for (let j = 0; j < reference.length; j++) {
    n += reference[j]! + pseudoRows
    m += current[j]! + pseudoRows
  }
  let sum = 0
  for (let j = 0; j < reference.length; j++)
    sum += term((reference[j]! + pseudoRows) / n, (current[j]! + pseudoRows) / m)
  return sum
}

/** All four are, for small differences, a multiple of sum (r - c)² / p, which is `spread` times chi-square. */
function chiSquareNoise(table: Table, scale: number, alpha: number) {
  const df = table.reference.length - 1
  return df === 0 ? { floor: 0, mean: 0 } : { floor: scale * quantileOf(alpha, df), mean: scale * df }
}

const quantiles = new Map<string, number>()
const MAX_QUANTILES = 1000

/** The upper alpha quantile of chi-square, kept: every column of a profile asks for a few dozen of them over and over. */
function quantileOf(alpha: number, df: number): number {
  const key = `${alpha}/${df}`
  const kept = quantiles.get(key)
  if (kept !== undefined) return kept
  if (quantiles.size >= MAX_QUANTILES) quantiles.clear()
  const quantile = chiSquareQuantile(1 - alpha, df)
  quantiles.set(key, quantile)
  return quantile
}

/** Noise of the root of such a sum; the mean of chi is close to the root of df - 1/2. */
function rootNoise(table: Table, scale: number, alpha: number) {
  const { floor } = chiSquareNoise(table, scale, alpha)
  return { floor: Math.sqrt(floor), mean: Math.sqrt(scale * Math.max(0, table.reference.length - 1.5)) }
}
