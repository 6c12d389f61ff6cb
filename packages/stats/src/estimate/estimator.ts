import { StatsError, type Unknown } from '../error.ts'
import { createRandom } from '../random.ts'
import { type ImportanceWeights, importanceWeights } from './domain.ts'
import { type ExpectedOptions, type ExpectedPerformance, expectedPerformance } from './expected.ts'
import { fitProbability, type ProbabilityMap, probabilitiesOf } from './probability.ts'
import { checkLabelled, checkScored, type LabelledRows, type ScoredRows } from './rows.ts'

/** What a reference with labels taught of how far a model's scores may be believed. */
export type PerformanceEstimator = {
  readonly reference: LabelledRows
  readonly plain: ProbabilityMap
  readonly options: Required<EstimatorOptions>
}

export type EstimatorOptions = {
  readonly seed: number | string
  /** Estimate P(y | score, features) and not P(y | score): better where the score leaves much unsaid. Default false. */
  readonly isFeatureAware?: boolean
  /** Below this effective share of the reference its rows are not weighted: the weights would be noise. Default 0.2. */
  readonly leastEffectiveShare?: number
  /** With more of the window outside the reference than this there is no estimate. Default 0.3. */
  readonly mostOutside?: number
  /** Bootstrap replicates of the calibration that the intervals take account of. Default 20. */
  readonly replicates?: number
  /** With fewer reference rows there is no estimator. Default 300. */
  readonly minReferenceRows?: number
}

export type PerformanceEstimate = {
  readonly kind: 'known'
  readonly performance: ExpectedPerformance
  /** Probability of 1 for each row: what rectify and planAudit need. */
  readonly probabilities: Float64Array
  /** weighted: the reference was made to look like the window (PAPE); plain: as it was (CBPE). */
  readonly method: 'weighted' | 'plain'
  /** What the reference was, or would have been, weighted with, and how much of it then speaks for the window. */
  readonly importance: ImportanceWeights
}

/**
 * Learns from reference rows that the model was not trained on.
 * @returns unknown with too few rows or one class only
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example fitPerformanceEstimator({ features: [], scores: [0.5], labels: [1] }, { seed: 1 }).kind // "unknown"
 */
export function fitPerformanceEstimator(
  reference: LabelledRows,
  options: EstimatorOptions,
): { readonly kind: 'known'; readonly estimator: PerformanceEstimator } | Unknown {
  checkLabelled('fitPerformanceEstimator', reference)
  const settled = {
    isFeatureAware: false,
    leastEffectiveShare: 0.2,
    mostOutside: 0.3,
    replicates: 20,
    minReferenceRows: 300,
    ...options,
  }
  if (!(settled.replicates >= 0 && settled.replicates <= 1000 && settled.mostOutside >= 0))
    throw new StatsError('STATS_BAD_OPTION', `replicates is ${settled.replicates}, expected 0 to 1000`)
  const rows = reference.scores.length
  const need = Math.max(2, settled.minReferenceRows)
  if (rows < need) return { kind: 'unknown', reason: 'too-few-reference-rows', have: rows, need }
  const classes = new Set(Array.from(reference.labels)).size
  if (classes < 2) return { kind: 'unknown', reason: 'one-class-only', have: classes, need: 2 }
  const { seed, isFeatureAware } = settled
  return {
    kind: 'known',
    estimator: { reference, plain: fitProbability(reference, { seed, isFeatureAware }), options: settled },
  }
}

/**
 * Performance of a window without its labels. The reference is weighted to look like the window (PAPE: Białek et al.
 * 2024) where enough of it speaks for the window, taken as it is (CBPE) where the weights would be noise, and where the
 * window lies outside the reference there is no answer.
 * @returns unknown `out-of-support` (have: outside share in percent), `too-few-rows`
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const scores = Float64Array.from({ length: 1000 }, (_, i) => ((i % 10) + 0.5) / 10)
 * const labels = scores.map((score, i) => (((i / 10) | 0) % 100 < 100 * score ? 1 : 0))
 * const rows = { features: [{ name: 'x', kind: 'numeric', values: scores }], scores, labels } as const
 * const fitted = fitPerformanceEstimator(rows, { seed: 1 })
 * const estimate = fitted.kind === 'known' && estimatePerformance(fitted.estimator, rows)
 * estimate.performance.accuracy.value // 0.75
 */
export function estimatePerformance(
  estimator: PerformanceEstimator,
  current: ScoredRows,
  options: ExpectedOptions = {},
): PerformanceEstimate | Unknown {
  checkScored('estimatePerformance', current)
  const { reference } = estimator
  const { seed, isFeatureAware, leastEffectiveShare, mostOutside, replicates } = estimator.options
  const need = Math.max(2, options.minRows ?? 100)
  if (current.scores.length < need)
    return { kind: 'unknown', reason: 'too-few-rows', have: current.scores.length, need }
  const columns = ({ features, scores }: ScoredRows) =>
    features.length > 0 ? features : [{ name: '(score)', kind: 'numeric' as const, values: Float64Array.from(scores) }]
  const found = importanceWeights(columns(reference), columns(current), { seed, minRows: 2 })
  if (found.kind === 'unknown') return found
  const { effectiveShare, outsideShare } = found
  if (outsideShare > mostOutside)
    return { kind: 'unknown', reason: 'out-of-support', have: 100 * outsideShare, need: 100 * mostOutside }
  const isWeighted = effectiveShare >= leastEffectiveShare
  const weights = isWeighted ? found.weights : undefined
  const map = weights ? fitProbability(reference, { seed, isFeatureAware, weights }) : estimator.plain
  const probabilities = probabilitiesOf(map, current)
  const rows = {
    probabilities,
    scores: current.scores,
    replicates: resample(estimator, current, { weights, map, count: replicates }),
  }
  return {
    kind: 'known',
    performance: expectedPerformance(rows, options),
    probabilities,
    method: isWeighted ? 'weighted' : 'plain',
    importance: found,
  }
}

type Resampling = {
  readonly weights: Float64Array | undefined
  readonly map: ProbabilityMap
  readonly count: number
}

/** Rows of the reference drawn anew by exponential weights (Rubin 1981); the trees of the features stay as they are. */
function resample({ reference, options }: PerformanceEstimator, current: ScoredRows, from: Resampling): Float64Array[] {
  const random = createRandom(`${options.seed}/replicates`)
  return Array.from({ length: from.count }, () => {
    const weights = Float64Array.from(
      reference.scores,
      (_, i) => (from.weights?.[i] ?? 1) * -Math.log1p(-random.next()),
    )
    const { calibrator } = fitProbability(reference, { seed: options.seed, weights })
    return probabilitiesOf({ ...from.map, calibrator }, current)
  })
}
