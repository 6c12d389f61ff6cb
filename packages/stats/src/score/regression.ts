import { StatsError } from '../error.ts'
import type { Figure, FigureOptions, KnownFigure } from './figure.ts'
import { around, checkLength, meanAndError, meanFigure, settingsOf, unknown, weightsOf } from './weighted.ts'

export type RegressionPerformance = {
  /** In the label's unit. */
  readonly mae: Figure
  readonly rmse: Figure
  readonly r2: Figure
  /** Mean of prediction minus label. */
  readonly bias: Figure
  /** Mean of |error| / |label|, as a share; unknown when a label is too near to 0 for that to mean anything. */
  readonly mape: Figure
}

export type RegressionRows = {
  readonly labels: ArrayLike<number>
  readonly predictions: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

/** A label this much smaller than the mean absolute label makes a percentage meaningless. */
const LEAST_LABEL_SHARE = 1e-3

/**
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example scoreRegression({ labels: [1, 2, 4], predictions: [1, 3, 2] }, { minRows: 3 }).mae.value // 1
 */
export function scoreRegression(rows: RegressionRows, options: FigureOptions = {}): RegressionPerformance {
  const { labels, predictions } = rows
  const count = labels.length
  checkLength('scoreRegression', 'predictions', predictions.length, count)
  checkFinite(labels, predictions)
  const settings = settingsOf(options)
  const weights = weightsOf('scoreRegression', count, rows.weights)
  if (count < Math.max(2, settings.minRows) || !weights.some((weight) => weight > 0)) {
    const figure = unknown('too-few-rows', count)
    return { mae: figure, rmse: figure, r2: figure, bias: figure, mape: figure }
  }
  const error = (i: number) => predictions[i]! - labels[i]!
  const positive = { low: 0, high: Infinity }
  const squared = meanFigure(weights, (i) => error(i) ** 2, settings, positive)
  const { mean } = meanAndError(weights, (i) => labels[i]!)
  const scale = meanAndError(weights, (i) => Math.abs(labels[i]!)).mean
  const tooSmall = Array.from(labels).some((label) => Math.abs(label) <= LEAST_LABEL_SHARE * scale)
  return {
    mae: meanFigure(weights, (i) => Math.abs(error(i)), settings, positive),
    rmse: squared.kind === 'known' ? rooted(squared) : squared,
    r2: determination(
      weights,
      (i) => error(i) ** 2,
      (i) => (labels[i]! - mean) ** 2,
    ),
    bias: meanFigure(weights, error, settings),
    mape: tooSmall
      ? unknown('labels-near-zero', count)
      : meanFigure(weights, (i) => Math.abs(error(i) / labels[i]!), settings, positive),
  }

  /** 1 - ratio of two means of squares; the error of the ratio by the delta method. */
  function determination(w: Float64Array, residual: (i: number) => number, spread: (i: number) => number): Figure {
    const below = meanAndError(w, spread).mean
    if (!(below > 0)) return unknown('labels-do-not-vary', count)
    const ratio = meanAndError(w, residual).mean / below
    const { error: ratioError } = meanAndError(w, (i) => (residual(i) - ratio * spread(i)) / below)
    return around(1 - ratio, ratioError, count, settings, { low: -Infinity, high: 1 })
  }
}

function rooted(figure: KnownFigure): KnownFigure {
  return { ...figure, value: Math.sqrt(figure.value), low: Math.sqrt(figure.low), high: Math.sqrt(figure.high) }
}

function checkFinite(labels: ArrayLike<number>, predictions: ArrayLike<number>): void {
  for (let i = 0; i < labels.length; i++) {
    if (Number.isFinite(labels[i]) && Number.isFinite(predictions[i])) continue
    throw new StatsError(
      'STATS_OUT_OF_RANGE',
      `row ${i} of scoreRegression has label ${labels[i]} and prediction ${predictions[i]}, expected finite numbers`,
      { row: i },
    )
  }
}
