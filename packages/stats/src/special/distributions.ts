import { betaI } from './beta.ts'
import { checkNumber, checkPositive, checkShare } from './domain.ts'
import { gammaKernel, gammaP, gammaQ } from './gamma.ts'
import { invert } from './invert.ts'

/** Standard normal distribution function. @example normalCdf(1.96) // 0.9750021048517795 */
export function normalCdf(z: number): number {
  checkNumber('normalCdf', z)
  return z < 0 ? gammaQ(0.5, (z * z) / 2) / 2 : 1 - gammaQ(0.5, (z * z) / 2) / 2
}

/** Standard normal quantile. @example normalQuantile(0.975) // 1.959963984540054 */
export function normalQuantile(p: number): number {
  checkShare('normalQuantile', p)
  if (p === 0.5) return 0
  if (p > 0.5) return p === 1 ? Infinity : -lowerNormalQuantile(1 - p)
  return p === 0 ? -Infinity : lowerNormalQuantile(p)
}

/** Chi-square distribution function. @param df above 0 @example chiSquareCdf(3.841458820694124, 1) // 0.95 */
export function chiSquareCdf(x: number, df: number): number {
  return gammaP(df / 2, x / 2)
}

/** Upper tail of chi-square: a p-value. @example chiSquareSf(10, 3) // 0.0185661354630432 */
export function chiSquareSf(x: number, df: number): number {
  return gammaQ(df / 2, x / 2)
}

/**
 * Chi-square quantile; the start is Wilson and Hilferty's cube.
 * @example chiSquareQuantile(0.999, 10) // 29.58829844507442
 */
export function chiSquareQuantile(p: number, df: number): number {
  checkShare('chiSquareQuantile', p)
  checkPositive('chiSquareQuantile', 'df', df)
  if (p === 0) return 0
  if (p === 1) return Infinity
  const cube = 1 - 2 / (9 * df) + normalQuantile(p) * Math.sqrt(2 / (9 * df))
  const density = (x: number) => (gammaKernel(df / 2, x / 2) * df) / 2 / x
  return invert((x) => chiSquareCdf(x, df) - p, density, {
    start: Math.max(df * cube ** 3, 1e-8),
    low: 0,
    high: Infinity,
  })
}

/** Student's t distribution function. @example tCdf(2, 5) // 0.9490302605850709 */
export function tCdf(t: number, df: number): number {
  checkNumber('tCdf', t)
  checkPositive('tCdf', 'df', df)
  const tail = betaI(df / 2, 0.5, df / (df + t * t)) / 2
  return t > 0 ? 1 - tail : tail
}

/** Quantile of Student's t. @example tQuantile(0.975, 5) // 2.570581835636 */
export function tQuantile(p: number, df: number): number {
  checkShare('tQuantile', p)
  checkPositive('tQuantile', 'df', df)
  if (p === 0.5) return 0
  if (p > 0.5) return -tQuantile(1 - p, df)
  if (p === 0) return -Infinity
  return invert((t) => tCdf(t, df) - p, undefined, { start: normalQuantile(p), low: -Infinity, high: 0 })
}

/** Quantile of the beta distribution. @example betaQuantile(0.025, 3, 8) // 0.0667395111777345 */
export function betaQuantile(p: number, a: number, b: number): number {
  checkShare('betaQuantile', p)
  checkPositive('betaQuantile', 'a', a)
  checkPositive('betaQuantile', 'b', b)
  if (p === 0 || p === 1) return p
  return invert((x) => betaI(a, b, x) - p, undefined, { start: a / (a + b), low: 0, high: 1 })
}

/** Rational start (Abramowitz and Stegun 26.2.23), then Halley's steps on our own distribution function. */
function lowerNormalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  let z = -(
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  )
  for (let i = 0; i < 4; i++) {
    const error = (normalCdf(z) - p) / (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI))
    z -= error / (1 + (z * error) / 2)
  }
  return z
}
