import { normalCdf } from '../special/index.ts'
import type { TestResult } from './proportion.ts'
import { stepsOf } from './ranks.ts'
import { checkSamples } from './samples.ts'

export type MannWhitneyOptions = {
  /** exact: only without ties; default auto: exact when there are none and either sample has 8 values or fewer. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
}

/**
 * Two-sided Mann-Whitney U test; the normal law has the tie and the continuity correction. `statistic` is U of the
 * reference, `superiority` the probability that a current value exceeds a reference value (ties half).
 * @see Mann and Whitney 1947
 * @example mannWhitney([1, 2, 3, 4], [3.5, 4.5, 5, 6]).pValue // 0.05714
 */
export function mannWhitney(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: MannWhitneyOptions = {},
): TestResult & { readonly superiority: number } {
  checkSamples('mannWhitney', reference, current)
  const { u, ties } = uOf(reference, current)
  const [n, m] = [reference.length, current.length]
  const { method = 'auto' } = options
  const exact = ties === 0 && n * m <= 10_000 && (method === 'exact' || (method === 'auto' && Math.min(n, m) <= 8))
  return { statistic: u, pValue: exact ? exactP(u, n, m) : normalP(u, n, m, ties), superiority: 1 - u / (n * m) }
}

/** Pairs in which the reference value is the larger (ties half), and sum of t³ - t over the ties. */
function uOf(reference: ArrayLike<number>, current: ArrayLike<number>) {
  const steps = stepsOf(reference, current)
  let below = 0
  let u = 0
  let ties = 0
  for (let k = 0; k < steps.reference.length; k++) {
    const [a, b] = [steps.reference[k]!, steps.current[k]!]
    u += a * (below + b / 2)
    below += b
    ties += (a + b) ** 3 - (a + b)
  }
  return { u, ties }
}

function normalP(u: number, n: number, m: number, ties: number): number {
  const rows = n + m
  const variance = ((n * m) / 12) * (rows + 1 - ties / (rows * (rows - 1)))
  if (!(variance > 0)) return 1
  const z = (Math.max(u, n * m - u) - (n * m) / 2 - 0.5) / Math.sqrt(variance)
  return Math.min(1, 2 * normalCdf(-z))
}

/** Share of the orders with a U at least this far out: the number of ways is the coefficient of a Gaussian binomial. */
function exactP(u: number, n: number, m: number): number {
  const size = n * m
  let ways = new Float64Array(size + 1)
  ways[0] = 1
  for (let k = 1; k <= n; k++) ways = timesGaussianFactor(ways, m + k, k)
  const total = ways.reduce((sum, way) => sum + way, 0)
  const far = Math.round(Math.max(u, size - u))
  return Math.min(1, (2 * ways.subarray(far).reduce((sum, way) => sum + way, 0)) / total)
}

/** Times (1 - q^up) / (1 - q^down), truncated at the length of the polynomial. */
function timesGaussianFactor(ways: Float64Array<ArrayBuffer>, up: number, down: number): Float64Array<ArrayBuffer> {
  const product = ways.slice()
  for (let i = product.length - 1; i >= up; i--) product[i]! -= ways[i - up]!
  for (let i = down; i < product.length; i++) product[i]! += product[i - down]!
  return product
}
