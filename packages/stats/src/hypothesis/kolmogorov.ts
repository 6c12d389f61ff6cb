import { StatsError } from '../error.ts'
import { kolmogorovSf } from '../special/index.ts'
import type { TestResult } from './proportion.ts'
import { stepsOf } from './ranks.ts'
import { checkSamples } from './samples.ts'

export type KolmogorovOptions = {
  /** exact: counts lattice paths, cost n × m; asymptotic: Kolmogorov's limit. Default auto: exact up to 10,000 values a side. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
}

const EXACT_ROWS = 10_000
/** Above it the exact count, n × m steps, would take seconds. */
const EXACT_PATHS = 30_000_000

/**
 * Two-sided two-sample Kolmogorov-Smirnov test. Exact under the null for continuous data (conservative with ties).
 * The asymptotic p-value is Kolmogorov's limit at √(nm / (n + m)) D: SciPy ≥ 1.5 takes the finite-sample law of
 * n m / (n + m) values instead, so the two differ below some hundred values.
 * @see Hodges 1958
 * @example kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).pValue // 0.7714
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: KolmogorovOptions = {},
): TestResult & { readonly method: 'exact' | 'asymptotic' } {
  checkSamples('kolmogorovSmirnov', reference, current)
  const [n, m] = [reference.length, current.length]
  const { method = 'auto' } = options
  const feasible = n * m <= EXACT_PATHS
  if (method === 'exact' && !feasible)
    throw new StatsError('STATS_BAD_OPTION', `an exact test of ${n} and ${m} values takes too long; use asymptotic`, {
      n,
      m,
    })
  const gap = largestGap(reference, current)
  const exact = method === 'exact' || (method === 'auto' && Math.max(n, m) <= EXACT_ROWS && feasible)
  const pValue = exact ? exactSf(n, m, gap) : kolmogorovSf((Math.sqrt((n * m) / (n + m)) * gap) / (n * m))
  return { statistic: gap / (n * m), pValue: Math.min(1, Math.max(0, pValue)), method: exact ? 'exact' : 'asymptotic' }
}

/** n m D, a whole number: free of rounding, so that ties with the bound are decided right. */
function largestGap(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const steps = stepsOf(reference, current)
  let gap = 0
  let largest = 0
  for (let k = 0; k < steps.reference.length; k++) {
    gap += steps.reference[k]! * current.length - steps.current[k]! * reference.length
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
  const leave = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= gap) leave[j] = 1
      else if (i === 0 && j === 0) leave[j] = 0
      else leave[j] = (i / (i + j)) * (i > 0 ? leave[j]! : 0) + (j / (i + j)) * (j > 0 ? leave[j - 1]! : 0)
    }
  return leave[m]!
}
