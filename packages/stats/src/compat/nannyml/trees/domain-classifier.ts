import { predict, trainBoostedTrees } from '../../../learn/index.ts'
import { type Chunking, type ChunkRows, splitChunks } from '../chunking.ts'
import { categoriesOf, columnOf, type Frame, isNumeric, rowsTaken } from '../frame.ts'
import { rocAuc } from '../performance/ranking.ts'
import { type Judged, judged, type ResultRow } from '../result.ts'
import { stratifiedFolds } from '../splits.ts'
import { constantThreshold, type Threshold, type ThresholdValues, thresholdValues } from '../threshold.ts'
import { featureCodes, featureOf } from './features.ts'

export type DomainClassifierOptions = {
  readonly columns: readonly string[]
  readonly treatAsCategorical?: readonly string[]
  /** Folds of the cross-validation. Default 5. */
  readonly folds?: number
  /** Default 0.45 … 0.65. */
  readonly threshold?: Threshold
  readonly chunking?: Chunking
}

export type DomainClassifierState = {
  readonly options: DomainClassifierOptions
  /** The reference in the order of time: every chunk is told apart from it. */
  readonly rows: Frame
  readonly thresholds: ThresholdValues
  readonly reference: readonly ResultRow[]
}

const NAMED = { name: 'domain_classifier_auroc', method: 'domain_classifier' }
/** LightGBM’s defaults, with the 31 leaves that are also those of `learn`. */
const TREES = { task: 'binary', seed: 13, rounds: 100, learningRate: 0.1, l2: 0 } as const

/**
 * NannyML 0.13 `DomainClassifierCalculator.fit`: how well boosted trees tell a chunk from the rest of the reference, as
 * the AUC of pooled out-of-fold scores over five stratified folds without shuffling. By behaviour, not to the digit:
 * the trees are those of `learn`, the peer's LightGBM. What is wrong with it: five models for every chunk; 0.45 … 0.65
 * says nothing of the number of rows; scores of five models are ranked together. Use `freezeStreams`: pair tables and
 * random projections are counts, which a detector watches.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN, STATS_BAD_OPTION, STATS_TOO_FEW_ROWS
 * @example
 * const x = Float64Array.from({ length: 60 }, (_, i) => (i * 7) % 11)
 * const state = nannyml.fitDomainClassifier({ columns: { x } }, { columns: ['x'], chunking: { by: 'number', chunks: 2 } })
 * nannyml.calculateDomainClassifier(state, { columns: { x: x.map((v) => v + 50) } })[0].figures[0].alert // true
 */
export function fitDomainClassifier(reference: Frame, options: DomainClassifierOptions): DomainClassifierState {
  const { threshold = constantThreshold({ lower: 0.45, upper: 0.65 }) } = options
  const chunks = splitChunks(reference, options.chunking, 'reference')
  const order = chunks.flatMap(({ rows }) => Array.from(rows))
  const rows = taken(reference, order, options.columns)
  const found = chunks.map(({ chunk }) => {
    const inside = Float64Array.from(order, (_, place) => Number(place >= chunk.startIndex && place <= chunk.endIndex))
    return separability(rows, inside, options)
  })
  const thresholds = thresholdValues(threshold, found, { lowerLimit: 0, upperLimit: 1 })
  return { options, rows, thresholds, reference: resultOf(chunks, found, thresholds) }
}

/**
 * The AUC of telling each chunk from the whole reference: about 0.5 without drift.
 * @example
 * const z = Float64Array.from({ length: 80 }, (_, i) => (i * 29) % 80)
 * const fitted = nannyml.fitDomainClassifier({ columns: { z } }, { columns: ['z'], chunking: { by: 'number', chunks: 2 } })
 * nannyml.calculateDomainClassifier(fitted, { columns: { z } })[0].figures[0].name // 'domain_classifier_auroc'
 */
export function calculateDomainClassifier(state: DomainClassifierState, current: Frame): readonly ResultRow[] {
  const { columns, chunking } = state.options
  const chunks = splitChunks(current, chunking)
  const referenceRows = columnOf(state.rows, columns[0]!).length
  const found = chunks.map(({ rows }) => {
    const pooled = appended(state.rows, taken(current, rows, columns), columns)
    const inside = Float64Array.from({ length: referenceRows + rows.length }, (_, row) => Number(row >= referenceRows))
    return separability(pooled, inside, state.options)
  })
  return resultOf(chunks, found, state.thresholds)
}

function separability(frame: Frame, inside: Float64Array, options: DomainClassifierOptions): number {
  if (inside.every((label) => label === inside[0])) return 0.5
  const { columns, treatAsCategorical, folds = 5 } = options
  const features = featureCodes([frame], columns, treatAsCategorical).map((code) =>
    featureOf(code, columnOf(frame, code.name)),
  )
  const foldOf = stratifiedFolds(inside, folds)
  const scores = new Float64Array(inside.length)
  for (let fold = 0; fold < folds; fold++) {
    const [train, test] = [rowsWhere(foldOf, (of) => of !== fold), rowsWhere(foldOf, (of) => of === fold)]
    const target = rowsTaken(inside, train)
    const model = target.every((label) => label === target[0])
      ? null
      : trainBoostedTrees(
          { target, features: features.map((feature) => ({ ...feature, values: rowsTaken(feature.values, train) })) },
          TREES,
        )
    if (model === null || test.length === 0) continue
    const columnsOfTest = features.map(({ values }) => rowsTaken(values, test))
    const { values } = predict(model, columnsOfTest)
    test.forEach((row, i) => {
      scores[row] = values[2 * i + 1]!
    })
  }
  return rocAuc(inside, scores)
}

function resultOf(
  chunks: readonly ChunkRows[],
  found: readonly number[],
  thresholds: ThresholdValues,
): readonly ResultRow<Judged>[] {
  return chunks.map(({ chunk }, i) => ({ chunk, figures: [judged(NAMED, found[i]!, thresholds)] }))
}

function taken(frame: Frame, rows: ArrayLike<number>, columns: readonly string[]): Frame {
  return { columns: Object.fromEntries(columns.map((name) => [name, rowsTaken(columnOf(frame, name), rows)])) }
}

function appended(above: Frame, below: Frame, columns: readonly string[]): Frame {
  const join = (name: string) => {
    const [a, b] = [columnOf(above, name), columnOf(below, name)]
    if (!(isNumeric(a) && isNumeric(b))) return [...categoriesOf(a), ...categoriesOf(b)]
    const joined = new Float64Array(a.length + b.length)
    joined.set(a)
    joined.set(b, a.length)
    return joined
  }
  return { columns: Object.fromEntries(columns.map((name) => [name, join(name)])) }
}

function rowsWhere(values: Uint8Array, holds: (value: number) => boolean): number[] {
  return [...values.keys()].filter((row) => holds(values[row]!))
}
