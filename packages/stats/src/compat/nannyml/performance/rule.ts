import { finiteOrNull } from '../arithmetic.ts'
import type { Bounds } from '../result.ts'
import type { Part, Rows } from './rows.ts'

export type Normalization = 'all' | 'true' | 'pred'

export type MetricSettings = {
  readonly classes: readonly string[]
  readonly normalizeConfusionMatrix?: Normalization | null | undefined
  /** Rows: truth, columns: prediction, classes in order. */
  readonly businessValueMatrix?: readonly (readonly number[])[] | undefined
  readonly normalizeBusinessValue?: 'per_prediction' | null | undefined
  /**
   * The realised-performance calculator takes its labels from the chunk, the estimator from the problem: with one label
   * in a chunk the first fails on specificity and multiplies every cell's value by the rows.
   */
  readonly labelsFromChunk: boolean
}

/** One number for each name of the rule, null where the peer has NaN; or the peer's computation fails. */
export type Values = readonly (number | null)[] | 'raises'

/**
 * What one row contributes to the sampling error: n rows have sigma / √n, or, of a total, sigma √n. null: the reference
 * does not say.
 */
export type Spread = { readonly sigma: number | null; readonly total: boolean }

/** A metric: how it is computed from complete rows, and how its sampling error follows from the reference. */
export type Rule = {
  readonly names: readonly string[]
  readonly bounds: Bounds
  readonly needs: readonly Part[]
  realised(rows: Rows): Values
  spreads(reference: Rows): readonly Spread[]
}

export const SHARE: Bounds = { lower: 0, upper: 1 }
export const FROM_ZERO: Bounds = { lower: 0 }

/** Standard deviation of a row within a group, and the group's share of all rows. */
export function spread(deviation: number, share = 1, total = false): Spread {
  return { sigma: finiteOrNull(deviation / Math.sqrt(share)), total }
}

export function samplingErrorOf({ sigma, total }: Spread, rows: number): number | null {
  return sigma === null || rows === 0 ? null : finiteOrNull(total ? sigma * Math.sqrt(rows) : sigma / Math.sqrt(rows))
}

/** A quotient, or null where there is nothing to divide by. */
export function quotient(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
