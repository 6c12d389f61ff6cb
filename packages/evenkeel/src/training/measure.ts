import { type Figure, type Predictions, scoreBinary, scoreMulticlass, scoreRegression } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import type { ReferenceDay } from './reference.ts'
import type { Measured, Task } from './run.ts'

/** Rows with their truth and what a model says of them. */
export interface ScoredRows {
  readonly task: Task
  readonly labels: Float64Array
  readonly predictions: Predictions
}

/** Held-out figures by name; one that is not known (too few rows, one class only) is left out. */
export function measure({ task, labels, predictions }: ScoredRows): Record<string, Measured> {
  const { values, outputs } = predictions
  if (task === 'regression') return known(scoreRegression({ labels, predictions: values }))
  if (task === 'multiclass') return known(scoreMulticlass({ labels, scores: values, classes: outputs }))
  return known(scoreBinary({ labels, scores: values.filter((_, i) => i % 2 === 1) }))
}

function known(figures: Readonly<Record<string, Figure>>): Record<string, Measured> {
  const measured: Record<string, Measured> = {}
  for (const [name, figure] of Object.entries(figures)) {
    if (figure.kind !== 'known') continue
    const { value, low, high, rows } = figure
    // An interval without an end (a loss of a handful of rows) is no interval, and JSON could not hold it.
    if ([value, low, high].every(Number.isFinite)) measured[name] = { value, low, high, rows }
  }
  return measured
}

/** Mean loss as serving defines loss: log loss in nats, or squared error; null where it is not known. */
export function meanLoss(task: Task, metrics: Readonly<Record<string, Measured>>): Measured | null {
  if (task !== 'regression') return metrics['logLoss'] ?? null
  const rmse = metrics['rmse']
  if (rmse === undefined) return null
  return { value: rmse.value ** 2, low: rmse.low ** 2, high: rmse.high ** 2, rows: rmse.rows }
}

/** What serving remembers of a row: its score, whether and how the truth agrees with it, and what the difference costs. */
export interface Outcomes {
  /** Probability of the positive class, of the likeliest class, or the predicted number. */
  readonly scores: Float64Array
  /** 1 or 0 (positive; predicted right), or the value. */
  readonly truths: Float64Array
  readonly losses: Float64Array
  /** Class predicted, as its number; null for regression. */
  readonly predicted: Int32Array | null
}

/** A probability of 0 given to what happened costs what this one does. */
const LEAST_PROBABILITY = 1e-15

export function outcomesOf({ task, labels, predictions }: ScoredRows): Outcomes {
  const { values, outputs } = predictions
  if (task === 'regression') {
    return {
      scores: values,
      truths: labels,
      losses: labels.map((label, i) => (values[i]! - label) ** 2),
      predicted: null,
    }
  }
  const predicted = Int32Array.from(labels, (_, row) => likeliest(values, row * outputs, outputs))
  const losses = labels.map((label, row) => -Math.log(Math.max(LEAST_PROBABILITY, values[row * outputs + label]!)))
  if (task === 'binary') {
    return { scores: labels.map((_, row) => values[row * 2 + 1]!), truths: labels, losses, predicted }
  }
  return {
    scores: labels.map((_, row) => values[row * outputs + predicted[row]!]!),
    truths: labels.map((label, row) => Number(label === predicted[row])),
    losses,
    predicted,
  }
}

/** Ties go as serving has them: the positive class of two, the first of several. */
function likeliest(values: Float64Array, from: number, outputs: number): number {
  if (outputs === 2) return values[from + 1]! >= 0.5 ? 1 : 0
  let best = 0
  for (let k = 1; k < outputs; k++) if (values[from + k]! > values[from + best]!) best = k
  return best
}

/** Outcomes by UTC day of event time. */
export function daysOf(outcomes: Outcomes, times: Float64Array): ReferenceDay[] {
  const days = new Map<number, { -readonly [Field in keyof ReferenceDay]: ReferenceDay[Field] }>()
  times.forEach((time, i) => {
    const day = Math.floor(time / DAY_MS) * DAY_MS
    const sums = days.get(day) ?? { day, rows: 0, labelled: 0, scoreSum: 0, labelSum: 0, lossSum: 0 }
    sums.rows++
    sums.labelled++
    sums.scoreSum += outcomes.scores[i]!
    sums.labelSum += outcomes.truths[i]!
    sums.lossSum += outcomes.losses[i]!
    days.set(day, sums)
  })
  return [...days.values()].sort((a, b) => a.day - b.day)
}
