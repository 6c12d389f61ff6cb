import { cramerVonMisesSf } from '../special/index.ts'
import { type Steps, stepsOf } from './ranks.ts'
import type { TestResult, UnknownComparison } from './result.ts'
import { takeSamples } from './samples.ts'
import { dealtShare, tiesMatter } from './ties.ts'

export type CramerVonMisesOptions = {
  /**
   * exact: all orders of the rows, up to 30 a side, without ties; asymptotic: the limit law; permutation: rows dealt out
   * anew, seeded by the data. Default auto: permutation where ties matter (some 30 different values or fewer), else exact
   * up to 20 rows a side, as SciPy, else asymptotic.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'permutation'
  /**
   * gaps: tied rows have the gap of the distribution functions at their middle. midranks: SciPy's statistic, which grows
   * with the ties and not with the difference: between samples of 5 values and 200 and 100 rows it always rejects.
   * Without ties both are the same. Default gaps.
   */
  readonly ties?: 'gaps' | 'midranks'
}

const AUTO_ROWS = 20
const EXACT_ROWS = 30

/**
 * Two-sample Cramér-von Mises test: the squared gap of the distribution functions, averaged over the pooled rows. Beside
 * Kolmogorov-Smirnov it has more power where a shift is spread over the whole range. The effect is the mean squared gap,
 * 0 to 1/3.
 * @see Anderson 1962 (the limit, with its mean and variance at n and m); Xiao, Gordon and Yakovlev 2007 (exact)
 * @example cramerVonMises([1, 2, 3, 4], [3.5, 4.5, 5, 6]).pValue // 0.057143
 */
export function cramerVonMises(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: CramerVonMisesOptions = {},
): TestResult | UnknownComparison {
  const pair = takeSamples(reference, current, { need: 2 })
  if (pair.kind === 'unknown') return pair
  const [n, m] = [pair.reference.length, pair.current.length]
  const steps = stepsOf(pair.reference, pair.current)
  const tied = steps.values.length < n + m
  const statistic =
    options.ties === 'midranks' || !tied ? fromRanks(rankDistance(steps, n, m), n, m) : gapDistance(steps, n, m)
  const { method: asked = 'auto' } = options
  const permute =
    asked === 'permutation' || (asked === 'auto' && options.ties !== 'midranks' && tiesMatter(steps, n + m))
  const exact = !permute && asked !== 'asymptotic' && Math.max(n, m) <= (asked === 'exact' ? EXACT_ROWS : AUTO_ROWS)
  return {
    kind: 'tested',
    statistic,
    pValue: permute
      ? dealtShare(steps, (dealt) => gapDistance(dealt, n, m))
      : Math.min(1, exact ? exactTail(toRanks(statistic, n, m), n, m) : limitTail(statistic, n, m)),
    method: permute ? 'permutation' : exact ? 'exact' : 'asymptotic',
    effect: { name: 'mean squared gap', value: Math.max(0, (statistic * (n + m)) / (n * m)), interval: null },
    rows: pair.rows,
  }
}

/** n m / (n + m)² Σ (F - G)² over the pooled rows, F and G at the middle of their steps where rows are tied. */
function gapDistance({ reference, current }: Steps, n: number, m: number): number {
  let [before, below, sum] = [0, 0, 0]
  for (let k = 0; k < reference.length; k++) {
    const [a, b] = [reference[k]!, current[k]!]
    const half = a + b > 1 ? 2 : 1
    sum += (a + b) * ((before + a / half) / n - (below + b / half) / m) ** 2
    before += a
    below += b
  }
  return (n * m * sum) / (n + m) ** 2
}

function fromRanks(u: number, n: number, m: number): number {
  return u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m))
}

function toRanks(statistic: number, n: number, m: number): number {
  return n * m * (n + m) * (statistic + (4 * n * m - 1) / (6 * (n + m)))
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
  const bound = Math.floor((lcm * lcm * (n + m) * (6 * u - k * (4 * k - 1))) / (6 * k * k) + 1e-6)
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
