import { StatsError } from '../error.ts'
import { calibrationError, calibrationSlope, LEAST_PROBABILITY } from './calibration.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { averagePrecision, rank, rocAuc } from './ranking.ts'
import { ANY, checkLength, meanFigure, ratioFigure, SHARE, settingsOf, unknown, weightsOf } from './weighted.ts'

/** Performance of probabilities against 0/1 labels. */
export type BinaryPerformance = {
  readonly accuracy: Figure
  readonly precision: Figure
  readonly recall: Figure
  readonly f1: Figure
  readonly rocAuc: Figure
  readonly averagePrecision: Figure
  readonly logLoss: Figure
  readonly brier: Figure
  /** Expected calibration error over ten bins of equal row counts. */
  readonly calibrationError: Figure
  /** Mean label minus mean score: above 0 the model promises too little. */
  readonly calibrationInTheLarge: Figure
  /** Slope of the logistic regression of the label on the score's logit; 1 when calibrated. */
  readonly calibrationSlope: Figure
  readonly baseRate: Figure
}

export type BinaryRows = {
  /** 0 or 1 per row. */
  readonly labels: ArrayLike<number>
  /** Probability of 1 per row. */
  readonly scores: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

export type BinaryOptions = FigureOptions & {
  /** A row is predicted 1 when its score is this or more. Default 0.5. */
  readonly threshold?: number
}

/**
 * Every figure with its interval: means and ratios by their linearised variance in Wilson's shape, ROC AUC by DeLong.
 * Too few rows or one class only give *unknown*, never NaN.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example scoreBinary({ labels: [0, 1, 1, 0], scores: [0.2, 0.9, 0.4, 0.1] }, { minRows: 4 }).accuracy.value // 0.75
 */
export function scoreBinary(rows: BinaryRows, options: BinaryOptions = {}): BinaryPerformance {
  const { labels, scores } = rows
  const count = labels.length
  checkLength('scoreBinary', 'scores', scores.length, count)
  checkRows(labels, scores)
  const settings = settingsOf(options)
  const weights = weightsOf('scoreBinary', count, rows.weights)
  if (count < Math.max(2, settings.minRows) || !weights.some((weight) => weight > 0)) return allUnknown(count)
  const threshold = options.threshold ?? 0.5
  const predicted = (i: number) => (scores[i]! >= threshold ? 1 : 0)
  const hit = (i: number) => labels[i]! * predicted(i)
  const ranked = rank(labels, scores, weights)
  const one = () => 1
  const ratio = (above: (i: number) => number, below: (i: number) => number) =>
    ratioFigure(weights, { above, below }, settings)
  return {
    accuracy: ratio((i) => (labels[i] === predicted(i) ? 1 : 0), one),
    precision: ratio(hit, predicted),
    recall: ratio(hit, (i) => labels[i]!),
    f1: ratio(hit, (i) => (labels[i]! + predicted(i)) / 2),
    rocAuc: rocAuc(ranked, settings),
    averagePrecision: averagePrecision(ranked, settings),
    logLoss: meanFigure(weights, (i) => logLossOf(labels[i]!, scores[i]!), settings, { low: 0, high: Infinity }),
    brier: meanFigure(weights, (i) => (labels[i]! - scores[i]!) ** 2, settings, SHARE),
    calibrationError: calibrationError(ranked, settings),
    calibrationInTheLarge: meanFigure(weights, (i) => labels[i]! - scores[i]!, settings, ANY),
    calibrationSlope: calibrationSlope(ranked, settings),
    baseRate: ratio((i) => labels[i]!, one),
  }
}

function logLossOf(label: number, score: number): number {
  const p = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, score))
  return label === 1 ? -Math.log(p) : -Math.log1p(-p)
}

function checkRows(labels: ArrayLike<number>, scores: ArrayLike<number>): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new StatsError('STATS_OUT_OF_RANGE', `label ${i} of scoreBinary is ${labels[i]}, expected 0 or 1`, {
        row: i,
        found: labels[i],
      })
    if (!(scores[i]! >= 0 && scores[i]! <= 1))
      throw new StatsError('STATS_OUT_OF_RANGE', `score ${i} of scoreBinary is ${scores[i]}, expected a probability`, {
        row: i,
        found: scores[i],
      })
  }
}

function allUnknown(rows: number): BinaryPerformance {
  const figure = unknown('too-few-rows', rows)
  return {
    accuracy: figure,
    precision: figure,
    recall: figure,
    f1: figure,
    rocAuc: figure,
    averagePrecision: figure,
    logLoss: figure,
    brier: figure,
    calibrationError: figure,
    calibrationInTheLarge: figure,
    calibrationSlope: figure,
    baseRate: figure,
  }
}
