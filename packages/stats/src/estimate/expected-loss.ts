import { StatsError, type Unknown } from '../error.ts'
import { type BoostedTrees, type Feature, predict, trainBoostedTrees } from '../learn/index.ts'
import { createRandom } from '../random.ts'
import type { Figure } from '../score/index.ts'
import { normalQuantile } from '../special/index.ts'
import { checkSame, outOfRange, takeFeatures } from './rows.ts'

/** What a reference taught of the loss of a row, given its features and prediction. */
export type ExpectedLossModel = {
  readonly kind: 'known'
  readonly trees: BoostedTrees
  /** Mean of loss - foretold loss over rows kept apart, its error, and the spread of a single row. */
  readonly bias: number
  readonly biasError: number
  readonly spread: number
}

export type LossRows = {
  readonly features: readonly Feature[]
  /** What the model predicted, any finite number. */
  readonly predictions: ArrayLike<number>
}

export type ExpectedLossOptions = {
  readonly seed: number | string
  /** With fewer rows there is no model. Default 300. */
  readonly minRows?: number
}

export type ExpectedLoss = {
  /** Mean loss that the window's labels will give. */
  readonly figure: Figure
  /** For each row, from 0: what rectify needs. */
  readonly losses: Float64Array
}

const TREES = {
  task: 'regression',
  rounds: 150,
  patience: 15,
  learningRate: 0.1,
  maxDepth: 5,
  minRowsPerLeaf: 50,
  l2: 5,
} as const
const LEARNING_SHARE = 0.7

/**
 * Direct loss estimation: boosted trees of the loss |error|, error², cost, … on features and prediction. Mean error and
 * spread come from reference rows that the trees have not seen; the peer's are in-sample, hence too small.
 * @param losses one per row, finite and from 0 @see NannyML 0.13.1 (DLE)
 * @returns unknown with too few rows
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example fitExpectedLoss({ features: [], predictions: [] }, [], { seed: 1 }).reason // "too-few-rows"
 */
export function fitExpectedLoss(
  reference: LossRows,
  losses: ArrayLike<number>,
  options: ExpectedLossOptions,
): ExpectedLossModel | Unknown {
  const { seed, minRows = 300 } = options
  checkRows('fitExpectedLoss', reference)
  checkSame('fitExpectedLoss', 'losses', losses.length, reference.predictions.length)
  for (let i = 0; i < losses.length; i++)
    if (!(losses[i]! >= 0 && losses[i]! < Infinity))
      throw outOfRange('fitExpectedLoss', `loss ${i}`, losses[i]!, 'a finite number from 0')
  const need = Math.max(10, minRows)
  if (losses.length < need) return { kind: 'unknown', reason: 'too-few-rows', have: losses.length, need }
  const features = withPrediction(reference)
  const order = createRandom(seed).shuffle(Array(losses.length).keys())
  const cut = Math.floor(order.length * LEARNING_SHARE)
  const part = (at: readonly number[]) => ({
    features: takeFeatures(features, at),
    target: Float64Array.from(at, (i) => losses[i]!),
  })
  const kept = part(order.slice(cut))
  const trees = trainBoostedTrees(part(order.slice(0, cut)), { ...TREES, seed, validation: kept })
  const foretold = lossesOf(trees, kept.features)
  const residuals = kept.target.map((loss, i) => loss - foretold[i]!)
  const bias = meanOf(residuals)
  const spread = Math.sqrt(meanOf(residuals.map((residual) => (residual - bias) ** 2)))
  return { kind: 'known', trees, bias, biasError: spread / Math.sqrt(residuals.length), spread }
}

/**
 * Mean loss of a window without its labels, with an interval for what they will give. Like every estimate of this kind
 * it holds as long as the loss depends on features and prediction as it did in the reference.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE, STATS_BAD_OPTION
 * @example
 * const x = Float64Array.from({ length: 1000 }, (_, i) => i % 10)
 * const rows = { features: [{ name: 'x', kind: 'numeric', values: x }], predictions: x } as const
 * const model = fitExpectedLoss(rows, x.map((value) => value / 10), { seed: 1 })
 * estimateLoss(model, rows).figure.value // 0.45
 */
export function estimateLoss(model: ExpectedLossModel, current: LossRows, level = 0.95): ExpectedLoss {
  if (!(level > 0 && level < 1))
    throw new StatsError('STATS_BAD_OPTION', `level is ${level}, expected between 0 and 1`, { level })
  checkRows('estimateLoss', current)
  const rows = current.predictions.length
  if (rows === 0) return { figure: { kind: 'unknown', reason: 'too-few-rows', rows }, losses: new Float64Array(0) }
  const losses = lossesOf(model.trees, withPrediction(current)).map((loss) => Math.max(0, loss + model.bias))
  const value = meanOf(losses)
  const half = normalQuantile(0.5 + level / 2) * Math.hypot(model.biasError, model.spread / Math.sqrt(rows))
  return { figure: { kind: 'known', value, low: Math.max(0, value - half), high: value + half, rows, level }, losses }
}

function withPrediction({ features, predictions }: LossRows): Feature[] {
  return [...features, { name: '(prediction)', kind: 'numeric', values: Float64Array.from(predictions) }]
}

function lossesOf(trees: BoostedTrees, features: readonly Feature[]): Float64Array {
  const columns = features.map(({ values }) => values)
  return predict(trees, columns).values
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function checkRows(where: string, { features, predictions }: LossRows): void {
  for (const { name, values } of features) checkSame(where, `values of ${name}`, values.length, predictions.length)
  for (let i = 0; i < predictions.length; i++)
    if (!Number.isFinite(predictions[i])) throw outOfRange(where, `prediction ${i}`, predictions[i]!, 'a finite number')
}
