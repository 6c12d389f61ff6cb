import { StatsError } from '../../error.ts'
import type { SampleRows, UnknownComparison, UsedRows } from '../result.ts'

/** Several features of the same rows, by column: NaN is missing, ±Infinity invalid. */
export type Columns = readonly ArrayLike<number>[]

/** Complete rows, one after the other, `width` values each. */
export type CompleteRows = { readonly values: Float64Array; readonly count: number; readonly width: number }

export type RowPair = {
  readonly kind: 'pair'
  readonly reference: CompleteRows
  readonly current: CompleteRows
  readonly rows: SampleRows
}

/** Squares of values up to here stay finite. */
const LARGEST = 1e140

/**
 * The complete rows of both samples. A row with a missing value is left out and counted as missing, one with an
 * infinite value, or one beyond 1e140, as invalid.
 * @param need rows that either sample must have left, else the pair is unknown
 */
export function takeRows(
  where: string,
  reference: Columns,
  current: Columns,
  need: number,
): RowPair | UnknownComparison {
  if (reference.length === 0 || reference.length !== current.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `${where} got ${reference.length} reference columns and ${current.length} current columns, expected as many of both`,
    )
  const [before, after] = [completeRows(where, reference), completeRows(where, current)]
  const rows = { reference: before.rows, current: after.rows }
  if (before.rows.used < need)
    return { kind: 'unknown', reason: 'too-few-reference-rows', have: before.rows.used, need, rows }
  if (after.rows.used < need) return { kind: 'unknown', reason: 'too-few-rows', have: after.rows.used, need, rows }
  return { kind: 'pair', reference: before.complete, current: after.complete, rows }
}

function completeRows(where: string, columns: Columns): { readonly complete: CompleteRows; readonly rows: UsedRows } {
  const count = columns[0]!.length
  for (const [j, column] of columns.entries())
    if (column.length !== count)
      throw new StatsError(
        'STATS_LENGTHS_DIFFER',
        `column ${j} of ${where} has ${column.length} rows, expected ${count} as column 0`,
      )
  const width = columns.length
  const values = new Float64Array(count * width)
  let [used, missing, invalid] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const state = rowState(columns, i)
    if (state === 'missing') missing++
    else if (state === 'invalid') invalid++
    else {
      for (let j = 0; j < width; j++) values[used * width + j] = columns[j]![i]!
      used++
    }
  }
  return {
    complete: { values: values.subarray(0, used * width), count: used, width },
    rows: { used, missing, invalid },
  }
}

function rowState(columns: Columns, i: number): 'complete' | 'missing' | 'invalid' {
  let state: 'complete' | 'missing' = 'complete'
  for (const column of columns) {
    const value = column[i]!
    if (value == null || Number.isNaN(value)) state = 'missing'
    else if (!(Math.abs(value) <= LARGEST)) return 'invalid'
  }
  return state
}

/** Mean and deviation (over n) of each column; deviation 0 where what is left of equal values is rounding. */
export function spreadsOf(samples: readonly CompleteRows[]): {
  readonly means: Float64Array
  readonly deviations: Float64Array
} {
  const { width } = samples[0]!
  const total = samples.reduce((sum, { count }) => sum + count, 0)
  const means = new Float64Array(width)
  const deviations = new Float64Array(width)
  for (const { values, count } of samples)
    for (let i = 0; i < count * width; i++) means[i % width]! += values[i]! / total
  for (const { values, count } of samples)
    for (let i = 0; i < count * width; i++) deviations[i % width]! += (values[i]! - means[i % width]!) ** 2 / total
  for (let j = 0; j < width; j++) {
    const deviation = Math.sqrt(deviations[j]!)
    deviations[j] = deviation > 1e-12 * Math.abs(means[j]!) ? deviation : 0
  }
  return { means, deviations }
}

/** Rows in units of deviations from the means, columns without a spread left out. */
export function standardised(
  { values, count, width }: CompleteRows,
  { means, deviations }: { readonly means: ArrayLike<number>; readonly deviations: ArrayLike<number> },
): CompleteRows {
  const kept = Array.from({ length: width }, (_, j) => j).filter((j) => deviations[j]! > 0)
  const scaled = new Float64Array(count * kept.length)
  for (let i = 0; i < count; i++)
    for (let k = 0; k < kept.length; k++) {
      const j = kept[k]!
      scaled[i * kept.length + k] = (values[i * width + j]! - means[j]!) / deviations[j]!
    }
  return { values: scaled, count, width: kept.length }
}
