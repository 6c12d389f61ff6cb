import { chiSquareCdf, chiSquareSf } from './distributions.ts'
import { lgamma } from './gamma.ts'
import { checkShare } from './invert.ts'

/**
 * Noncentral chi-square distribution function: a Poisson mixture of central ones, summed outwards from its mode.
 * Relative error about 1e-10.
 * @param df above 0 @param noncentrality from 0
 * @example noncentralChiSquareCdf(10, 4, 3) // 0.78376
 */
export function noncentralChiSquareCdf(x: number, df: number, noncentrality: number): number {
  if (x <= 0) return 0
  if (noncentrality === 0) return chiSquareCdf(x, df)
  const half = noncentrality / 2
  const mode = Math.floor(half)
  const weight = Math.exp(mode * Math.log(half) - half - lgamma(mode + 1))
  return Math.min(1, downwards(x, df, half, mode, weight) + upwards(x, df, half, mode, weight))
}

function upwards(x: number, df: number, half: number, mode: number, start: number): number {
  let weight = start
  let sum = 0
  for (let k = mode; k < mode + 100_000; k++) {
    const term = weight * chiSquareCdf(x, df + 2 * k)
    sum += term
    if (term <= sum * 1e-15 || (k > x && weight < 1e-300)) break
    weight *= half / (k + 1)
  }
  return sum
}

function downwards(x: number, df: number, half: number, mode: number, start: number): number {
  let weight = start
  let sum = 0
  for (let k = mode; k > 0; k--) {
    weight *= k / half
    sum += weight * chiSquareCdf(x, df + 2 * (k - 1))
    if (weight < 1e-17) break
  }
  return sum
}

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
  checkShare('noncentralityInterval', level)
  const tail = (1 - level) / 2
  const z = Math.sqrt(Math.max(0, statistic)) + 10 + Math.sqrt(df)
  const rootOf = (p: number) => bisect((delta) => noncentralChiSquareCdf(statistic, df, delta * delta) - p, z) ** 2
  return {
    low: chiSquareSf(statistic, df) >= tail ? 0 : rootOf(1 - tail),
    high: chiSquareCdf(statistic, df) <= tail ? 0 : rootOf(tail),
  }
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
