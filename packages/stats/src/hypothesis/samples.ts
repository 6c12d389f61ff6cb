import { StatsError } from '../error.ts'
import { DEFAULT_LEVEL, type SampleRows, type UnknownComparison, type UsedRows } from './result.ts'

/** Two samples that can be compared: finite values, ascending unless asked otherwise, and what was left out. */
export type SamplePair = {
  readonly kind: 'pair'
  readonly reference: Float64Array
  readonly current: Float64Array
  readonly rows: SampleRows
}

/** Squares and sums of values up to here stay finite. */
const LARGEST = 1e140

export type SampleOptions = {
  /** Rows that either sample must have left, else the pair is unknown. Default 1. */
  readonly need?: number
  /** The statistic is in units of the values, not of their ranks: values beyond 1e140 make it unknown. Default false. */
  readonly scaled?: boolean
  /** Default true; sums need no order, and sorting is most of what they would cost. */
  readonly sorted?: boolean
}

/**
 * Sorts both samples, leaving out and counting NaN (missing) and ±Infinity (invalid).
 * @example takeSamples([3, 1, Number.NaN], [2]).reference // [1, 3]
 */
export function takeSamples(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { need = 1, scaled = false, sorted = true }: SampleOptions = {},
): SamplePair | UnknownComparison {
  const [before, after] = [finiteOf(reference), finiteOf(current)]
  const rows = { reference: before.rows, current: after.rows }
  for (const side of ['reference', 'current'] as const)
    if (rows[side].used < need)
      return { kind: 'unknown', reason: shortfall(side, rows[side]), have: rows[side].used, need, rows }
  const largest = scaled ? Math.max(magnitude(before.values), magnitude(after.values)) : 0
  if (largest > LARGEST) return { kind: 'unknown', reason: 'values-too-large', have: largest, need: LARGEST, rows }
  if (sorted) for (const { values } of [before, after]) values.sort()
  return { kind: 'pair', reference: before.values, current: after.values, rows }
}

export function unknownOf(pair: { readonly rows: SampleRows }, reason: string, have: number, need: number) {
  return { kind: 'unknown', reason, have, need, rows: pair.rows } as const
}

/** Whether every value of both samples is the same one. */
export function isConstant({ reference, current }: SamplePair): boolean {
  return (
    reference[0] === reference[reference.length - 1] &&
    current[0] === current[current.length - 1] &&
    reference[0] === current[0]
  )
}

/** A confidence level, checked. @throws StatsError STATS_BAD_OPTION @example checkLevel('psi', 0.9) // 0.9 */
export function checkLevel(where: string, level = DEFAULT_LEVEL): number {
  if (level > 0 && level < 1) return level
  throw new StatsError('STATS_BAD_OPTION', `level of ${where} is ${level}, expected more than 0 and less than 1`, {
    level,
  })
}

function finiteOf(values: ArrayLike<number>): { readonly values: Float64Array; readonly rows: UsedRows } {
  const kept = new Float64Array(values.length)
  let used = 0
  let missing = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value - value === 0) kept[used++] = value
    else if (Number.isNaN(value) || value == null) missing++
  }
  return { values: kept.subarray(0, used), rows: { used, missing, invalid: values.length - used - missing } }
}

function shortfall(side: 'reference' | 'current', { used, missing, invalid }: UsedRows): string {
  const why = used > 0 || missing + invalid === 0 ? 'too-few' : missing >= invalid ? 'all-missing' : 'all-invalid'
  return side === 'reference' ? `${why}-reference-rows` : `${why}-rows`
}

function magnitude(values: Float64Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!))
  return largest
}
