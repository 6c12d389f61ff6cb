import { deviation, indicatorDeviation, sum } from '../arithmetic.ts'
import { aucSpread, averagePrecision, precisionSpread, rocAuc } from './ranking.ts'
import type { Rows } from './rows.ts'
import { FROM_ZERO, type MetricSettings, quotient, type Rule, SHARE, type Spread, spread, type Values } from './rule.ts'

export type ClassificationMetric =
  | 'roc_auc'
  | 'average_precision'
  | 'f1'
  | 'precision'
  | 'recall'
  | 'specificity'
  | 'accuracy'
  | 'confusion_matrix'
  | 'business_value'

/** Counts of truth × prediction, or sums of probabilities that stand for them. */
export type Cells = { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number }

const CELL_NAMES = ['true_positive', 'true_negative', 'false_positive', 'false_negative'] as const

export function cellsOf({ truth, predicted }: Pick<Rows, 'truth' | 'predicted'>): Cells {
  let [tp, fp, fn, tn] = [0, 0, 0, 0]
  for (let row = 0; row < truth.length; row++) {
    if (predicted[row] === 1) truth[row] === 1 ? tp++ : fp++
    else truth[row] === 1 ? fn++ : tn++
  }
  return { tp, fp, fn, tn }
}

/** The binary metrics of NannyML 0.13, with the sampling errors it gives them. */
export function binaryRules(settings: MetricSettings): Readonly<Record<ClassificationMetric, Rule>> {
  const ofCells = (compute: (cells: Cells) => number, spreadOf: (cells: Cells) => Spread, name: string): Rule => ({
    names: [name],
    bounds: SHARE,
    needs: ['truth', 'predicted'],
    realised: (rows) => (varies(rows.truth) && varies(rows.predicted) ? [compute(cellsOf(rows))] : [null]),
    spreads: (rows) => [spreadOf(cellsOf(rows))],
  })
  return {
    roc_auc: {
      names: ['roc_auc'],
      bounds: SHARE,
      needs: ['truth', 'scores'],
      realised: ({ truth, scores }) => [varies(truth) ? rocAuc(truth, scores[0]!) : null],
      spreads: ({ truth, scores }) => {
        const found = aucSpread(truth, scores[0]!)
        return [spread(found.deviation, found.share)]
      },
    },
    average_precision: {
      names: ['average_precision'],
      bounds: SHARE,
      needs: ['truth', 'scores'],
      realised: ({ truth, scores }) => [truth.includes(1) ? averagePrecision(truth, scores[0]!) : null],
      spreads: ({ truth, scores }) => {
        const found = precisionSpread(truth, scores[0]!)
        return [spread(found.deviation * Math.sqrt(found.rows))]
      },
    },
    f1: ofCells(({ tp, fp, fn }) => quotient(tp, tp + (fp + fn) / 2) ?? 0, f1Spread, 'f1'),
    precision: ofCells(
      ({ tp, fp }) => quotient(tp, tp + fp) ?? 0,
      (c) => spread(indicatorDeviation(c.tp, c.tp + c.fp), (c.tp + c.fp) / rowsIn(c)),
      'precision',
    ),
    recall: ofCells(
      ({ tp, fn }) => quotient(tp, tp + fn) ?? 0,
      (c) => spread(indicatorDeviation(c.tp, c.tp + c.fn), (c.tp + c.fn) / rowsIn(c)),
      'recall',
    ),
    specificity: {
      ...ofCells(
        () => 0,
        (c) => spread(indicatorDeviation(c.tn, c.tn + c.fp), (c.tn + c.fp) / rowsIn(c)),
        'specificity',
      ),
      realised: (rows) => {
        const cells = cellsOf(rows)
        return settings.labelsFromChunk && oneLabel(cells) ? 'raises' : [quotient(cells.tn, cells.tn + cells.fp)]
      },
    },
    accuracy: {
      ...ofCells(
        () => 0,
        (c) => spread(indicatorDeviation(c.tp + c.tn, rowsIn(c))),
        'accuracy',
      ),
      realised: (rows) => {
        const cells = cellsOf(rows)
        return [(cells.tp + cells.tn) / rowsIn(cells)]
      },
    },
    confusion_matrix: {
      names: CELL_NAMES,
      bounds: settings.normalizeConfusionMatrix ? SHARE : FROM_ZERO,
      needs: ['truth', 'predicted'],
      realised: (rows) => {
        const normalized = normalizedCells(cellsOf(rows), settings.normalizeConfusionMatrix)
        // scikit-learn, which the estimator asks, writes 0 where there is nothing to divide by.
        return settings.labelsFromChunk ? normalized : normalized.map((value) => value ?? 0)
      },
      spreads: (rows) => cellSpreads(cellsOf(rows), settings.normalizeConfusionMatrix),
    },
    business_value: {
      names: ['business_value'],
      bounds: {},
      needs: ['truth', 'predicted'],
      realised: (rows) => realisedBusinessValue(cellsOf(rows), settings),
      spreads: (rows) => [businessValueSpread(rows, settings)],
    },
  }
}

