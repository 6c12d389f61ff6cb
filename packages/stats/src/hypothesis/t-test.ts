import { StatsError } from '../error.ts'
import { lgamma, normalQuantile, tCdf, tQuantile } from '../special/index.ts'
import type { Effect, LevelOptions, SampleRows, TestResult, UnknownComparison } from './result.ts'
import { allUsed } from './result.ts'
import { checkLevel, takeSamples, unknownOf } from './samples.ts'

export type TTestOptions = LevelOptions & {
  /** welch: the two variances may differ; pooled: they are taken for one (Student). Default welch. */
  readonly variances?: 'welch' | 'pooled'
}

export type TTestResult = TestResult & {
  readonly df: number
  /** Mean of current less mean of reference, in the values' unit, with its interval. */
  readonly difference: Effect
  /** The difference over the pooled standard deviation; `effect` is Hedges' g, the same less its bias. */
  readonly cohensD: number
}

/** Count, mean and sum of squared deviations of a sample: what a profile's moments hold. */
export type MeanAndSpread = { readonly count: number; readonly mean: number; readonly m2: number }

/**
 * Two-sided t-test that two means are equal. Exact for normal values, good for others from some 30 rows a side unless
 * they are very skewed. Two values a side at least, and some spread, else unknown.
 * @see Welch 1947; Hedges 1981
 * @example tTest([1, 2, 3, 4], [3, 4, 5, 7]).pValue // 0.083707
 */
export function tTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: TTestOptions = {},
): TTestResult | UnknownComparison {
  const level = checkLevel('tTest', options.level)
  const pair = takeSamples(reference, current, { need: 2, scaled: true, sorted: false })
  if (pair.kind === 'unknown') return pair
  return compareMeans(spreadOf(pair.reference), spreadOf(pair.current), pair.rows, { ...options, level })
}

/**
 * The same test from the moments of two profiles: equal to `tTest` of the rows to rounding, whatever they were merged from.
 * @throws StatsError STATS_OUT_OF_RANGE where a moment is not finite or a sum of squares negative
 * @example tTestOfMoments({ count: 4, mean: 2.5, m2: 5 }, { count: 4, mean: 4.75, m2: 8.75 }).pValue // 0.083707
 */
export function tTestOfMoments(
  reference: MeanAndSpread,
  current: MeanAndSpread,
  options: TTestOptions = {},
): TTestResult | UnknownComparison {
  const level = checkLevel('tTestOfMoments', options.level)
  for (const { count, mean, m2 } of [reference, current])
    if (!(count >= 0 && m2 >= 0 && Number.isFinite(count + m2 + mean)))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `tTestOfMoments got count ${count}, mean ${mean}, m2 ${m2}, expected finite moments`,
      )
  const rows = { reference: allUsed(reference.count), current: allUsed(current.count) }
  if (reference.count < 2) return unknownOf({ rows }, 'too-few-reference-rows', reference.count, 2)
  if (current.count < 2) return unknownOf({ rows }, 'too-few-rows', current.count, 2)
  return compareMeans(reference, current, rows, { ...options, level })
}

function compareMeans(
  a: MeanAndSpread,
  b: MeanAndSpread,
  rows: SampleRows,
  { level, variances = 'welch' }: TTestOptions & { readonly level: number },
): TTestResult | UnknownComparison {
  const difference = b.mean - a.mean
  const { error, df } = variances === 'pooled' ? pooledError(a, b) : welchError(a, b)
  // Sums of squares of equal values are what rounding leaves of them.
  if (!(error > 1e-14 * Math.max(Math.abs(a.mean), Math.abs(b.mean))) || !(df > 0))
    return unknownOf({ rows }, 'constant-data', 1, 2)
  const statistic = difference / error
  const half = tQuantile(0.5 + level / 2, df) * error
  const cohensD = difference / Math.sqrt((a.m2 + b.m2) / (a.count + b.count - 2))
  return {
    kind: 'tested',
    statistic,
    pValue: Math.min(1, 2 * tCdf(-Math.abs(statistic), df)),
    method: 'asymptotic',
    effect: hedges(cohensD, a.count, b.count, level),
    df,
    difference: {
      name: 'difference of means',
      value: difference,
      interval: { low: difference - half, high: difference + half, level },
    },
    cohensD,
    rows,
  }
}

function pooledError(a: MeanAndSpread, b: MeanAndSpread) {
  const df = a.count + b.count - 2
  return { df, error: Math.sqrt(((a.m2 + b.m2) / df) * (1 / a.count + 1 / b.count)) }
}

function welchError(a: MeanAndSpread, b: MeanAndSpread) {
  const [u, v] = [a, b].map(({ count, m2 }) => m2 / (count - 1) / count) as [number, number]
  // As shares: the squares of tiny variances would vanish.
  const share = u / (u + v)
  return {
    error: Math.sqrt(u + v),
    df: 1 / (share ** 2 / (a.count - 1) + (1 - share) ** 2 / (b.count - 1)),
  }
}

/** Hedges' g with the exact factor Γ(df/2) / (√(df/2) Γ((df-1)/2)) and the large-sample variance of d. */
function hedges(d: number, n: number, m: number, level: number): Effect {
  const df = n + m - 2
  const value = d * Math.exp(lgamma(df / 2) - lgamma((df - 1) / 2)) * Math.sqrt(2 / df)
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt((n + m) / (n * m) + (value * value) / (2 * (n + m)))
  return { name: "Hedges' g", value, interval: { low: value - half, high: value + half, level } }
}

/** Two passes, so that large means do not swallow small spreads. */
function spreadOf(values: Float64Array): MeanAndSpread {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  const mean = sum / values.length
  let m2 = 0
  let rest = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - mean
    m2 += deviation * deviation
    rest += deviation
  }
  return { count: values.length, mean, m2: Math.max(0, m2 - (rest * rest) / values.length) }
}
