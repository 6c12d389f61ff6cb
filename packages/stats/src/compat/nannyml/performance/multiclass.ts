import { deviation, indicatorDeviation, mean, sum } from '../arithmetic.ts'
import { type Cells, type ClassificationMetric, cellsOf, varies } from './binary.ts'
import { aucSpread, averagePrecision, precisionSpread, rocAuc } from './ranking.ts'
import { oneAgainstRest, type Part, type Rows } from './rows.ts'
import { FROM_ZERO, type MetricSettings, quotient, type Rule, SHARE, type Spread, spread } from './rule.ts'

/** NannyML widens the multiclass AUC error by a fifth, and does not say why. */
const AUC_FACTOR = 1.2

/** The multiclass metrics of NannyML 0.13: one class against the rest, macro averages. */
export function multiclassRules(settings: MetricSettings): Readonly<Record<ClassificationMetric, Rule>> {
  const codes = [...settings.classes.keys()]
  const macro = (name: string, compute: (cells: Cells) => number | null, group: (cells: Cells) => Group): Rule => ({
    names: [name],
    bounds: SHARE,
    needs: ['truth', 'predicted'],
    realised: (rows) => {
      if (!varies(rows.truth) || !varies(rows.predicted)) return [null]
      return [meanOf(codes.map((code) => compute(classCells(rows, code))))]
    },
    spreads: (rows) => [
      averageSpread(
        codes.map((code) => {
          const cells = classCells(rows, code)
          const { hits, of } = group(cells)
          return { deviation: indicatorDeviation(hits, of), share: of / rows.truth.length }
        }),
      ),
    ],
  })
  const scored = { bounds: SHARE, needs: ['truth', 'scores'] satisfies Part[] }
  return {
    roc_auc: {
      ...scored,
      names: ['roc_auc'],
      realised: (rows) => {
        if (!hasAllClasses(rows, codes.length)) return [null]
        if (!sumToOne(rows.scores)) return 'raises'
        return [mean(codes.map((code) => rocAuc(oneAgainstRest(rows.truth, code), rows.scores[code]!)))]
      },
      spreads: ({ truth, scores }) => {
        const classes = codes.map((code) => aucSpread(oneAgainstRest(truth, code), scores[code]!))
        const { sigma, total } = averageSpread(classes)
        return [{ sigma: sigma === null ? null : sigma * AUC_FACTOR, total }]
      },
    },
    average_precision: {
      ...scored,
      names: ['average_precision'],
      realised: (rows) => {
        if (!varies(rows.truth)) return [null]
        if (!hasAllClasses(rows, codes.length)) return 'raises'
        return [mean(codes.map((code) => averagePrecision(oneAgainstRest(rows.truth, code), rows.scores[code]!)))]
      },
      spreads: ({ truth, scores }) => {
        const variances = codes.map((code) => {
          const found = precisionSpread(oneAgainstRest(truth, code), scores[code]!)
          return found.deviation ** 2 * found.rows
        })
        return [spread(Math.sqrt(mean(variances)))]
      },
    },
    f1: macro(
      'f1',
      ({ tp, fp, fn }) => quotient(tp, tp + (fp + fn) / 2) ?? 0,
      ({ tp, fp, fn }) => ({ hits: tp, of: tp + fp + fn }),
    ),
    precision: macro(
      'precision',
      ({ tp, fp }) => quotient(tp, tp + fp) ?? 0,
      ({ tp, fp }) => ({ hits: tp, of: tp + fp }),
    ),
    recall: macro(
      'recall',
      ({ tp, fn }) => quotient(tp, tp + fn) ?? 0,
      ({ tp, fn }) => ({ hits: tp, of: tp + fn }),
    ),
    specificity: macro(
      'specificity',
      ({ tn, fp }) => quotient(tn, tn + fp),
      ({ tn, fp }) => ({ hits: tn, of: tn + fp }),
    ),
    accuracy: {
      ...macro(
        'accuracy',
        () => 0,
        () => ({ hits: 0, of: 0 }),
      ),
      realised: (rows) =>
        settings.labelsFromChunk || (varies(rows.truth) && varies(rows.predicted))
          ? [hitsOf(rows) / rows.truth.length]
          : [null],
      spreads: (rows) => [spread(indicatorDeviation(hitsOf(rows), rows.truth.length))],
    },
    confusion_matrix: {
      names: settings.classes.flatMap((truth) =>
        settings.classes.map((predicted) => `true_${truth}_pred_${predicted}`),
      ),
      bounds: settings.normalizeConfusionMatrix ? SHARE : FROM_ZERO,
      needs: ['truth', 'predicted'],
      realised: (rows) => {
        if (varies(rows.truth) && varies(rows.predicted))
          return normalizedMatrix(matrixOf(rows, codes.length), settings)
            .flat()
            .map((value) => value ?? 0)
        return codes.flatMap(() => codes.map(() => null))
      },
      spreads: (rows) => matrixSpreads(matrixOf(rows, codes.length), settings, rows.truth.length),
    },
    business_value: {
      names: ['business_value'],
      bounds: {},
      needs: ['truth', 'predicted'],
      realised: (rows) => [matrixValue(matrixOf(rows, codes.length), settings)],
      spreads: ({ truth, predicted }) => {
        const values = truth.map((label, row) => settings.businessValueMatrix![label]?.[predicted[row]!] ?? 0)
        return [spread(deviation(values, 1), 1, !settings.normalizeBusinessValue)]
      },
    },
  }
}

