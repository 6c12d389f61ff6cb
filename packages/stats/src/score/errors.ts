import { StatsError } from '../error.ts'
import type { Figure, FigureOptions } from './figure.ts'
import type { RegressionPerformance } from './regression.ts'
import { around, checkLength, type Settings, settingsOf, unknown } from './weighted.ts'

/** Sums from which regression figures and their intervals follow without a row; they add up. */
export type ErrorSums = {
  /** Taken off every label before it is summed: near its mean, so that squares do not cancel. */
  readonly centre: number
  rows: number
  error: number
  absolute: number
  squared: number
  fourth: number
  label: number
  labelSquared: number
  labelCubed: number
  labelFourth: number
  /** Σ error² · label and Σ error² · label². */
  squaredByLabel: number
  squaredByLabelSquared: number
}

/** @throws StatsError STATS_BAD_OPTION @example createErrorSums(50).rows // 0 */
export function createErrorSums(centre = 0): ErrorSums {
  if (!Number.isFinite(centre))
    throw new StatsError('STATS_BAD_OPTION', `centre is ${centre}, expected a finite number`)
  return {
    centre,
    rows: 0,
    error: 0,
    absolute: 0,
    squared: 0,
    fourth: 0,
    label: 0,
    labelSquared: 0,
    labelCubed: 0,
    labelFourth: 0,
    squaredByLabel: 0,
    squaredByLabelSquared: 0,
  }
}

/**
 * Adds rows in place; nothing is added when a row is refused.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example
 * const sums = createErrorSums()
 * updateErrorSums(sums, [1, 2], [2, 2])
 * sums.absolute // 1
 */
export function updateErrorSums(sums: ErrorSums, labels: ArrayLike<number>, predictions: ArrayLike<number>): void {
  checkLength('updateErrorSums', 'predictions', predictions.length, labels.length)
  const limit = 1e75 // a fourth power beyond it is no number
  for (let i = 0; i < labels.length; i++)
    if (!(Math.abs(labels[i]! - sums.centre) < limit && Math.abs(predictions[i]! - sums.centre) < limit))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `row ${i} of updateErrorSums has label ${labels[i]} and prediction ${predictions[i]}, expected numbers below 1e75`,
        { row: i },
      )
  for (let i = 0; i < labels.length; i++) {
    const error = predictions[i]! - labels[i]!
    const label = labels[i]! - sums.centre
    const squared = error * error
    sums.rows++
    sums.error += error
    sums.absolute += Math.abs(error)
    sums.squared += squared
    sums.fourth += squared * squared
    sums.label += label
    sums.labelSquared += label * label
    sums.labelCubed += label ** 3
    sums.labelFourth += label ** 4
    sums.squaredByLabel += squared * label
    sums.squaredByLabelSquared += squared * label * label
  }
}

/**
 * The sums of both sets of rows. @throws StatsError STATS_BINS_DIFFER for different centres
 * @example mergeErrorSums(createErrorSums(), createErrorSums()).rows // 0
 */
export function mergeErrorSums(a: ErrorSums, b: ErrorSums): ErrorSums {
  if (a.centre !== b.centre)
    throw new StatsError('STATS_BINS_DIFFER', `error sums around ${a.centre} and ${b.centre} do not add up`)
  const merged = { ...a }
  for (const name of Object.keys(a) as (keyof ErrorSums)[]) if (name !== 'centre') merged[name] = a[name] + b[name]
  return merged
}

/**
 * The figures of scoreRegression from sums, intervals included; the percentage error needs rows and is not among them.
 * @example
 * const sums = createErrorSums(2)
 * updateErrorSums(sums, [1, 2, 4], [1, 3, 2])
 * scoreErrorSums(sums, { minRows: 3 }).mae.value // 1
 */
export function scoreErrorSums(sums: ErrorSums, options: FigureOptions = {}): Omit<RegressionPerformance, 'mape'> {
  const settings = settingsOf(options)
  const { rows } = sums
  const figures = { mae: sums.absolute, rmse: sums.squared, r2: 0, bias: sums.error }
  if (rows < Math.max(2, settings.minRows)) {
    const few = unknown('too-few-rows', rows)
    return { mae: few, rmse: few, r2: few, bias: few }
  }
  const mean = (sum: number, squares: number, low: number) => {
    const variance = Math.max(0, squares / rows - (sum / rows) ** 2) / (rows - 1)
    return around(sum / rows, Math.sqrt(variance), rows, settings, { low, high: Infinity })
  }
  return {
    mae: mean(figures.mae, sums.squared, 0),
    rmse: rooted(mean(figures.rmse, sums.fourth, 0)),
    r2: determination(sums, settings),
    bias: mean(figures.bias, sums.squared, -Infinity),
  }
}

/** 1 - Σe² / Σ(y - ȳ)², its error by the delta method from the fourth moments. */
function determination(sums: ErrorSums, settings: Settings): Figure {
  const { rows } = sums
  const mean = sums.label / rows
  const spread = sums.labelSquared / rows - mean * mean
  // Below this, rounding of the sums is all there is.
  if (!(spread > 1e-12 * (sums.labelSquared / rows))) return unknown('labels-do-not-vary', rows)
  const ratio = sums.squared / rows / spread
  const centredFourth =
    (sums.labelFourth - 4 * mean * sums.labelCubed + 6 * mean ** 2 * sums.labelSquared - 4 * mean ** 3 * sums.label) /
      rows +
    mean ** 4
  const mixed = (sums.squaredByLabelSquared - 2 * mean * sums.squaredByLabel + mean ** 2 * sums.squared) / rows
  const variance = (sums.fourth / rows - 2 * ratio * mixed + ratio ** 2 * centredFourth) / spread ** 2 / (rows - 1)
  return around(1 - ratio, Math.sqrt(Math.max(0, variance)), rows, settings, { low: -Infinity, high: 1 })
}

function rooted(figure: Figure): Figure {
  if (figure.kind === 'unknown') return figure
  return { ...figure, value: Math.sqrt(figure.value), low: Math.sqrt(figure.low), high: Math.sqrt(figure.high) }
}
