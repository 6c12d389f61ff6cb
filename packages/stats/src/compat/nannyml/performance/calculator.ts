import { StatsError } from '../../../error.ts'
import { type Chunking, type ChunkRows, splitChunks } from '../chunking.ts'
import { type Frame, rowNumbers } from '../frame.ts'
import { judged, type Measured, type ResultRow } from '../result.ts'
import { standardDeviationThreshold, type Threshold, type ThresholdValues, thresholdValues } from '../threshold.ts'
import { binaryRules, type ClassificationMetric } from './binary.ts'
import { multiclassRules } from './multiclass.ts'
import { type RegressionMetric, regressionRules } from './regression.ts'
import { classesOf, completeRows, type Outcomes, type Rows, readRows } from './rows.ts'
import {
  type MetricSettings,
  type Normalization,
  type Rule,
  type Spread,
  samplingErrorOf,
  type Values,
} from './rule.ts'

export type Metric = ClassificationMetric | RegressionMetric

export type MetricOptions = Outcomes & {
  readonly metrics: readonly Metric[]
  /** Default mean ± 3 standard deviations of the reference chunks. */
  readonly thresholds?: Partial<Readonly<Record<Metric, Threshold>>>
  /** Of confusion_matrix; default counts. */
  readonly normalizeConfusionMatrix?: Normalization | null
  /** Of business_value: truth by row, prediction by column; 0 and 1, or the classes in the order of their texts. */
  readonly businessValueMatrix?: readonly (readonly number[])[]
  /** Of business_value; default the total. */
  readonly normalizeBusinessValue?: 'per_prediction' | null
  readonly chunking?: Chunking
}

export type FittedMetric = {
  readonly metric: Metric
  readonly spreads: readonly Spread[]
  readonly thresholds: readonly ThresholdValues[]
}

export type PerformanceRow = ResultRow<Measured> & { readonly targetsMissingRate: number }

export type PerformanceState = {
  readonly options: MetricOptions
  readonly metrics: readonly FittedMetric[]
  readonly reference: readonly PerformanceRow[]
}

/**
 * NannyML 0.13 `PerformanceCalculator.fit`: realised metrics of the reference chunks, thresholds and what sampling
 * errors need. What is wrong with it: the AUC error has one of DeLong's two terms (0.70 of the true one at equal
 * classes, and it depends on the order of ties); the multiclass AUC error carries a factor of 1.2; multiclass F1 lacks
 * the correction that the binary one has; a chunk whose labels are late is compared like any other. Use `scoreBinary`,
 * `scoreMulticlass` or `scoreRegression`, whose intervals hold, and `judgeMaturity` for late labels.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_BAD_OPTION, STATS_EMPTY_SAMPLE, STATS_OUT_OF_RANGE
 * @example
 * const y = Float64Array.from({ length: 60 }, (_, i) => i % 2)
 * const state = nannyml.fitPerformance({ columns: { y, p: y } }, { problemType: 'classification_binary', metrics: ['accuracy'], yTrue: 'y', yPred: 'p' })
 * nannyml.calculatePerformance(state, { columns: { y, p: y.map((v) => 1 - v) } })[0].figures[0].alert // true
 */
export function fitPerformance(reference: Frame, options: MetricOptions): PerformanceState {
  const rows = readRows(reference, options)
  const chunks = splitChunks(reference, options.chunking, 'reference')
  const rules = rulesOf(options, true)
  const metrics = rules.map(({ metric, rule }) => fitMetric(metric, rule, rows, chunks, options))
  return { options, metrics, reference: resultOf(rules, metrics, rows, chunks) }
}

/**
 * NannyML 0.13 `PerformanceCalculator.calculate`: realised metrics of each chunk over the rows whose label is there,
 * with sampling error, thresholds and alert. Where the peer has NaN, the value is null and nothing alerts.
 * @example
 * const price = Float64Array.from({ length: 20 }, (_, i) => i)
 * const priced = nannyml.fitPerformance({ columns: { price, guess: price } }, { problemType: 'regression', metrics: ['mae'], yTrue: 'price', yPred: 'guess' })
 * nannyml.calculatePerformance(priced, { columns: { price, guess: price.map((v) => v + 2) } })[0].figures[0].value // 2
 */
export function calculatePerformance(state: PerformanceState, current: Frame): readonly PerformanceRow[] {
  const rows = readRows(current, state.options)
  return resultOf(rulesOf(state.options, true), state.metrics, rows, splitChunks(current, state.options.chunking))
}

