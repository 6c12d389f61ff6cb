import { cramerVonMisesSf } from '../special/index.ts'
import { type Steps, stepsOf } from './ranks.ts'
import type { TestResult, UnknownComparison } from './result.ts'
import { takeSamples } from './samples.ts'

export type CramerVonMisesOptions = {
  /** exact: all orders of the rows, up to 30 a side. Default auto: exact up to 20 rows a side, as SciPy has it. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
}

const AUTO_ROWS = 20
const EXACT_ROWS = 30

/**
 * Two-sample Cramér-von Mises test: the squared gap of the distribution functions, averaged over the pooled rows. Beside
 * Kolmogorov-Smirnov it has more power where a shift is spread over the whole range. Ties take their mean rank, as in
 * SciPy. The effect is the mean squared gap, 0 to 1/3.
 * @see Anderson 1962 (the limit, with its mean and variance at n and m); Xiao, Gordon and Yakovlev 2007 (exact)
 * @example cramerVonMises([1, 2, 3, 4], [3.5, 4.5, 5, 6]).pValue // 0.05714
 */
export function cramerVonMises(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: CramerVonMisesOptions = {},
): TestResult | UnknownComparison {
  const pair = takeSamples(reference, current, 2)
  if (pair.kind === 'unknown') return pair
  const [n, m] = [pair.reference.length, pair.current.length]
  const { method = 'auto' } = options
  const exact = Math.max(n, m) <= (method === 'exact' ? EXACT_ROWS : AUTO_ROWS) && method !== 'asymptotic'
  const u = rankDistance(stepsOf(pair.reference, pair.current), n, m)
  const statistic = u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m))
  return {
    kind: 'tested',
    statistic,
    pValue: Math.min(1, exact ? exactTail(u, n, m) : limitTail(statistic, n, m)),
    method: exact ? 'exact' : 'asymptotic',
    effect: { name: 'mean squared gap', value: Math.max(0, (statistic * (n + m)) / (n * m)), interval: null },
    rows: pair.rows,
  }
}

/** n Σ (r_i - i)² + m Σ (s_j - j)² over the pooled (mean) ranks r of the reference and s of the current sample. */
function rankDistance({ reference, current }: Steps, n: number, m: number): number {
  let [i, j] = [0, 0]
  let [ofReference, ofCurrent] = [0, 0]
  for (let k = 0; k < reference.length; k++) {
    const [a, b] = [reference[k]!, current[k]!]
    const rank = i + j + (a + b + 1) / 2
    ofReference += squaresBelow(rank - i, a)
    ofCurrent += squaresBelow(rank - j, b)
    i += a
    j += b
  }
  return n * ofReference + m * ofCurrent
}

/** Σ (d - t)² over t = 1 … count. */
function squaresBelow(d: number, count: number): number {
  const middle = d - (count + 1) / 2
  return count * middle * middle + (count * (count * count - 1)) / 12
}

/** The statistic, brought to the limit's mean 1/6 and variance 1/45. */
function limitTail(statistic: number, n: number, m: number): number {
  const [k, rows] = [n * m, n + m]
  const mean = (1 + 1 / rows) / 6
  const variance = ((rows + 1) * (4 * k * rows - 3 * (n * n + m * m) - 2 * k)) / (45 * rows * rows * 4 * k)
  return cramerVonMisesSf(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance))
}

/** Sums ascending, each with its probability; `beyond` is the probability of having reached the bound already. */
type Sums = { readonly values: Float64Array; readonly p: Float64Array; readonly beyond: number }

/**
 * Share of the orders of n and m rows whose sum of squared gaps (in units of 1 / lcm) is at least this one's. Walks the
 * lattice of the orders and keeps the law of the sum at every cell; what has reached the bound is kept as one number.
 */
function exactTail(u: number, n: number, m: number): number {
  const lcm = (n / greatestDivisor(n, m)) * m
  const [a, b] = [lcm / n, lcm / m]
  const k = n * m
  const bound = Math.floor((lcm * lcm * (n + m) * (6 * u - k * (4 * k - 1))) / (6 * k * k) + 1e-9)
  const row: Sums[] = []
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      const stay = { values: new Float64Array(1), p: Float64Array.of(1), beyond: 0 }
      const arrived =
        i === 0 && j === 0
          ? stay
          : j === 0
            ? row[0]!
            : i === 0
              ? row[j - 1]!
              : mixed(row[j]!, i / (i + j), row[j - 1]!, j / (i + j))
      row[j] = shifted(arrived, (a * i - b * j) ** 2, bound)
    }
  const last = row[m]!
  return last.beyond
}

function shifted({ values, p, beyond }: Sums, by: number, bound: number): Sums {
  let kept = values.length
  let reached = beyond
  while (kept > 0 && values[kept - 1]! + by >= bound) reached += p[--kept]!
  return { values: values.subarray(0, kept).map((value) => value + by), p: p.subarray(0, kept), beyond: reached }
}

function mixed(x: Sums, ofX: number, y: Sums, ofY: number): Sums {
  const values = new Float64Array(x.values.length + y.values.length)
  const p = new Float64Array(values.length)
  let at = 0
  for (let i = 0, j = 0; i < x.values.length || j < y.values.length; at++) {
    const value = Math.min(x.values[i] ?? Infinity, y.values[j] ?? Infinity)
    values[at] = value
    if (x.values[i] === value) p[at]! += ofX * x.p[i++]!
    if (y.values[j] === value) p[at]! += ofY * y.p[j++]!
  }
  return { values: values.subarray(0, at), p: p.subarray(0, at), beyond: ofX * x.beyond + ofY * y.beyond }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
