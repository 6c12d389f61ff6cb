import { StatsError } from '../error.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { checkLength, type Settings, settingsOf, unknown, wilsonLike } from './weighted.ts'

/** Rows by label and predicted class: `counts[label * classes + predicted]`. Adds up over windows. */
export type ConfusionMatrix = { readonly classes: number; readonly counts: Float64Array }

/** micro: over all rows alike (with one label a row that is accuracy). macro: over classes alike. weighted: by label. */
export type Averaging = 'micro' | 'macro' | 'weighted'

export type AveragedPerformance = Readonly<
  Record<'precision' | 'recall' | 'f1', Readonly<Record<Averaging, Figure>> & { readonly byClass: readonly Figure[] }>
>

/**
 * @param labels class of each row, 0 … classes - 1 @param predicted likewise
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row
 * @example confusionMatrix({ labels: [0, 1, 1], predicted: [0, 1, 0], classes: 2 }).counts // [1, 0, 1, 1]
 */
export function confusionMatrix(rows: {
  readonly labels: ArrayLike<number>
  readonly predicted: ArrayLike<number>
  readonly classes: number
}): ConfusionMatrix {
  const { labels, predicted, classes } = rows
  checkLength('confusionMatrix', 'predicted classes', predicted.length, labels.length)
  if (!(Number.isInteger(classes) && classes > 0 && classes <= 4096))
    throw new StatsError('STATS_BAD_OPTION', `classes is ${classes}, expected 1 to 4096`, { classes })
  const counts = new Float64Array(classes * classes)
  const isClass = (value: number) => Number.isInteger(value) && value >= 0 && value < classes
  for (let i = 0; i < labels.length; i++) {
    if (!isClass(labels[i]!) || !isClass(predicted[i]!))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `row ${i} of confusionMatrix has label ${labels[i]} and prediction ${predicted[i]}, expected 0 to ${classes - 1}`,
        { row: i },
      )
    counts[labels[i]! * classes + predicted[i]!]!++
  }
  return { classes, counts }
}

/**
 * Precision, recall and F1 by class and averaged, with delta-method intervals from the counts alone. Classes that
 * neither occur nor are predicted do not count; one that is never predicted has precision 0 in an average (the rule of
 * scikit-learn 1.9 with zero_division=0) and unknown by itself.
 * @throws StatsError STATS_BAD_COUNT
 * @example
 * const matrix = confusionMatrix({ labels: [0, 0, 1, 1], predicted: [0, 0, 1, 0], classes: 2 })
 * scoreAveraged(matrix, { minRows: 4 }).f1.macro.value // 0.733
 */
export function scoreAveraged(matrix: ConfusionMatrix, options: FigureOptions = {}): AveragedPerformance {
  const margins = marginsOf(matrix)
  const settings = settingsOf(options)
  const measure = (byLabel: number, byPrediction: number) => averagedOf(margins, { byLabel, byPrediction }, settings)
  return { precision: measure(0, 1), recall: measure(1, 0), f1: measure(0.5, 0.5) }
}

type Margins = {
  readonly matrix: ConfusionMatrix
  readonly labels: Float64Array
  readonly predictions: Float64Array
  readonly total: number
}

/** hits / (byLabel · labels + byPrediction · predictions) */
type Base = { readonly byLabel: number; readonly byPrediction: number }

function averagedOf(margins: Margins, base: Base, settings: Settings) {
  const { matrix, labels, predictions, total } = margins
  const { classes, counts } = matrix
  const present = Array.from({ length: classes }, (_, k) => k).filter((k) => labels[k]! + predictions[k]! > 0)
  const baseOf = (k: number) => base.byLabel * labels[k]! + base.byPrediction * predictions[k]!
  const values = Float64Array.from({ length: classes }, (_, k) =>
    baseOf(k) > 0 ? counts[k * classes + k]! / baseOf(k) : 0,
  )
  const byPresence = Float64Array.from({ length: classes }, (_, k) => Number(present.includes(k)) / present.length)
  const byLabels = labels.map((count) => count / total)
  const figure = (weights: Float64Array, moves: number, decisive: number): Figure => {
    if (total < Math.max(2, settings.minRows)) return unknown('too-few-rows', total)
    const value = weights.reduce((sum, weight, k) => sum + weight * values[k]!, 0)
    const slope = (k: number, isHit: number, share: number) =>
      baseOf(k) > 0 ? (weights[k]! * (isHit - share * values[k]!)) / baseOf(k) : 0
    let variance = 0
    for (let i = 0; i < classes; i++)
      for (let j = 0; j < classes; j++) {
        const hit = i === j ? 1 : 0
        const moved = slope(i, hit, base.byLabel) + slope(j, 0, base.byPrediction)
        variance += counts[i * classes + j]! * (moved + (moves * (values[i]! - value)) / total) ** 2
      }
    return wilsonLike(value, { variance, rows: total, decisive }, settings)
  }
  const single = (k: number) => Float64Array.from({ length: classes }, (_, each) => Number(each === k))
  return {
    micro: microOf(margins, settings),
    macro: figure(byPresence, 0, total / Math.max(1, present.length)),
    weighted: figure(byLabels, 1, total),
    byClass: Array.from(values, (_, k) =>
      baseOf(k) > 0 ? figure(single(k), 0, baseOf(k)) : unknown('nothing-to-divide-by', total),
    ),
  }
}

function microOf({ matrix, total }: Margins, settings: Settings): Figure {
  if (total < Math.max(2, settings.minRows)) return unknown('too-few-rows', total)
  let hits = 0
  for (let k = 0; k < matrix.classes; k++) hits += matrix.counts[k * matrix.classes + k]!
  const value = hits / total
  return wilsonLike(value, { variance: (value * (1 - value)) / total, rows: total, decisive: total }, settings)
}

function marginsOf(matrix: ConfusionMatrix): Margins {
  const { classes, counts } = matrix
  if (counts.length !== classes * classes || !counts.every((count) => count >= 0 && count < Infinity))
    throw new StatsError(
      'STATS_BAD_COUNT',
      `a confusion matrix of ${classes} classes has ${counts.length} counts, expected ${classes * classes}, finite, from 0`,
    )
  const [labels, predictions] = [new Float64Array(classes), new Float64Array(classes)]
  let total = 0
  counts.forEach((count, cell) => {
    labels[Math.floor(cell / classes)]! += count
    predictions[cell % classes]! += count
    total += count
  })
  return { matrix, labels, predictions, total }
}