export type NamedRule = { readonly metric: Metric; readonly rule: Rule }

/** @throws StatsError STATS_BAD_OPTION for a metric that is not of the problem or lacks what it needs */
export function rulesOf(options: MetricOptions, labelsFromChunk: boolean): readonly NamedRule[] {
  const { problemType, metrics, normalizeConfusionMatrix, businessValueMatrix, normalizeBusinessValue } = options
  const classes = classesOf(options)
  const settings: MetricSettings = {
    classes,
    normalizeConfusionMatrix,
    businessValueMatrix,
    normalizeBusinessValue,
    labelsFromChunk,
  }
  const rules: Partial<Record<Metric, Rule>> =
    problemType === 'regression'
      ? regressionRules()
      : problemType === 'classification_binary'
        ? binaryRules(settings)
        : multiclassRules(settings)
  if (metrics.length === 0) throw new StatsError('STATS_BAD_OPTION', 'found no metrics, expected some')
  return metrics.map((metric) => {
    const rule = rules[metric]
    if (rule === undefined) throw new StatsError('STATS_BAD_OPTION', `${metric} is no metric of ${problemType}`)
    checkNeeds(metric, rule, options, problemType === 'classification_binary' ? 2 : classes.length)
    return { metric, rule }
  })
}

export function fitMetric(
  metric: Metric,
  rule: Rule,
  rows: Rows,
  chunks: readonly ChunkRows[],
  options: Pick<MetricOptions, 'thresholds'>,
): FittedMetric {
  const all = completeRows(rows, rowNumbers(rows.truth.length), rule.needs)
  const values = chunks.map((chunk) => realisedIn(rule, rows, chunk))
  const threshold = options.thresholds?.[metric] ?? standardDeviationThreshold()
  const { lower: lowerLimit = null, upper: upperLimit = null } = rule.bounds
  return {
    metric,
    spreads: all.truth.length === 0 ? rule.names.map(() => ({ sigma: null, total: false })) : rule.spreads(all),
    thresholds: rule.names.map((_, i) => {
      if (values.includes('raises')) return { lower: null, upper: null }
      const found = (values as readonly (readonly (number | null)[])[]).map((value) => value[i]!)
      return thresholdValues(threshold, found, { lowerLimit, upperLimit })
    }),
  }
}

/** The metric over the rows of a chunk that have what it needs; null for each name when there are none. */
export function realisedIn(rule: Rule, rows: Rows, { rows: chosen }: ChunkRows): Values {
  const complete = completeRows(rows, chosen, rule.needs)
  return complete.truth.length === 0 ? rule.names.map(() => null) : rule.realised(complete)
}

function resultOf(
  rules: readonly NamedRule[],
  metrics: readonly FittedMetric[],
  rows: Rows,
  chunks: readonly ChunkRows[],
): readonly PerformanceRow[] {
  return chunks.map((chunk) => ({
    chunk: chunk.chunk,
    targetsMissingRate:
      chunk.rows.reduce((n, row) => n + Number(Number.isNaN(rows.truth[row]!)), 0) / chunk.rows.length,
    figures: rules.flatMap(({ metric, rule }, m) => {
      const values = realisedIn(rule, rows, chunk)
      const size = completeRows(rows, chunk.rows, rule.needs).truth.length
      return rule.names.map((name, i): Measured => {
        const raised = values === 'raises'
        const figure = judged({ name, method: metric }, raised ? null : values[i]!, metrics[m]!.thresholds[i]!)
        return { ...figure, samplingError: raised ? null : samplingErrorOf(metrics[m]!.spreads[i]!, size) }
      })
    }),
  }))
}

function checkNeeds(metric: Metric, { needs }: Rule, options: MetricOptions, classes: number): void {
  if (needs.includes('predicted') && options.yPred === undefined)
    throw new StatsError('STATS_BAD_OPTION', `${metric} needs yPred, found none`)
  if (needs.includes('scores') && options.yPredProba === undefined)
    throw new StatsError('STATS_BAD_OPTION', `${metric} needs yPredProba, found none`)
  if (metric !== 'business_value') return
  const matrix = options.businessValueMatrix
  const square =
    matrix?.length === classes && matrix.every((row) => row.length === classes && row.every(Number.isFinite))
  if (!square)
    throw new StatsError(
      'STATS_BAD_OPTION',
      `business_value needs a businessValueMatrix of ${classes} × ${classes} numbers`,
    )
}
