import type { Unknown } from '../error.ts'

/** What is known of a number at `level` confidence (0.95 unless asked otherwise). */
export type EffectInterval = { readonly low: number; readonly high: number; readonly level: number }

/** The size of a difference, on a scale that does not grow with the number of rows. */
export type Effect = {
  readonly name: string
  readonly value: number
  /** null where none is known that would hold. */
  readonly interval: EffectInterval | null
}

/** Rows of one sample: used, missing (NaN) and invalid (±Infinity); the last two are left out. */
export type UsedRows = { readonly used: number; readonly missing: number; readonly invalid: number }
export type SampleRows = { readonly reference: UsedRows; readonly current: UsedRows }

/**
 * Where the p-value is from. exact: the law under the null, enumerated; permutation: rows dealt out anew, (k + 1) / (B + 1),
 * which holds its level for any B; asymptotic: a limit law; interpolated: a published table.
 */
export type PValueMethod = 'exact' | 'permutation' | 'asymptotic' | 'interpolated'

/**
 * The answer of a two-sample test. The null of all of them is that both samples are independent rows of one
 * distribution; `pValue` is at most alpha with probability alpha then (`method` says how nearly).
 */
export type TestResult = {
  readonly kind: 'tested'
  readonly statistic: number
  readonly pValue: number
  readonly method: PValueMethod
  readonly effect: Effect
  readonly rows: SampleRows
}

/** Why two samples could not be compared, with what they had: too few rows, all missing, constant, … */
export type UnknownComparison = Unknown & { readonly rows: SampleRows }

export type LevelOptions = {
  /** Confidence of the intervals, above 0 and below 1. Default 0.95. */
  readonly level?: number
}

export const DEFAULT_LEVEL = 0.95

/** Rows that came as counts: whoever counted them has left out the others. */
export function allUsed(used: number): UsedRows {
  return { used, missing: 0, invalid: 0 }
}
