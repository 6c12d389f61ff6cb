import { StatsError } from '../error.ts'
import { kolmogorovFiniteSf } from '../special/index.ts'
import { type Steps, stepsOf } from './ranks.ts'
import type { LevelOptions, TestResult, UnknownComparison } from './result.ts'
import { checkLevel, takeSamples } from './samples.ts'
import { dealtShare, tiesMatter } from './ties.ts'

export type KolmogorovOptions = LevelOptions & {
  /**
   * exact: counts lattice paths, cost n × m (or n for samples of one size); asymptotic: the law of n m / (n + m) rows.
   * permutation: rows dealt out anew, seeded by the data. Default auto: permutation where ties matter (some 30 different
   * values or fewer: the others are conservative there), else exact where n × m is at most 4 million or the samples have
   * one size, else asymptotic.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'permutation'
}

/** Up to here the exact count takes some 20 ms; at that size the law for n m / (n + m) rows is off by 1 % at most. */
const AUTO_PATHS = 4_000_000
/** Above it the exact count, n × m steps, would take seconds. */
const EXACT_PATHS = 100_000_000

/**
 * Two-sided two-sample Kolmogorov-Smirnov test. Exact under the null for continuous data, and by permutation for tied. The
 * effect is the distance itself; its interval widens it by the Dvoretzky-Kiefer-Wolfowitz bounds of both samples
 * (Massart 1990), so it holds for any two distributions. SciPy 1.17 is exact up to 10,000 rows a side, then as here.
 * @see Hodges 1958
 * @example kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).pValue // 0.7605
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: KolmogorovOptions = {},
): TestResult | UnknownComparison {
  const level = checkLevel('kolmogorovSmirnov', options.level)
  const pair = takeSamples(reference, current)
  if (pair.kind === 'unknown') return pair
  const [n, m] = [pair.reference.length, pair.current.length]
  const { method = 'auto' } = options
  if (method === 'exact' && n !== m && n * m > EXACT_PATHS)
    throw new StatsError('STATS_BAD_OPTION', `an exact test of ${n} and ${m} values takes too long; use asymptotic`, {
      n,
      m,
    })
  const steps = stepsOf(pair.reference, pair.current)
  const gap = largestGap(steps, n, m)
  const statistic = gap / (n * m)
  const permute = method === 'permutation' || (method === 'auto' && tiesMatter(steps, n + m))
  const exact = method === 'exact' || (method === 'auto' && (n === m || n * m <= AUTO_PATHS))
  return {
    kind: 'tested',
    statistic,
    pValue: permute
      ? dealtShare(steps, (dealt) => largestGap(dealt, n, m))
      : Math.min(1, Math.max(0, exact ? exactSf(n, m, gap) : limitSf(n, m, statistic))),
    method: permute ? 'permutation' : exact ? 'exact' : 'asymptotic',
    effect: { name: 'kolmogorov distance', value: statistic, interval: massartInterval(statistic, n, m, level) },
    rows: pair.rows,
  }
}

/** Each sample's distribution function is within its half width everywhere, both with probability `level`. */
function massartInterval(statistic: number, n: number, m: number, level: number) {
  const slack = (rows: number) => Math.sqrt(Math.log(4 / (1 - level)) / (2 * rows))
  const half = slack(n) + slack(m)
  return { low: Math.max(0, statistic - half), high: Math.min(1, statistic + half), level }
}

function limitSf(n: number, m: number, statistic: number): number {
  return kolmogorovFiniteSf(Math.max(1, Math.round((n * m) / (n + m))), statistic)
}

/** n m D, a whole number: free of rounding, so that ties with the bound are decided right. */
function largestGap({ reference, current }: Steps, n: number, m: number): number {
  let gap = 0
  let largest = 0
  for (let k = 0; k < reference.length; k++) {
    gap += reference[k]! * m - current[k]! * n
    largest = Math.max(largest, Math.abs(gap))
  }
  return largest
}

/**
 * Share of the orders of n and m values whose path ever strays by `gap` (in units of 1 / nm): the complement of the
 * paths that stay inside, as probabilities, so that nothing overflows. Summed over the paths that leave, which keeps
 * small p-values exact: `leave[j]` is the probability of having left by the cell (i, j).
 */
function exactSf(n: number, m: number, gap: number): number {
  if (gap === 0) return 1
  if (n === m) return equalSizesSf(n, Math.round(gap / n))
  const leave = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= gap) leave[j] = 1
      else if (i === 0 && j === 0) leave[j] = 0
      else leave[j] = (i / (i + j)) * (i > 0 ? leave[j]! : 0) + (j / (i + j)) * (j > 0 ? leave[j - 1]! : 0)
    }
  return leave[m]!
}

/**
 * Samples of one size, by reflection (Gnedenko and Korolyuk 1951): 2 Σ (-1)^(k-1) C(2n, n - kh) / C(2n, n), nested so
 * that every term is a product of shares below one.
 */
function equalSizesSf(n: number, h: number): number {
  let sum = 0
  for (let k = Math.floor(n / h); k >= 1; k--) {
    let ratio = 1
    for (let j = 0; j < h; j++) ratio *= (n - (k - 1) * h - j) / (n + (k - 1) * h + j + 1)
    sum = ratio * (1 - sum)
  }
  return 2 * sum
}
