import { mean, roundedTo5, sum } from '../arithmetic.ts'
import { ascendingOrder } from '../order.ts'
import { businessValue, type Cells, type ClassificationMetric, normalizedCells } from '../performance/binary.ts'
import { matrixValue, normalizedMatrix } from '../performance/multiclass.ts'
import { oneAgainstRest, type Rows } from '../performance/rows.ts'
import type { MetricSettings } from '../performance/rule.ts'

/** Estimated metrics from calibrated probabilities: each row counts as its probability of being a one. */
export type Estimates = Readonly<Record<ClassificationMetric, (rows: Rows) => readonly (number | null)[]>>

export function binaryEstimates(settings: MetricSettings): Estimates {
  const ofCells = (compute: (cells: Cells) => number) => (rows: Rows) => [
    compute(expectedCells(rows.predicted, rows.calibrated[0]!)),
  ]
  return {
    roc_auc: ({ calibrated, scores }) => [estimatedAuc(calibrated[0]!, scores[0]!)],
    average_precision: ({ calibrated, scores }) => [estimatedAveragePrecision(calibrated[0]!, scores[0]!)],
    f1: ofCells(f1Of),
    precision: ofCells(precisionOf),
    recall: ofCells(recallOf),
    specificity: ofCells(specificityOf),
    accuracy: ofCells(({ tp, fp, fn, tn }) => (tp + tn) / (tp + fp + fn + tn)),
    confusion_matrix: ({ predicted, calibrated }) =>
      normalizedCells(expectedCells(predicted, calibrated[0]!), settings.normalizeConfusionMatrix),
    business_value: ofCells((cells) => businessValue(cells, settings)),
  }
}

/** One class against the rest, averaged. */
export function multiclassEstimates(settings: MetricSettings): Estimates {
  const codes = [...settings.classes.keys()]
  const macro = (compute: (cells: Cells) => number) => (rows: Rows) => [
    mean(codes.map((code) => compute(expectedCells(oneAgainstRest(rows.predicted, code), rows.calibrated[code]!)))),
  ]
  const average = (values: readonly (number | null)[]) =>
    values.every((value) => value !== null) ? mean(values as readonly number[]) : null
  return {
    roc_auc: ({ calibrated, scores }) => [average(codes.map((k) => estimatedAuc(calibrated[k]!, scores[k]!)))],
    average_precision: ({ calibrated, scores }) => [
      average(codes.map((k) => estimatedAveragePrecision(calibrated[k]!, scores[k]!))),
    ],
    f1: macro(f1Of),
    precision: macro(precisionOf),
    recall: macro(recallOf),
    specificity: macro(specificityOf),
    accuracy: ({ predicted, calibrated }) => [mean(predicted.map((code, row) => calibrated[code]?.[row] ?? 0))],
    confusion_matrix: (rows) => normalizedMatrix(expectedMatrix(rows, codes.length), settings).flat(),
    business_value: (rows) => [matrixValue(expectedMatrix(rows, codes.length), settings)],
  }
}

/**
 * Trapezoids over the ranking by raw score, each row a share q of a positive and 1 - q of a negative; the sums are
 * rounded to five decimals first, as the peer does. null when one class has no mass.
 */
function estimatedAuc(calibrated: Float64Array, scores: Float64Array): number | null {
  const order = ascendingOrder(scores).reverse()
  const tps = new Float64Array(order.length + 1)
  const fps = new Float64Array(order.length + 1)
  let positives = 0
  order.forEach((row, i) => {
    positives += calibrated[row]!
    tps[i + 1] = roundedTo5(positives)
    fps[i + 1] = roundedTo5(i + 1 - positives)
  })
  const [allPositives, allNegatives] = [tps[order.length]!, fps[order.length]!]
  if (allPositives === 0 || allNegatives === 0) return null
  const areas = Float64Array.from(order, (_, i) => {
    const step = fps[i + 1]! / allNegatives - fps[i]! / allNegatives
    return (step * (tps[i + 1]! / allPositives + tps[i]! / allPositives)) / 2
  })
  return sum(areas)
}

/** Σ (recall step × precision) over the rows from the highest raw score; null without positives. */
function estimatedAveragePrecision(calibrated: Float64Array, scores: Float64Array): number | null {
  const order = ascendingOrder(scores).reverse()
  let positives = 0
  const tps = Float64Array.from(order, (row) => roundedTo5((positives += calibrated[row]!)))
  const all = tps.at(-1)!
  if (all === 0) return null
  return sum(tps.map((tp, i) => (tp / all - (i === 0 ? 0 : tps[i - 1]! / all)) * (tp / (i + 1))))
}

function expectedCells(predicted: Float64Array, calibrated: Float64Array): Cells {
  const total = (label: number, share: (q: number) => number) =>
    sum(predicted.map((value, row) => (value === label ? share(calibrated[row]!) : 0)))
  return { tp: total(1, (q) => q), fp: total(1, (q) => 1 - q), fn: total(0, (q) => q), tn: total(0, (q) => 1 - q) }
}

function expectedMatrix({ predicted, calibrated }: Rows, classes: number): readonly Float64Array[] {
  return calibrated
    .slice(0, classes)
    .map((q) =>
      Float64Array.from({ length: classes }, (_, j) => sum(predicted.map((code, row) => (code === j ? q[row]! : 0)))),
    )
}

/** The peer says 0 where there is nothing to divide by. */
function f1Of({ tp, fp, fn }: Cells): number {
  return share(tp, tp + (fp + fn) / 2)
}

function precisionOf({ tp, fp }: Cells): number {
  return share(tp, tp + fp)
}

function recallOf({ tp, fn }: Cells): number {
  return share(tp, tp + fn)
}

function specificityOf({ tn, fp }: Cells): number {
  return share(tn, tn + fp)
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