type Group = { readonly hits: number; readonly of: number }
type Matrix = readonly Float64Array[]

/** Truth by row, prediction by column; labels that are no class are left out, as in scikit-learn. */
function matrixOf({ truth, predicted }: Rows, classes: number): Matrix {
  const matrix = Array.from({ length: classes }, () => new Float64Array(classes))
  truth.forEach((label, row) => {
    if (label < classes && predicted[row]! < classes) matrix[label]![predicted[row]!]!++
  })
  return matrix
}

/**
 * Cells divided by all rows, by those of their truth (row) or of their prediction (column); null where there are none.
 */
export function normalizedMatrix(
  matrix: Matrix,
  { normalizeConfusionMatrix: by }: MetricSettings,
): (number | null)[][] {
  const rows = matrix.map((row) => sum(row))
  const columns = columnSums(matrix)
  return matrix.map((row, i) =>
    Array.from(row, (cell, j) => {
      if (!by) return cell
      return quotient(cell, by === 'all' ? sum(rows) : by === 'true' ? rows[i]! : columns[j]!)
    }),
  )
}

export function matrixValue(matrix: Matrix, settings: MetricSettings): number {
  const columns = columnSums(matrix)
  const values = matrix.flatMap((row, i) =>
    Array.from(row, (cell, j) => {
      const weight = settings.normalizeBusinessValue ? cell / (columns[j]! || 1) : cell
      return weight * settings.businessValueMatrix![i]![j]!
    }),
  )
  return sum(values)
}

function matrixSpreads(matrix: Matrix, settings: MetricSettings, rows: number): readonly Spread[] {
  const by = settings.normalizeConfusionMatrix
  const columns = columnSums(matrix)
  return matrix.flatMap((row, i) =>
    Array.from(row, (cell, j) => {
      const group = by === 'true' ? sum(matrix[i]!) : by === 'pred' ? columns[j]! : rows
      return spread(indicatorDeviation(cell, group), group / rows, !by)
    }),
  )
}

function classCells(rows: Rows, code: number): Cells {
  return cellsOf({ truth: oneAgainstRest(rows.truth, code), predicted: oneAgainstRest(rows.predicted, code) })
}

/** √(Σ variance / share) / classes: the classes as if independent. */
function averageSpread(classes: readonly { readonly deviation: number; readonly share: number }[]): Spread {
  const variances = classes.map(({ deviation, share }) => deviation ** 2 / share)
  return spread(Math.sqrt(sum(variances)) / classes.length)
}

function columnSums(matrix: Matrix): readonly number[] {
  return matrix.map((_, j) => matrix.reduce((total, row) => total + row[j]!, 0))
}

function hasAllClasses({ truth }: Rows, classes: number): boolean {
  const seen = new Set(truth)
  return seen.size === classes && [...seen].every((code) => code < classes)
}

function sumToOne(scores: readonly Float64Array[]): boolean {
  return scores[0]!.every((_, row) => Math.abs(scores.reduce((total, score) => total + score[row]!, 0) - 1) <= 1.001e-5)
}

function hitsOf({ truth, predicted }: Rows): number {
  return truth.reduce((hits, label, row) => hits + Number(label === predicted[row]), 0)
}

function meanOf(values: readonly (number | null)[]): number | null {
  return values.every((value) => value !== null) ? mean(values as readonly number[]) : null
}
