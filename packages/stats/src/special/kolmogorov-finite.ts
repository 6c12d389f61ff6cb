import { StatsError } from '../error.ts'
import { lgamma } from './gamma.ts'
import { kolmogorovLower } from './kolmogorov.ts'

/**
 * Tail of the Kolmogorov-Smirnov distance of n rows from the distribution they were drawn from, P(D >= d).
 * Up to 140 rows, and near 1, exact (Durbin's matrix as by Marsaglia, Tsang and Wang 2003; twice Smirnov's one-sided sum in the
 * tail); beyond, Pelz and Good's expansion (1976), within 1e-9 of SciPy's `kstwo.sf`. The two-sample tests of SciPy and
 * whylogs read it at n m / (n + m) rows; `compat/` keeps another that has SciPy's own error of 3e-8 too, digit for digit.
 * @param n whole, 1 or more @param d 0 to 1 @see Simard and L'Ecuyer 2011
 * @example kolmogorovFiniteSf(50, 0.2) // 0.031439
 */
export function kolmogorovFiniteSf(n: number, d: number): number {
  if (!(Number.isInteger(n) && n >= 1 && d >= 0))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `kolmogorovFiniteSf got ${n} rows and d ${d}, expected a whole number from 1 and a distance from 0`,
      { rows: n, d },
    )
  if (d <= 0.5 / n) return 1
  if (d >= 1) return 0
  const square = n * d * d
  if (square >= 370) return 0
  if (n <= 140) return clip(square > 4 || d >= 0.5 ? 2 * smirnovSum(n, d) : 1 - durbin(n, d))
  if (square < 0.035) return 1
  if (n <= 100_000 && n * d ** 1.5 <= 1.4) return clip(1 - durbin(n, d))
  if (square < 2.2 || (n > LARGEST_SUM && square < 8)) return clip(1 - pelzGood(n, d))
  return clip(n > LARGEST_SUM ? 2 * Math.exp(-((6 * n * d + 1) ** 2) / (18 * n)) : 2 * smirnovSum(n, d))
}

/** Terms of Smirnov's sum that are worth their time; beyond, its limit is within 1e-4 of it. */
const LARGEST_SUM = 20_000

/** P(D+ >= d), Birnbaum and Tingey 1951: d Σ C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j). */
function smirnovSum(n: number, d: number): number {
  let logChoose = 0
  let sum = 0
  const last = Math.floor(n * (1 - d))
  for (let j = 0; j <= last; j++) {
    const rest = 1 - d - j / n
    const power = rest > 0 ? (n - j) * Math.log(rest) : n === j ? 0 : -Infinity
    sum += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + power)
    logChoose += Math.log((n - j) / (j + 1))
  }
  return d * sum
}

/** P(D < d) as n! / n^n times a cell of the n-th power of a matrix of 2 ⌈nd⌉ - 1 rows. */
function durbin(n: number, d: number): number {
  const k = Math.floor(n * d) + 1
  const size = 2 * k - 1
  let base = { cells: durbinMatrix(k, k - n * d), exponent: 0 }
  let power: Scaled | undefined
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = power ? times(power, base, size) : base
    if (left > 1) base = times(base, base, size)
  }
  const cell = power!.cells[(k - 1) * size + k - 1]!
  return Math.exp(Math.log(cell) + power!.exponent * Math.LN2 + lgamma(n + 1) - n * Math.log(n))
}

function durbinMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1
  const cells = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) cells[i * size + j] = i - j + 1 >= 0 ? 1 : 0
  for (let i = 0; i < size; i++) {
    cells[i * size]! -= h ** (i + 1)
    cells[(size - 1) * size + i]! -= h ** (size - i)
  }
  cells[(size - 1) * size]! += 2 * h - 1 > 0 ? (2 * h - 1) ** size : 0
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) for (let g = 2; g <= i - j + 1; g++) cells[i * size + j]! /= g
  return cells
}

type Scaled = { readonly cells: Float64Array; readonly exponent: number }

function times(a: Scaled, b: Scaled, size: number): Scaled {
  const cells = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let l = 0; l < size; l++) {
      const factor = a.cells[i * size + l]!
      if (factor !== 0) for (let j = 0; j < size; j++) cells[i * size + j]! += factor * b.cells[l * size + j]!
    }
  const largest = cells.reduce((most, cell) => Math.max(most, Math.abs(cell)), 0)
  const shift = largest > 0 ? Math.floor(Math.log2(largest)) : 0
  return { cells: cells.map((cell) => cell * 2 ** -shift), exponent: a.exponent + b.exponent + shift }
}

/** P(D < d) for large n: Kolmogorov's limit and three terms in 1 / √n. */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d
  const z2 = z * z
  const sums = [0, 0, 0, 0, 0]
  for (let k = 0; k < 24; k++) {
    const half = (Math.PI * (k + 0.5)) ** 2
    const whole = (Math.PI * (k + 1)) ** 2
    const e = 2 * Math.exp(-half / (2 * z2))
    const f = 2 * Math.exp(-whole / (2 * z2))
    sums[0]! += e * (half - z2)
    sums[1]! += e * (6 * z2 ** 3 + 2 * z2 ** 2 + (2 * z2 ** 2 - 5 * z2) * half + (1 - 2 * z2) * half ** 2)
    sums[2]! += f * whole
    const odd = (5 - 30 * z2) * half ** 3 + (-60 * z2 + 212 * z2 ** 2) * half ** 2
    sums[3]! += e * (odd + (135 * z2 ** 2 - 96 * z2 ** 3) * half - (30 * z2 ** 3 + 90 * z2 ** 4))
    sums[4]! += f * (3 * whole * z2 - whole ** 2)
  }
  const first = sums[0]! / (6 * z2 ** 2)
  const second = sums[1]! / (72 * z2 ** 3 * z) - sums[2]! / (36 * z2 * z)
  const third = sums[3]! / (6480 * z2 ** 5) + sums[4]! / (216 * z2 ** 3)
  const root = Math.sqrt(n)
  return kolmogorovLower(z) + Math.sqrt(Math.PI / 2) * (first / root + second / n + third / (n * root))
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p))
}
