import type { Unknown } from '../../error.ts'
import { betaI, chiSquareSf, normalCdf } from '../../special/index.ts'
import { finiteKolmogorovSf, twoSampleRows } from '../finite-kolmogorov.ts'
import { pooled } from './binning.ts'
import { characteristicDistance } from './characteristic.ts'

const EXACT_KS_ROWS = 10_000

/** SciPy's `ks_2samp`: lattice paths up to 10,000 rows a side, above the law of nm / (n + m) values. */
export function ksP(reference: Float64Array, current: Float64Array): number {
  const [n, m] = [reference.length, current.length]
  const gap = largestGap(reference, current)
  if (Math.max(n, m) <= EXACT_KS_ROWS) return exactTail(n, m, gap)
  return finiteKolmogorovSf(twoSampleRows(n, m), gap / (n * m))
}

/** n m D: whole, hence free of rounding. */
function largestGap(reference: Float64Array, current: Float64Array): number {
  let [gap, largest] = [0, 0]
  for (const step of stepsOf(reference, current)) {
    gap += step.reference * current.length - step.current * reference.length
    largest = Math.max(largest, Math.abs(gap))
  }
  return largest
}

/** Probability that a random path strays by `gap`; only the cells inside the band are visited, outside it is 1. */
function exactTail(n: number, m: number, gap: number): number {
  if (gap === 0) return 1
  const leave = new Float64Array(m + 1).fill(1)
  for (let i = 0; i <= n; i++) {
    const first = Math.max(0, Math.floor((i * m - gap) / n) + 1)
    const last = Math.min(m, Math.ceil((i * m + gap) / n) - 1)
    if (first > 0) leave[first - 1] = 1
    for (let j = first; j <= last; j++) {
      if (i === 0 && j === 0) leave[j] = 0
      else leave[j] = (i / (i + j)) * (i > 0 ? leave[j]! : 0) + (j / (i + j)) * (j > 0 ? leave[j - 1]! : 0)
    }
  }
  return Math.min(1, leave[m]!)
}

/** Student's t of equal variances, two-sided. */
export function studentP(reference: Float64Array, current: Float64Array): number | Unknown {
  const [n, m] = [reference.length, current.length]
  const df = n + m - 2
  if (df < 1) return { kind: 'unknown', reason: 'too-few-rows', have: n + m, need: 3 }
  const [a, b] = [moments(reference), moments(current)]
  const variance = ((a.squares + b.squares) / df) * (1 / n + 1 / m)
  if (variance === 0 && a.mean === b.mean) return noVariation(1)
  const t = (a.mean - b.mean) / Math.sqrt(variance)
  if (Number.isNaN(t)) return { kind: 'unknown', reason: 'not-finite', have: 0, need: 1 }
  return variance === 0 ? 0 : betaI(df / 2, 0.5, df / (df + t * t))
}

const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
/** Scholz and Stephens' Table 2 for two samples: b0, b1 and b2 at each level. */
const COEFFICIENTS = [
  [0.675, -0.245, -0.105],
  [1.281, 0.25, -0.305],
  [1.645, 0.678, -0.362],
  [1.96, 1.149, -0.391],
  [2.326, 1.822, -0.396],
  [2.573, 2.364, -0.345],
  [3.085, 3.615, -0.154],
]
const CRITICAL = COEFFICIENTS.map((each) => each.reduce((sum, coefficient) => sum + coefficient, 0))

/** SciPy's `anderson_ksamp` of two samples with midranks: p from a parabola through seven levels, within 0.001 to 0.25. */
export function andersonP(reference: Float64Array, current: Float64Array): number | Unknown {
  const steps = stepsOf(reference, current)
  if (steps.length < 2) return noVariation(steps.length)
  const [n, m] = [reference.length, current.length]
  const rows = n + m
  if (rows < 4) return { kind: 'unknown', reason: 'too-few-rows', have: rows, need: 4 }
  let [before, sum] = [0, 0]
  const below = { reference: 0, current: 0 }
  for (const step of steps) {
    const here = step.reference + step.current
    const middle = before + here / 2
    const weight = here / rows / (middle * (rows - middle) - (rows * here) / 4)
    sum += (weight * (rows * (below.reference + step.reference / 2) - middle * n) ** 2) / n
    sum += (weight * (rows * (below.current + step.current / 2) - middle * m) ** 2) / m
    before += here
    below.reference += step.reference
    below.current += step.current
  }
  const standard = ((sum * (rows - 1)) / rows - 1) / Math.sqrt(andersonVariance(n, m))
  if (standard < CRITICAL[0]!) return LEVELS[0]!
  if (standard > CRITICAL.at(-1)!) return LEVELS.at(-1)!
  return Math.exp(parabolaAt(CRITICAL, LEVELS.map(Math.log), standard))
}

function andersonVariance(n: number, m: number): number {
  const rows = n + m
  const inverse = 1 / n + 1 / m
  let [harmonic, g] = [0, 0]
  for (let i = 2; i < rows; i++) {
    harmonic += 1 / (rows + 1 - i)
    g += harmonic / i
  }
  const h = harmonic + 1
  const a = 4 * g - 6 + (10 - 6 * g) * inverse
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h
  const d = (2 * h + 6) * 4 - 8 * h
  return (a * rows ** 3 + b * rows ** 2 + c * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3))
}

