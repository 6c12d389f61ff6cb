import { StatsError } from '../../../error.ts'
import { finiteOrNull } from '../arithmetic.ts'
import { type ChunkRows, splitChunks } from '../chunking.ts'
import type { Frame } from '../frame.ts'
import type { ClassificationMetric } from '../performance/binary.ts'
import {
  type FittedMetric,
  fitMetric,
  type MetricOptions,
  type NamedRule,
  realisedIn,
  rulesOf,
} from '../performance/calculator.ts'
import { classesOf, completeRows, oneAgainstRest, type Part, type Rows, readRows } from '../performance/rows.ts'
import { samplingErrorOf } from '../performance/rule.ts'
import { bandOf, type Estimated, judged, type ResultRow } from '../result.ts'
import { type Calibration, decideCalibration } from './calibration.ts'
import { binaryEstimates, type Estimates, multiclassEstimates } from './estimate.ts'
import { isotonicValue } from './isotonic.ts'

export type CbpeOptions = MetricOptions & {
  readonly problemType: 'classification_binary' | 'classification_multiclass'
  readonly metrics: readonly ClassificationMetric[]
}

export type CbpeState = {
  readonly options: CbpeOptions
  /** One for a binary problem, else one for each class in order. */
  readonly calibrations: readonly Calibration[]
  readonly metrics: readonly FittedMetric[]
  readonly reference: readonly ResultRow<Estimated>[]
}

/**
 * NannyML 0.13 `CBPE.fit`, confidence-based performance estimation: thresholds and sampling errors from the labels of
 * the reference with raw scores, then an isotonic calibration where it lowers the error on held-out tenths. What is
 * wrong with it: it assumes that P(label | score) stays as it was, and nothing tells when it does not; the band knows
 * neither the error of the calibration nor that of the assumption, and the alert looks at the point estimate only;
 * calibration and thresholds are judged on the rows they were fitted on; slow decay below three deviations is never
 * flagged. Use `fitPerformanceEstimator`, and where there are a few labels `rectify` and `createTrustTest`, which
 * withdraws an estimate that they contradict.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_BAD_OPTION, STATS_TOO_FEW_ROWS, STATS_MISSING_VALUES
 * in the labels or scores of the reference
 * @example
 * const random = createRandom(7)
 * const p = Float64Array.from({ length: 300 }, () => random.next())
 * const y = p.map((share) => Number(random.next() < share))
 * const state = nannyml.fitCbpe({ columns: { p, y } }, { problemType: 'classification_binary', metrics: ['roc_auc'], yTrue: 'y', yPredProba: 'p' })
 * nannyml.estimateCbpe(state, { columns: { p } }).length // 10
 */
export function fitCbpe(reference: Frame, options: CbpeOptions): CbpeState {
  checkOptions(options)
  const rows = readRows(reference, options)
  checkComplete(rows)
  const chunks = splitChunks(reference, options.chunking, 'reference')
  const rules = rulesOf(options, false)
  const metrics = rules.map(({ metric, rule }) => fitMetric(metric, rule, rows, chunks, options))
  const calibrations = rows.scores.map((scores, code) =>
    decideCalibration(
      options.problemType === 'classification_binary' ? rows.truth : oneAgainstRest(rows.truth, code),
      scores,
    ),
  )
  const fitted = { options, calibrations, metrics }
  return { ...fitted, reference: resultOf(fitted, rules, rows, chunks) }
}

/**
 * NannyML 0.13 `CBPE.estimate`: the expected metric of each chunk under the calibrated probabilities, with its band;
 * beside it the realised one where the frame has labels.
 * @example
 * const random = createRandom(8)
 * const score = Float64Array.from({ length: 400 }, () => random.next())
 * const label = score.map((share) => Number(random.next() < share))
 * const guess = score.map((share) => Number(share > 0.5))
 * const fitted = nannyml.fitCbpe({ columns: { score, label, guess } }, { problemType: 'classification_binary', metrics: ['accuracy'], yTrue: 'label', yPredProba: 'score', yPred: 'guess' })
 * nannyml.estimateCbpe(fitted, { columns: { score, guess } })[0].figures[0].realized // null
 */
export function estimateCbpe(state: CbpeState, current: Frame): readonly ResultRow<Estimated>[] {
  const rows = readRows(current, state.options, true)
  return resultOf(state, rulesOf(state.options, false), rows, splitChunks(current, state.options.chunking))
}

function resultOf(
  { options, calibrations, metrics }: Pick<CbpeState, 'options' | 'calibrations' | 'metrics'>,
  rules: readonly NamedRule[],
  rows: Rows,
  chunks: readonly ChunkRows[],
): readonly ResultRow<Estimated>[] {
  const calibrated = { ...rows, calibrated: calibratedScores(rows.scores, calibrations) }
  const estimates = estimatesOf(options)
  return chunks.map((chunk) => ({
    chunk: chunk.chunk,
    figures: rules.flatMap(({ metric, rule }, m): readonly Estimated[] => {
      const needs: readonly Part[] = ['calibrated', rule.needs.includes('scores') ? 'scores' : 'predicted']
      const complete = completeRows(calibrated, chunk.rows, needs)
      const size = complete.predicted.length
      const values = size === 0 ? [] : estimates[metric as ClassificationMetric](complete)
      const realised = realisedIn(rule, rows, chunk)
      return rule.names.map((name, i) => {
        const figure = judged({ name, method: metric }, values[i] ?? null, metrics[m]!.thresholds[i]!)
        const samplingError = samplingErrorOf(metrics[m]!.spreads[i]!, size)
        const realized = realised === 'raises' ? null : finiteOrNull(realised[i]!)
        return { ...figure, samplingError, realized, ...bandOf(figure.value, samplingError, rule.bounds) }
      })
    }),
  }))
}

/** Calibrated, and for several classes made to add up to 1; rows of nothing but zeros become uniform. */
function calibratedScores(
  scores: readonly Float64Array[],
  calibrations: readonly Calibration[],
): readonly Float64Array[] {
  const curves = calibrations.map(({ curve }) => curve)
  const calibrated = scores.map((column, k) => {
    const curve = curves[k]!
    return curve === null ? column : column.map((score) => (Number.isNaN(score) ? score : isotonicValue(curve, score)))
  })
  if (scores.length === 1) return calibrated
  const totals = scores[0]!.map((_, row) => calibrated.reduce((total, column) => total + column[row]!, 0))
  return calibrated.map((column) => column.map((q, row) => (totals[row] === 0 ? 1 / scores.length : q / totals[row]!)))
}

function estimatesOf(options: CbpeOptions): Estimates {
  const settings = { ...options, classes: classesOf(options), labelsFromChunk: false }
  return options.problemType === 'classification_binary' ? binaryEstimates(settings) : multiclassEstimates(settings)
}

function checkOptions({ problemType, yPredProba, yPred }: CbpeOptions): void {
  const scores =
    problemType === 'classification_binary' ? typeof yPredProba === 'string' : typeof yPredProba === 'object'
  if (!scores)
    throw new StatsError('STATS_BAD_OPTION', `yPredProba is ${typeof yPredProba}, expected what ${problemType} has`)
  if (problemType === 'classification_multiclass' && yPred === undefined)
    throw new StatsError('STATS_BAD_OPTION', 'a multiclass estimate needs yPred, found none')
}

function checkComplete({ truth, scores }: Rows): void {
  for (const column of [truth, ...scores]) {
    const row = column.findIndex(Number.isNaN)
    if (row >= 0)
      throw new StatsError('STATS_MISSING_VALUES', `row ${row} of the reference has no label or score, expected both`, {
        row,
      })
  }
}
