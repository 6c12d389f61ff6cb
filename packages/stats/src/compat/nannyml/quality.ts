import { StatsError } from '../../error.ts'
import { finiteOrNull } from './arithmetic.ts'
import { type Chunking, type ChunkRows, splitChunks } from './chunking.ts'
import { type Column, columnOf, type Frame, isNumeric, numbersOf, presentNumbers } from './frame.ts'
import { rangeOf } from './histogram.ts'
import { type Bounded, bandOf, type Judged, judged, type ResultRow } from './result.ts'
import {
  constantThreshold,
  standardDeviationThreshold,
  type Threshold,
  type ThresholdValues,
  thresholdValues,
} from './threshold.ts'

export type QualityCheck = 'missing_values' | 'unseen_values' | 'numerical_range'

export type QualityOptions = {
  readonly check: QualityCheck
  readonly columns: readonly string[]
  /** A share of the rows (default), or their count. */
  readonly normalize?: boolean
  /** Default: mean ± 3 standard deviations for missing values, above 0 for the others. */
  readonly threshold?: Threshold
  readonly chunking?: Chunking
}

type FittedQuality =
  | { readonly check: 'missing_values'; readonly share: number }
  | { readonly check: 'unseen_values'; readonly seen: readonly (string | null)[] }
  | { readonly check: 'numerical_range'; readonly low: number; readonly high: number }

export type QualityState = {
  readonly chunking: Chunking
  readonly normalize: boolean
  readonly columns: readonly {
    readonly name: string
    readonly fitted: FittedQuality
    readonly thresholds: ThresholdValues
  }[]
  readonly reference: readonly ResultRow<QualityFigure>[]
}

/** Missing values come with a sampling error and a band, unseen values and those out of range without. */
export type QualityFigure = Judged &
  Partial<Pick<Bounded, 'samplingError' | 'upperConfidenceBoundary' | 'lowerConfidenceBoundary'>>

/**
 * NannyML 0.13 `MissingValuesCalculator`, `UnseenValuesCalculator` or `NumericalRangeCalculator`, fitted. What is wrong
 * with them: a missing value is unseen unless the reference had one too; a single unseen value or one out of range
 * alerts, however many rows there are; the error of the missing share is that of the reference share, 0 where none was
 * missing. Use `createProfile`, which counts missing, unseen and out of range as bins of their own, and
 * `compareProfiles`.
 * @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN: unseen wants categories, range wants numbers;
 * STATS_EMPTY_SAMPLE
 * @example
 * const cabin = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? null : 'A'))
 * const state = nannyml.fitQuality({ columns: { cabin } }, { check: 'missing_values', columns: ['cabin'] })
 * nannyml.calculateQuality(state, { columns: { cabin } })[0].figures[0].value // 0.25
 */
export function fitQuality(reference: Frame, options: QualityOptions): QualityState {
  const { check, normalize = true, chunking = { by: 'default' } } = options
  const threshold =
    options.threshold ?? (check === 'missing_values' ? standardDeviationThreshold() : constantThreshold({ upper: 0 }))
  const chunks = splitChunks(reference, chunking, 'reference')
  const columns = options.columns.map((name) => {
    const column = columnOf(reference, name)
    const fitted = fitCheck(check, name, column)
    const values = chunks.map(({ rows }) => countOf(fitted, column, rows) / (normalize ? rows.length : 1))
    const upperLimit = normalize ? 1 : null
    return { name, fitted, thresholds: thresholdValues(threshold, values, { lowerLimit: 0, upperLimit }) }
  })
  const fitted = { chunking, normalize, columns }
  return { ...fitted, reference: resultOf(fitted, reference, chunks) }
}

/**
 * Shares (or counts) of missing values, values unseen in the reference, or values outside of its range, per chunk.
 * @example
 * const age = Float64Array.from({ length: 20 }, (_, i) => 20 + i)
 * const ranges = nannyml.fitQuality({ columns: { age } }, { check: 'numerical_range', columns: ['age'] })
 * nannyml.calculateQuality(ranges, { columns: { age: age.map((v) => v + 30) } })[0].figures[0].alert // true
 */
export function calculateQuality(state: QualityState, current: Frame): readonly ResultRow<QualityFigure>[] {
  return resultOf(state, current, splitChunks(current, state.chunking))
}

function resultOf(
  { normalize, columns }: Pick<QualityState, 'normalize' | 'columns'>,
  frame: Frame,
  chunks: readonly ChunkRows[],
): readonly ResultRow<QualityFigure>[] {
  return chunks.map(({ chunk, rows }) => ({
    chunk,
    figures: columns.map(({ name, fitted, thresholds }): QualityFigure => {
      const value = countOf(fitted, columnOf(frame, name), rows) / (normalize ? rows.length : 1)
      const figure = judged({ name, method: fitted.check }, value, thresholds)
      if (fitted.check !== 'missing_values') return figure
      const spread = Math.sqrt(fitted.share * (1 - fitted.share))
      const samplingError = finiteOrNull(normalize ? spread / Math.sqrt(rows.length) : spread * Math.sqrt(rows.length))
      const bounds = { lower: 0, upper: normalize ? 1 : null }
      return { ...figure, samplingError, ...bandOf(figure.value, samplingError, bounds) }
    }),
  }))
}

function fitCheck(check: QualityCheck, name: string, column: Column): FittedQuality {
  if (check === 'missing_values') return { check, share: missingIn(column) / column.length }
  if (check === 'unseen_values') {
    if (isNumeric(column))
      throw new StatsError('STATS_BAD_COLUMN', `column ${name} holds numbers, expected categories`, { column: name })
    return { check, seen: [...new Set(column)] }
  }
  const values = presentNumbers(numbersOf({ columns: { [name]: column } }, name))
  if (values.length === 0)
    throw new StatsError('STATS_EMPTY_SAMPLE', `all ${column.length} reference values of ${name} are missing`)
  const [low, high] = rangeOf(values)
  return { check, low, high }
}

function countOf(fitted: FittedQuality, column: Column, rows: Uint32Array): number {
  if (fitted.check === 'missing_values') return count(rows, (row) => isMissing(column, row))
  if (fitted.check === 'unseen_values') {
    const seen = new Set<string | number | null>(fitted.seen)
    return count(rows, (row) => !seen.has(column[row]!))
  }
  return count(rows, (row) => (column[row] as number) < fitted.low || (column[row] as number) > fitted.high)
}

function count(rows: Uint32Array, holds: (row: number) => boolean): number {
  let total = 0
  for (const row of rows) total += Number(holds(row))
  return total
}

function missingIn(column: Column): number {
  let missing = 0
  for (let row = 0; row < column.length; row++) missing += Number(isMissing(column, row))
  return missing
}

function isMissing(column: Column, row: number): boolean {
  return column[row] === null || Number.isNaN(column[row])
}
