import { createRandom } from '../random.ts'
import { drawSplit, normalCdf, normalQuantile } from '../special/index.ts'
import { type Steps, stepsOf } from './ranks.ts'
import type { EffectInterval, LevelOptions, PValueMethod, TestResult, UnknownComparison } from './result.ts'
import { checkLevel, takeSamples } from './samples.ts'

export type MannWhitneyOptions = LevelOptions & {
  /**
   * exact: only without ties; asymptotic: normal, with tie and continuity correction; permutation: rows dealt out anew,
   * seeded by the data. Default auto: where either sample has 8 values or fewer exact, or by permutation if there are
   * ties; else asymptotic.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic' | 'permutation'
}

export type MannWhitneyResult = TestResult & {
  /** Probability that a current value exceeds a reference value (ties half): the area under the ROC curve; the effect. */
  readonly superiority: number
  /** 2 × superiority - 1: how much more often above than below, -1 to 1. */
  readonly cliffsDelta: number
}

const PERMUTATIONS = 1999
const SMALL_SAMPLE = 8

/**
 * Two-sided Mann-Whitney U test. `statistic` is U of the reference. The effect is `superiority`, with an interval of
 * Wilson's shape from DeLong's variance (both terms), which stays within 0 and 1. Evidently's test of this name is
 * one-sided: it never sees a fall.
 * @see Mann and Whitney 1947; DeLong, DeLong and Clarke-Pearson 1988
 * @example mannWhitney([1, 2, 3, 4], [3.5, 4.5, 5, 6]).pValue // 0.05714
 */
export function mannWhitney(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: MannWhitneyOptions = {},
): MannWhitneyResult | UnknownComparison {
  const level = checkLevel('mannWhitney', options.level)
  const pair = takeSamples(reference, current)
  if (pair.kind === 'unknown') return pair
  return rankSum(stepsOf(pair.reference, pair.current), pair.rows, level, options.method ?? 'auto')
}

/** The test on rows per distinct value (or per ordered bin), ascending. */
export function rankSum(
  steps: Steps,
  rows: TestResult['rows'],
  level: number,
  method: NonNullable<MannWhitneyOptions['method']>,
): MannWhitneyResult {
  const ranks = ranksOf(steps)
  const { n, m, u } = ranks
  const superiority = 1 - u / (n * m)
  const { pValue, method: used } = pValueOf(steps, ranks, method)
  return {
    kind: 'tested',
    statistic: u,
    pValue,
    method: used,
    effect: { name: 'superiority', value: superiority, interval: superiorityInterval(superiority, ranks, level) },
    superiority,
    cliffsDelta: 2 * superiority - 1,
    rows,
  }
}

type Ranks = {
  readonly n: number
  readonly m: number
  /** Pairs in which the reference value is the larger (ties half). */
  readonly u: number
  /** Σ t³ - t over the ties. */
  readonly ties: number
  /** DeLong's variance of u / (n m). */
  readonly variance: number
}

function ranksOf({ reference, current }: Steps): Ranks {
  const n = sum(reference)
  const m = sum(current)
  let ties = 0
  let u = 0
  let [before, below] = [0, 0]
  let [squares, squaresOfCurrent] = [0, 0]
  for (let k = 0; k < reference.length; k++) {
    const [a, b] = [reference[k]!, current[k]!]
    const placement = (below + b / 2) / m
    const placementOfCurrent = (before + a / 2) / n
    u += a * (below + b / 2)
    squares += a * placement * placement
    squaresOfCurrent += b * placementOfCurrent * placementOfCurrent
    before += a
    below += b
    ties += (a + b) ** 3 - (a + b)
  }
  const mean = u / (n * m)
  const spread = (total: number, rows: number, centre: number) =>
    rows < 2 ? 0 : Math.max(0, total / rows - centre * centre) / (rows - 1)
  return { n, m, u, ties, variance: spread(squares, n, mean) + spread(squaresOfCurrent, m, 1 - mean) }
}

function pValueOf(
  steps: Steps,
  ranks: Ranks,
  asked: NonNullable<MannWhitneyOptions['method']>,
): { readonly pValue: number; readonly method: PValueMethod } {
  const { n, m, u, ties } = ranks
  const small = asked === 'auto' && Math.min(n, m) <= SMALL_SAMPLE && n * m <= 10_000
  if (ties === 0 && n * m <= 10_000 && (asked === 'exact' || small)) return { pValue: exactP(u, n, m), method: 'exact' }
  if (asked === 'permutation' || (small && ties > 0))
    return { pValue: permutationP(steps, ranks), method: 'permutation' }
  return { pValue: normalP(u, n, m, ties), method: 'asymptotic' }
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
  const far = Math.round(Math.max(u, size - u))
  return Math.min(1, (2 * sum(ways.subarray(far))) / sum(ways))
}

/** Times (1 - q^up) / (1 - q^down), truncated at the length of the polynomial. */
function timesGaussianFactor(ways: Float64Array<ArrayBuffer>, up: number, down: number): Float64Array<ArrayBuffer> {
  const product = ways.slice()
  for (let i = product.length - 1; i >= up; i--) product[i]! -= ways[i - up]!
  for (let i = down; i < product.length; i++) product[i]! += product[i - down]!
  return product
}

function permutationP(steps: Steps, { n, m, u }: Ranks): number {
  const random = createRandom(`rank sum of ${steps.reference.join()} and ${steps.current.join()}`)
  const pooled = steps.reference.map((rows, k) => rows + steps.current[k]!)
  const dealt = new Float64Array(pooled.length)
  const far = Math.abs(u - (n * m) / 2) - 1e-9
  let farther = 1
  for (let draw = 0; draw < PERMUTATIONS; draw++) {
    drawSplit(random, pooled, m, dealt)
    let below = 0
    let drawn = 0
    for (let k = 0; k < pooled.length; k++) {
      drawn += (pooled[k]! - dealt[k]!) * (below + dealt[k]! / 2)
      below += dealt[k]!
    }
    if (Math.abs(drawn - (n * m) / 2) >= far) farther++
  }
  return farther / (PERMUTATIONS + 1)
}

/** Wilson's shape at the number of coin tosses that has this variance; where it is nought, the smaller sample's. */
function superiorityInterval(value: number, { n, m, variance }: Ranks, level: number): EffectInterval {
  const z2 = normalQuantile(0.5 + level / 2) ** 2
  const tosses = variance > 0 && value > 0 && value < 1 ? (value * (1 - value)) / variance : Math.min(n, m)
  const centre = (value + z2 / (2 * tosses)) / (1 + z2 / tosses)
  const half = Math.sqrt((z2 * value * (1 - value)) / tosses + (z2 / (2 * tosses)) ** 2) / (1 + z2 / tosses)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), level }
}

function sum(counts: Float64Array): number {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i]!
  return total
}
