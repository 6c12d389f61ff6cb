import { StatsError } from '../../../error.ts'
import { type BoostedTrees, predict, trainBoostedTrees } from '../../../learn/index.ts'
import { finiteOrNull, mean } from '../arithmetic.ts'
import { type Chunking, type ChunkRows, splitChunks } from '../chunking.ts'
import { columnOf, type Frame, rowsTaken } from '../frame.ts'
import { type FittedMetric, fitMetric, realisedIn, rulesOf } from '../performance/calculator.ts'
import { hasNegative, LOSSES, type RegressionMetric } from '../performance/regression.ts'
import { completeRows, type Rows, readRows } from '../performance/rows.ts'
import { samplingErrorOf } from '../performance/rule.ts'
import { bandOf, type Estimated, judged, type ResultRow } from '../result.ts'
import type { Threshold } from '../threshold.ts'
import { type FeatureCode, featureCodes, featureOf } from './features.ts'

export type DleOptions = {
  /** Features of the monitored model, beside its prediction. */
  readonly columns: readonly string[]
  readonly yTrue: string
  readonly yPred: string
  /** Default all six. */
  readonly metrics?: readonly RegressionMetric[]
  readonly thresholds?: Partial<Readonly<Record<RegressionMetric, Threshold>>>
  readonly chunking?: Chunking
}

export type DleState = {
  readonly options: Required<Pick<DleOptions, 'metrics'>> & DleOptions
  readonly codes: readonly FeatureCode[]
  readonly metrics: readonly (FittedMetric & { readonly metric: RegressionMetric; readonly model: BoostedTrees })[]
  readonly reference: readonly ResultRow<Estimated>[]
}

/** LightGBM’s defaults, with the 31 leaves that are also those of `learn`. */
const TREES = { task: 'regression', seed: 0, rounds: 100, learningRate: 0.1, l2: 0 } as const

/**
 * NannyML 0.13 `DLE.fit`, direct loss estimation: for each metric, boosted trees learn the loss of a row from the
 * features and the prediction. By behaviour, not to the digit: the trees are those of `learn`, the peer's LightGBM.
 * What is wrong with it: the result on the reference is that of a model on its own training rows; trees do not
 * extrapolate, so that a loss larger than any seen is never foreseen; under scikit-learn < 1.4 the peer takes the root
 * of RMSE twice. Use `fitExpectedLoss`.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_BAD_OPTION, STATS_EMPTY_SAMPLE, STATS_OUT_OF_RANGE
 * for negative values with a logarithmic metric
 * @example
 * const x = Float64Array.from({ length: 200 }, (_, i) => i % 20)
 * const y = x.map((v, i) => v + (i % 3) * v)
 * const state = nannyml.fitDle({ columns: { x, y, p: x } }, { columns: ['x'], yTrue: 'y', yPred: 'p', metrics: ['mae'] })
 * nannyml.estimateDle(state, { columns: { x: x.fill(19), p: x } })[0].figures[0].value > 15 // true
 */
export function fitDle(reference: Frame, options: DleOptions): DleState {
  const metrics = options.metrics ?? (Object.keys(LOSSES) as RegressionMetric[])
  const settled = { ...options, metrics }
  const rows = readRows(reference, outcomesOf(settled))
  const chunks = splitChunks(reference, options.chunking, 'reference')
  const kept = keptRows(rows)
  const codes = featureCodes([reference], options.columns)
  const features = featuresOf(reference, codes, rows.predicted)
  const fitted = rulesOf(outcomesOf(settled), false).map(({ metric, rule }) => ({
    ...fitMetric(metric, rule, rows, chunks, options),
    metric: metric as RegressionMetric,
    model: trainBoostedTrees(
      {
        features: features.map((feature) => ({ ...feature, values: rowsTaken(feature.values, kept) })),
        target: lossesOf(metric as RegressionMetric, completeRows(rows, kept, [])),
      },
      TREES,
    ),
  }))
  const state = { options: settled, codes, metrics: fitted }
  return { ...state, reference: resultOf(state, reference, rows, chunks) }
}

/**
 * The loss that the trees expect in each chunk, the mean of rows not below 0 (its root for RMSE and RMSLE), with a band
 * of three sampling errors; beside it the realised one where the frame has labels.
 * @example
 * const a = Float64Array.from({ length: 100 }, (_, i) => i % 10)
 * const fitted = nannyml.fitDle({ columns: { a, b: a, c: a.map((v) => v + 1) } }, { columns: ['a'], yTrue: 'b', yPred: 'c', metrics: ['rmse'] })
 * nannyml.estimateDle(fitted, { columns: { a, c: a } })[0].figures[0].value // 1
 */
export function estimateDle(state: DleState, current: Frame): readonly ResultRow<Estimated>[] {
  const rows = readRows(current, outcomesOf(state.options), true)
  return resultOf(state, current, rows, splitChunks(current, state.options.chunking))
}

function resultOf(
  { options, codes, metrics }: Pick<DleState, 'options' | 'codes' | 'metrics'>,
  frame: Frame,
  rows: Rows,
  chunks: readonly ChunkRows[],
): readonly ResultRow<Estimated>[] {
  const features = featuresOf(frame, codes, rows.predicted).map(({ values }) => values)
  const losses = metrics.map(({ model }) => predict(model, features).values.map((loss) => Math.max(0, loss)))
  const rules = rulesOf(outcomesOf(options), false)
  return chunks.map((chunk) => ({
    chunk: chunk.chunk,
    figures: metrics.map(({ metric, spreads, thresholds }, m): Estimated => {
      const loss = mean(rowsTaken(losses[m]!, chunk.rows))
      const value = LOSSES[metric].root ? Math.sqrt(loss) : loss
      const figure = judged({ name: metric, method: 'dle' }, value, thresholds[0]!)
      const samplingError = samplingErrorOf(spreads[0]!, completeRows(rows, chunk.rows, ['predicted']).predicted.length)
      const realised = realisedIn(rules[m]!.rule, rows, chunk)
      const realized = realised === 'raises' ? null : finiteOrNull(realised[0]!)
      return { ...figure, samplingError, realized, ...bandOf(figure.value, samplingError, { lower: 0 }) }
    }),
  }))
}

function featuresOf(frame: Frame, codes: readonly FeatureCode[], predicted: Float64Array) {
  const features = codes.map((code) => featureOf(code, columnOf(frame, code.name), true))
  return [...features, { name: 'y_pred of the monitored model', kind: 'numeric' as const, values: predicted }]
}

function lossesOf(metric: RegressionMetric, rows: Rows): Float64Array {
  const { of, logarithmic } = LOSSES[metric]
  if (logarithmic && hasNegative(rows))
    throw new StatsError('STATS_OUT_OF_RANGE', `${metric} takes logarithms, found values below 0, expected none`)
  return rows.truth.map((truth, row) => of(truth, rows.predicted[row]!))
}

function keptRows({ truth, predicted }: Rows): readonly number[] {
  const kept = [...truth.keys()].filter((row) => !Number.isNaN(truth[row]!) && !Number.isNaN(predicted[row]!))
  if (kept.length > 0) return kept
  throw new StatsError('STATS_EMPTY_SAMPLE', `no reference row has both truth and prediction, of ${truth.length}`)
}

function outcomesOf({ yTrue, yPred, metrics, chunking }: DleState['options']) {
  return { problemType: 'regression' as const, yTrue, yPred, metrics, ...(chunking === undefined ? {} : { chunking }) }
}