/**
 * Cells in the order of `CELL_NAMES`, as counts or divided by all rows, by those of their truth or of their prediction.
 */
export function normalizedCells(
  { tp, fp, fn, tn }: Cells,
  by: MetricSettings['normalizeConfusionMatrix'],
): readonly (number | null)[] {
  if (!by) return [tp, tn, fp, fn]
  if (by === 'all') return [tp, tn, fp, fn].map((cell) => quotient(cell, tp + tn + fp + fn))
  if (by === 'true') return [quotient(tp, tp + fn), quotient(tn, tn + fp), quotient(fp, fp + tn), quotient(fn, fn + tp)]
  return [quotient(tp, tp + fp), quotient(tn, tn + fn), quotient(fp, fp + tp), quotient(fn, fn + tn)]
}

/** Value of the cells; per prediction, each column of the matrix is divided by its sum, an empty one counts 0. */
export function businessValue({ tp, fp, fn, tn }: Cells, settings: MetricSettings): number {
  const [[tnValue, fpValue], [fnValue, tpValue]] = settings.businessValueMatrix as [[number, number], [number, number]]
  const [zeros, ones] = settings.normalizeBusinessValue ? [tn + fn || 1, tp + fp || 1] : [1, 1]
  return (tnValue * tn + fnValue * fn) / zeros + (fpValue * fp + tpValue * tp) / ones
}

export function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0])
}

function rowsIn({ tp, fp, fn, tn }: Cells): number {
  return tp + fp + fn + tn
}

function oneLabel({ tp, fp, fn, tn }: Cells): boolean {
  return fp + fn === 0 && (tp === 0 || tn === 0)
}

function f1Spread(cells: Cells): Spread {
  const relevant = cells.tp + cells.fp + cells.fn
  const correction = relevant / (cells.tp + (cells.fp + cells.fn) / 2)
  return spread(correction * indicatorDeviation(cells.tp, relevant), relevant / rowsIn(cells))
}

function cellSpreads(cells: Cells, by: MetricSettings['normalizeConfusionMatrix']): readonly Spread[] {
  const rows = rowsIn(cells)
  const { tp, fp, fn, tn } = cells
  const ofGroup = (cell: number, other: number) =>
    by === 'true' || by === 'pred'
      ? spread(indicatorDeviation(cell, cell + other), (cell + other) / rows)
      : spread(indicatorDeviation(cell, rows), 1, !by)
  return by === 'pred'
    ? [ofGroup(tp, fp), ofGroup(tn, fn), ofGroup(fp, tp), ofGroup(fn, tn)]
    : [ofGroup(tp, fn), ofGroup(tn, fp), ofGroup(fp, tn), ofGroup(fn, tp)]
}

function realisedBusinessValue(cells: Cells, settings: MetricSettings): Values {
  if (!settings.labelsFromChunk || !oneLabel(cells)) return [businessValue(cells, settings)]
  const rows = settings.normalizeBusinessValue ? 1 : rowsIn(cells)
  return [sum(settings.businessValueMatrix!.flat()) * rows]
}

function businessValueSpread({ truth, predicted }: Rows, settings: MetricSettings): Spread {
  const values = truth.map((label, row) => settings.businessValueMatrix![label]![predicted[row]!]!)
  return spread(deviation(values), 1, !settings.normalizeBusinessValue)
}
