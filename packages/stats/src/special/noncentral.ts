import { StatsError } from '../error.ts'
import { chiSquareCdf, chiSquareSf, normalCdf, normalQuantile } from './distributions.ts'
import { checkNumber, checkPositive } from './domain.ts'
import { gammaKernel, lgamma } from './gamma.ts'

/**
 * Noncentral chi-square distribution function: a Poisson mixture of central ones, summed outwards from its mode.
 * Relative error about 1e-10.
 * @param df above 0 @param noncentrality from 0
 * @example noncentralChiSquareCdf(10, 4, 3) // 0.78376
 */
export function noncentralChiSquareCdf(x: number, df: number, noncentrality: number): number {
  checkNumber('noncentralChiSquareCdf', x)
  checkPositive('noncentralChiSquareCdf', 'df', df)
  if (noncentrality !== 0) checkPositive('noncentralChiSquareCdf', 'noncentrality', noncentrality)
  if (x <= 0) return 0
  if (x === Infinity) return 1
  if (noncentrality === 0) return chiSquareCdf(x, df)
  if (noncentrality > MOST_SUMMED) return normalCdf(Math.sqrt(x) - Math.sqrt(noncentrality + df - 1))
  const half = noncentrality / 2
  const mode = Math.floor(half)
  const start = {
    weight: Math.exp(mode * Math.log(half) - half - lgamma(mode + 1)),
    cdf: chiSquareCdf(x, df + 2 * mode),
    kernel: gammaKernel(df / 2 + mode, x / 2),
  }
  return Math.min(1, upwards(x / 2, df / 2, half, mode, start) + downwards(x / 2, df / 2, half, mode, start))
}

/** The sum takes some roots of it terms, and its first weight loses digits; beyond, the root is normal as below. */
const MOST_SUMMED = 1e9

type Term = { readonly weight: number; readonly cdf: number; readonly kernel: number }

/** P(a + 1, y) = P(a, y) - y^a e^-y / Γ(a + 1): one distribution function serves all terms. */
function upwards(y: number, a: number, half: number, mode: number, { weight, cdf, kernel }: Term): number {
  let sum = 0
  for (let k = mode; weight > NOTHING && cdf > 0; k++) {
    sum += weight * cdf
    cdf -= kernel
    kernel *= y / (a + k + 1)
    weight *= half / (k + 1)
  }
  return sum
}

function downwards(y: number, a: number, half: number, mode: number, { weight, cdf, kernel }: Term): number {
  let sum = 0
  for (let k = mode; k > 0 && weight > NOTHING; k--) {
    kernel *= (a + k) / y
    cdf = Math.min(1, cdf + kernel)
    weight *= k / half
    sum += weight * cdf
  }
  return sum
}

/** Poisson weights below this add nothing. */
const NOTHING = 1e-20

/**
 * Interval of the noncentrality of a chi-square statistic: of those noncentralities under which a value this far out
 * has probability (1 - level) / 2 at least, on either side. `low` is 0 where the statistic is not significant.
 * @param level 0 to 1 @see Steiger and Fouladi 1997
 * @example noncentralityInterval(20, 4, 0.95).low // 4.0805
 */
export function noncentralityInterval(
  statistic: number,
  df: number,
  level: number,
): { readonly low: number; readonly high: number } {
  checkPositive('noncentralityInterval', 'df', df)
  if (!(statistic >= 0 && statistic < Infinity && level > 0 && level < 1))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `noncentralityInterval got a statistic of ${statistic} at level ${level}, expected one from 0 and between 0 and 1`,
      { statistic, level },
    )
  const tail = (1 - level) / 2
  if (statistic > Math.max(LARGE, 100 * df)) return largeInterval(statistic, df, normalQuantile(1 - tail))
  const z = Math.sqrt(Math.max(0, statistic)) + 10 + Math.sqrt(df)
  const rootOf = (p: number) => bisect((delta) => noncentralChiSquareCdf(statistic, df, delta * delta) - p, z) ** 2
  return {
    low: chiSquareSf(statistic, df) >= tail ? 0 : rootOf(1 - tail),
    high: chiSquareCdf(statistic, df) <= tail ? 0 : rootOf(tail),
  }
}

/** From here on the root of the statistic is normal about the root of the noncentrality, to a millionth of it. */
const LARGE = 1e5

function largeInterval(statistic: number, df: number, z: number) {
  const root = Math.sqrt(statistic - (df - 1))
  return { low: (root - z) ** 2, high: (root + z) ** 2 }
}

/** Root of a falling function between 0 and `high`; the noncentrality's root is close to normal, so halving is quick. */
function bisect(f: (x: number) => number, most: number): number {
  let low = 0
  let high = most
  for (let i = 0; i < 48; i++) {
    const middle = (low + high) / 2
    if (f(middle) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
