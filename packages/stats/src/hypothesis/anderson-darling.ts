import { andersonDarlingSf } from '../special/index.ts'
import { type Steps, stepsOf } from './ranks.ts'
import type { TestResult, UnknownComparison } from './result.ts'
import { isConstant, takeSamples, unknownOf } from './samples.ts'
import { dealtShare, tiesMatter } from './ties.ts'

export type AndersonDarlingOptions = {
  /**
   * table: Scholz and Stephens', for values without many ties; permutation: rows dealt out anew, seeded by the data.
   * Default auto: permutation where ties matter (some 30 different values or fewer), else the table.
   */
  readonly method?: 'auto' | 'table' | 'permutation'
}

/**
 * Two-sample Anderson-Darling test (of k samples, with k = 2): as Cramér-von Mises, with gaps weighted by 1 / (H (1 - H)),
 * so that the tails count. Ties by midranks. `statistic` is standardised to mean 0 and variance 1, as SciPy's. From
 * p = 0.25 to 0.001 the p-value is read from Scholz and Stephens' table by their quadratic, as in SciPy. Outside of the
 * table SciPy returns 0.25 and 0.001 with a warning; here it is the limit law's, kept at or outside those ends, and
 * `method` says asymptotic. The effect is the weighted mean squared gap.
 * @see Scholz and Stephens 1987
 * @example andersonDarling([1, 2, 3, 4, 5, 6], [4, 5.5, 6.5, 7, 8, 9]).pValue // 0.027
 */
export function andersonDarling(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: AndersonDarlingOptions = {},
): TestResult | UnknownComparison {
  const pair = takeSamples(reference, current, { need: 2 })
  if (pair.kind === 'unknown') return pair
  if (isConstant(pair)) return unknownOf(pair, 'constant-data', 1, 2)
  const [n, m] = [pair.reference.length, pair.current.length]
  const steps = stepsOf(pair.reference, pair.current)
  const distance = weightedDistance(steps, n, m)
  const statistic = (distance - 1) / Math.sqrt(varianceAt(n, m))
  const { method = 'auto' } = options
  const permute = method === 'permutation' || (method === 'auto' && tiesMatter(steps, n + m))
  return {
    kind: 'tested',
    statistic,
    ...(permute
      ? { pValue: dealtShare(steps, (dealt) => weightedDistance(dealt, n, m)), method: 'permutation' as const }
      : pValueOf(statistic)),
    effect: { name: 'weighted mean squared gap', value: (distance * (n + m)) / (n * m), interval: null },
    rows: pair.rows,
  }
}

/** A² of midranks, Scholz and Stephens' formula 7. */
function weightedDistance({ reference, current }: Steps, n: number, m: number): number {
  const total = n + m
  let [before, below] = [0, 0]
  let sum = 0
  for (let k = 0; k < reference.length; k++) {
    const [a, b] = [reference[k]!, current[k]!]
    const rows = a + b
    const reached = before + below + rows / 2
    const gap = total * (before + a / 2) - reached * n
    sum += (rows * gap * gap) / (reached * (total - reached) - (total * rows) / 4)
    before += a
    below += b
  }
  // The second sample's gap is the first one's with its sign changed.
  return ((sum / total) * (1 / n + 1 / m) * (total - 1)) / total
}

/** Variance of A² under the null for two samples (their formula 4). */
function varianceAt(n: number, m: number): number {
  const rows = n + m
  let h = 0
  let g = 0
  for (let i = 1; i < rows - 1; i++) {
    h += 1 / (rows - i)
    g += h / (i + 1)
  }
  h += 1
  const inverse = 1 / n + 1 / m
  const a = 4 * g - 6 + (10 - 6 * g) * inverse
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h
  const d = (2 * h + 6) * 4 - 8 * h
  return (((a * rows + b) * rows + c) * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3))
}

/** Their table 2, b0 b1 b2 at each level: the critical value for k samples is b0 + b1 / √(k-1) + b2 / (k-1). */
const TABLE = [
  [0.675, -0.245, -0.105],
  [1.281, 0.25, -0.305],
  [1.645, 0.678, -0.362],
  [1.96, 1.149, -0.391],
  [2.326, 1.822, -0.396],
  [2.573, 2.364, -0.345],
  [3.085, 3.615, -0.154],
] as const
const CRITICAL = TABLE.map(([b0, b1, b2]) => b0 + b1 + b2)
const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
const QUADRATIC = fitQuadratic(CRITICAL, LEVELS.map(Math.log))
/** Standard deviation of the limit law of A², √(2 (π² - 9) / 3). */
const LIMIT_DEVIATION = Math.sqrt((2 * (Math.PI ** 2 - 9)) / 3)

function pValueOf(statistic: number): Pick<TestResult, 'pValue' | 'method'> {
  const limit = () => andersonDarlingSf(1 + LIMIT_DEVIATION * statistic)
  if (statistic < CRITICAL[0]!) return { pValue: Math.max(LEVELS[0]!, limit()), method: 'asymptotic' }
  if (statistic > CRITICAL[6]!) return { pValue: Math.min(LEVELS[6]!, limit()), method: 'asymptotic' }
  const [c0, c1, c2] = QUADRATIC
  return { pValue: Math.exp(c0 + c1 * statistic + c2 * statistic ** 2), method: 'interpolated' }
}

/** Least squares by Forsythe's orthogonal polynomials: no normal equations to lose digits in. */
function fitQuadratic(x: readonly number[], y: readonly number[]): readonly [number, number, number] {
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i]!, 0)
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const p1 = x.map((value) => value - mean)
  const s1 = dot(p1, p1)
  const skew = dot(
    p1,
    p1.map((value) => value * value),
  )
  const p2 = p1.map((value) => value * value - (skew / s1) * value - s1 / x.length)
  const [f0, f1, f2] = [y.reduce((sum, value) => sum + value, 0) / x.length, dot(p1, y) / s1, dot(p2, y) / dot(p2, p2)]
  const [linear, constant] = [-2 * mean - skew / s1, mean * mean + (skew / s1) * mean - s1 / x.length]
  return [f0 - f1 * mean + f2 * constant, f1 + f2 * linear, f2]
}
