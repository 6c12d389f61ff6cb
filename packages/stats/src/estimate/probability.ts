import {
  applyCalibrator,
  type BoostedTrees,
  type Feature,
  fitIsotonic,
  type IsotonicCalibrator,
  predict,
  trainBoostedTrees,
} from '../learn/index.ts'
import { createRandom } from '../random.ts'
import { type LabelledRows, type ScoredRows, takeFeatures } from './rows.ts'

/** Probability of 1 given a row's score, or its score and features: P(y | s) or P(y | x, s). */
export type ProbabilityMap = {
  readonly calibrator: IsotonicCalibrator
  /** Boosted trees of what the calibrator leaves unexplained, in shares. */
  readonly correction?: BoostedTrees
}

export type ProbabilityOptions = {
  readonly seed: number | string
  /** Of the rows: those of importanceWeights turn CBPE into PAPE. */
  readonly weights?: Float64Array
  /** Correct the calibration by the features too. */
  readonly isFeatureAware?: boolean
}

const TREES = {
  task: 'regression',
  rounds: 80,
  patience: 10,
  learningRate: 0.1,
  maxDepth: 3,
  minRowsPerLeaf: 100,
  l2: 10,
  maxBins: 63,
} as const
const LEARNING_SHARE = 0.7

/**
 * Isotonic regression of the label on the score and, where asked, trees on its residuals, stopped where rows kept apart
 * no longer gain: without that a reference of a few thousand rows is fitted, not described, and the estimate is worse
 * than without features.
 */
export function fitProbability(rows: LabelledRows, options: ProbabilityOptions): ProbabilityMap {
  const probabilities = Float64Array.from(rows.scores)
  const outcomes = Float64Array.from(rows.labels)
  const weighted = options.weights ? { weights: options.weights } : {}
  const calibrator = fitIsotonic({ probabilities, outcomes, ...weighted }, { knots: 'centres' })
  if (!options.isFeatureAware) return { calibrator }
  const residuals = outcomes.map((label, i) => label - applyCalibrator(calibrator, probabilities[i]!))
  const features = withScore(rows)
  const order = createRandom(options.seed).shuffle(residuals.keys())
  const cut = Math.floor(order.length * LEARNING_SHARE)
  const part = (at: readonly number[]) => ({
    features: takeFeatures(features, at),
    target: Float64Array.from(at, (i) => residuals[i]!),
    ...(options.weights ? { weights: Float64Array.from(at, (i) => options.weights![i]!) } : {}),
  })
  const settings = { ...TREES, seed: options.seed, validation: part(order.slice(cut)) }
  return { calibrator, correction: trainBoostedTrees(part(order.slice(0, cut)), settings) }
}

/** One probability a row, 0 … 1. */
export function probabilitiesOf({ calibrator, correction }: ProbabilityMap, rows: ScoredRows): Float64Array {
  const plain = Float64Array.from(rows.scores, (score) => applyCalibrator(calibrator, score))
  if (correction === undefined) return plain
  const columns = withScore(rows).map(({ values }) => values)
  const { values } = predict(correction, columns)
  return plain.map((probability, i) => Math.min(1, Math.max(0, probability + values[i]!)))
}

function withScore({ features, scores }: ScoredRows): Feature[] {
  return [...features, { name: '(score)', kind: 'numeric', values: Float64Array.from(scores) }]
}