/** Least-squares parabola through the points, at x: normal equations around the mean of xs. */
function parabolaAt(xs: readonly number[], ys: readonly number[], x: number): number {
  const mean = xs.reduce((sum, each) => sum + each, 0) / xs.length
  const power = (k: number) => xs.reduce((sum, each) => sum + (each - mean) ** k, 0)
  const moment = (k: number) => xs.reduce((sum, each, i) => sum + (each - mean) ** k * ys[i]!, 0)
  const [s0, s2, s3, s4] = [xs.length, power(2), power(3), power(4)]
  const [t0, t1, t2] = [moment(0), moment(1), moment(2)]
  const determinant = s0 * (s2 * s4 - s3 * s3) - s2 * s2 * s2
  const constant = (t0 * (s2 * s4 - s3 * s3) - s2 * (s2 * t2 - s3 * t1)) / determinant
  const slope = (s0 * (t1 * s4 - t2 * s3) + s2 * (t0 * s3 - t1 * s2)) / determinant
  const curve = (s0 * (s2 * t2 - s3 * t1) - s2 * s2 * t0) / determinant
  return constant + slope * (x - mean) + curve * (x - mean) ** 2
}

const EXACT_U_ROWS = 8

/** SciPy's `mannwhitneyu(reference, current, alternative="less")`: p that the reference is the smaller. */
export function mannWhitneyLessP(reference: Float64Array, current: Float64Array): number {
  const [n, m] = [reference.length, current.length]
  let [below, u, ties] = [0, 0, 0]
  for (const step of stepsOf(reference, current)) {
    u += step.current * (below + step.reference / 2)
    below += step.reference
    const here = step.reference + step.current
    ties += here ** 3 - here
  }
  if (Math.min(n, m) <= EXACT_U_ROWS && ties === 0) return uTail(u, n, m)
  const rows = n + m
  const variance = ((n * m) / 12) * (rows + 1 - ties / (rows * (rows - 1)))
  if (!(variance > 0)) return 1
  return normalCdf(-(u - (n * m) / 2 - 0.5) / Math.sqrt(variance))
}

/** P(U >= u): the orders with each U are the coefficients of a Gaussian binomial, one factor for each row of the smaller sample. */
function uTail(u: number, n: number, m: number): number {
  const [few, many] = [Math.min(n, m), Math.max(n, m)]
  const shares = new Float64Array(few * many + 1)
  shares[0] = 1
  for (let k = 1; k <= few; k++) {
    const up = many + k
    for (let i = shares.length - 1; i >= up; i--) shares[i]! -= shares[i - up]!
    for (let i = k; i < shares.length; i++) shares[i]! += shares[i - k]!
  }
  // Symmetric, P(U >= u) = P(U <= nm - u): the low coefficients are the exact ones.
  const size = few * many
  const from = Math.max(0, Math.trunc(u))
  let [tail, all] = [0, 0]
  for (let i = 0; i <= size; i++) {
    all += shares[i]!
    if (i <= size - from) tail += shares[i]!
  }
  return Math.min(1, Math.max(0, tail / all))
}

/** SciPy's `epps_singleton_2samp` at t of 0.4 and 0.8 semi-interquartile ranges. */
export function eppsSingletonP(reference: Float64Array, current: Float64Array): number | Unknown {
  const [n, m] = [reference.length, current.length]
  if (Math.min(n, m) < 5) return { kind: 'unknown', reason: 'too-few-rows', have: Math.min(n, m), need: 5 }
  const sorted = pooled(reference, current).sort()
  const range = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)
  if (range === 0) return { kind: 'unknown', reason: 'no-interquartile-range', have: 0, need: 1 }
  const { statistic, rank } = characteristicDistance(reference, current, [0.8 / range, 1.6 / range])
  if (rank === 0) return noVariation(1)
  const rows = n + m
  const correction = Math.max(n, m) < 25 ? 1 / (1 + rows ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)) : 1
  return chiSquareSf(statistic * correction, rank)
}

/** NumPy's linear quantile. */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!
  return sorted[low]! + (above - sorted[low]!) * (at - low)
}

type Step = { readonly reference: number; readonly current: number }

/** Rows of both samples at every distinct value, ascending. */
function stepsOf(reference: Float64Array, current: Float64Array): Step[] {
  const [a, b] = [reference.toSorted(), current.toSorted()]
  const steps: Step[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const here = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!
    const [i0, j0] = [i, j]
    while (i < a.length && a[i] === here) i++
    while (j < b.length && b[j] === here) j++
    steps.push({ reference: i - i0, current: j - j0 })
  }
  return steps
}

function moments(values: Float64Array): { readonly mean: number; readonly squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) }
}

function noVariation(distinct: number): Unknown {
  return { kind: 'unknown', reason: 'constant', have: distinct, need: 2 }
}
