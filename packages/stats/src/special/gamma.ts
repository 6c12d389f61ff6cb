import { checkNumber, checkPositive } from './domain.ts'

/**
 * Natural logarithm of |Γ(x)|: recurrence up to 15, then Stirling's series (Abramowitz and Stegun 6.1.41).
 * Absolute error below 1e-13 for 0 < x < 15, relative error below 1e-14 above.
 * @example lgamma(5) // 3.1780538303479458
 */
export function lgamma(x: number): number {
  checkNumber('lgamma', x)
  if (Math.abs(x) === Infinity) return Infinity
  if (x <= 0)
    return x === Math.floor(x) ? Infinity : Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x)
  let shift = 1
  let z = x
  for (; z < 15; z++) shift *= z
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + stirlingTail(z) - Math.log(shift)
}

/** lgamma(z) less its leading terms, for z of 15 or more. */
export function stirlingTail(z: number): number {
  const w = 1 / (z * z)
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w / 156)))))) / z
}

/**
 * Regularised lower incomplete gamma function P(a, x), a > 0, x >= 0; relative error below 1e-11.
 * Series below the mean, Lentz's continued fraction above (DLMF 8.7, 8.9).
 * @example gammaP(2, 3) // 0.8008517265285442
 */
export function gammaP(a: number, x: number): number {
  checkPositive('gammaP', 'a', a)
  checkNumber('gammaP', x)
  if (x <= 0) return 0
  if (x === Infinity) return 1
  if (a > LARGEST_SUMMED) return wilsonHilferty(x / a, a, -1)
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x)
}

/** Regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), exact in its tail. @example gammaQ(2, 3) // 0.19914827347145578 */
export function gammaQ(a: number, x: number): number {
  checkPositive('gammaQ', 'a', a)
  checkNumber('gammaQ', x)
  if (x <= 0) return 1
  if (x === Infinity) return 0
  if (a > LARGEST_SUMMED) return wilsonHilferty(x / a, a, 1)
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/** Series and fraction take some √a terms; beyond, the cube root is normal to 1e-9 (Wilson and Hilferty 1931). */
const LARGEST_SUMMED = 1e8

function wilsonHilferty(ratio: number, a: number, side: 1 | -1): number {
  const z = side * (Math.cbrt(ratio) - 1 + 1 / (9 * a)) * 3 * Math.sqrt(a)
  const tail = gammaQ(0.5, (z * z) / 2) / 2
  return z > 0 ? tail : 1 - tail
}

/** x^a e^-x / Γ(a + 1); around the mean of a large a the exponents cancel, so they are not formed. */
export function gammaKernel(a: number, x: number): number {
  if (a < 15) return Math.exp(a * Math.log(x) - x - lgamma(a + 1))
  const t = (x - a) / a
  const exponent = a * (Math.abs(t) < 0.5 ? Math.log1p(t) - t : Math.log(x / a) - t)
  return Math.exp(exponent - stirlingTail(a)) / Math.sqrt(2 * Math.PI * a)
}

function lowerSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; n < 100_000 && term > sum * 1e-17; n++) sum += term *= x / (a + n)
  return sum * gammaKernel(a, x)
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let h = d
  for (let i = 1; i < 100_000; i++) {
    const an = -i * (i - a)
    b += 2
    d = 1 / away(an * d + b)
    c = away(b + an / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return h * a * gammaKernel(a, x)
}

const TINY = 1e-300

/** Lentz's method divides by its partial terms: none of them may be nought. */
function away(x: number): number {
  return Math.abs(x) < TINY ? TINY : x
}
