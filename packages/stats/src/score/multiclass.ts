import { StatsError } from '../error.ts'
import { LEAST_PROBABILITY } from './calibration.ts'
import type { Figure, FigureOptions } from './figure.ts'
import {
  around,
  checkLength,
  meanFigure,
  ratioFigure,
  type Settings,
  SHARE,
  settingsOf,
  unknown,
  weightsOf,
} from './weighted.ts'

export type MulticlassPerformance = { readonly accuracy: Figure; readonly logLoss: Figure; readonly macroF1: Figure }

export type MulticlassRows = {
  /** Class of each row, 0 to classes - 1. */
  readonly labels: ArrayLike<number>
  /** Probabilities by row: rows × classes, each row adding up to 1. */
  readonly scores: ArrayLike<number>
  readonly classes: number
  readonly weights?: ArrayLike<number>
}

/**
 * Accuracy and macro F1 of the likeliest class (ties: the first), and log loss. Classes that neither occur nor are
 * predicted do not count in macro F1 (scikit-learn's rule when `labels` is not given).
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example scoreMulticlass({ labels: [0, 1], scores: [0.9, 0.1, 0.2, 0.8], classes: 2 }, { minRows: 2 }).accuracy.value // 1
 */
export function scoreMulticlass(rows: MulticlassRows, options: FigureOptions = {}): MulticlassPerformance {
  const { labels, scores, classes } = rows
  const count = labels.length
  checkLength('scoreMulticlass', 'scores', scores.length, count * classes)
  checkRows(rows)
  const settings = settingsOf(options)
  const weights = weightsOf('scoreMulticlass', count, rows.weights)
  if (count < Math.max(2, settings.minRows) || !weights.some((weight) => weight > 0)) {
    const figure = unknown('too-few-rows', count)
    return { accuracy: figure, logLoss: figure, macroF1: figure }
  }
  const predicted = Int32Array.from({ length: count }, (_, i) => likeliest(scores, i * classes, classes))
  const right = (i: number) => (labels[i] === predicted[i] ? 1 : 0)
  const lossAt = (i: number) => -Math.log(Math.max(LEAST_PROBABILITY, scores[i * classes + labels[i]!]!))
  return {
    accuracy: ratioFigure(weights, { above: right, below: () => 1 }, settings),
    logLoss: meanFigure(weights, lossAt, settings, { low: 0, high: Infinity }),
    macroF1: macroF1(labels, predicted, weights, settings),
  }
}

/** Mean of the classes' F1 and its delta-method error: a row moves the F1 of its label's and its prediction's class. */
function macroF1(labels: ArrayLike<number>, predicted: Int32Array, weights: Float64Array, settings: Settings): Figure {
  const hits = new Map<number, number>()
  const halves = new Map<number, number>()
  const add = (to: Map<number, number>, key: number, by: number) => to.set(key, (to.get(key) ?? 0) + by)
  for (let i = 0; i < weights.length; i++) {
    add(halves, labels[i]!, weights[i]! / 2)
    add(halves, predicted[i]!, weights[i]! / 2)
    if (labels[i] === predicted[i]) add(hits, predicted[i]!, weights[i]!)
  }
  const present = [...halves.keys()].filter((key) => halves.get(key)! > 0)
  const f1 = new Map(present.map((key) => [key, (hits.get(key) ?? 0) / halves.get(key)!]))
  const value = present.reduce((sum, key) => sum + f1.get(key)!, 0) / present.length
  const influence = (key: number, hit: number) =>
    (hit - (f1.get(key) ?? 0) / 2) / (halves.get(key) || 1) / present.length
  let variance = 0
  for (let i = 0; i < weights.length; i++) {
    const hit = labels[i] === predicted[i] ? 0.5 : 0
    variance += (weights[i]! * (influence(labels[i]!, hit) + influence(predicted[i]!, hit))) ** 2
  }
  return around(value, Math.sqrt(variance), weights.length, settings, SHARE)
}

function likeliest(scores: ArrayLike<number>, from: number, classes: number): number {
  let best = 0
  for (let k = 1; k < classes; k++) if (scores[from + k]! > scores[from + best]!) best = k
  return best
}

function checkRows({ labels, scores, classes }: MulticlassRows): void {
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i]! >= 0 && labels[i]! < classes))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `label ${i} of scoreMulticlass is ${labels[i]}, expected a class from 0 to ${classes - 1}`,
        { row: i },
      )
    let sum = 0
    for (let k = 0; k < classes; k++) sum += scores[i * classes + k]!
    if (!(Math.abs(sum - 1) < 1e-3))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `the scores of row ${i} of scoreMulticlass add up to ${sum}, expected 1`,
        { row: i },
      )
  }
}
