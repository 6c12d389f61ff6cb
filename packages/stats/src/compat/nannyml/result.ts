import { finiteOrNull } from './arithmetic.ts'
import type { Chunk } from './chunking.ts'
import { isBeyond, isNotWithin, type ThresholdValues } from './threshold.ts'

/** One number about a chunk, beside its thresholds. null: NannyML has NaN there (or, for a threshold, none). */
export type Judged = {
  /** The column, or the metric, e.g. roc_auc, true_positive. */
  readonly name: string
  /** How it was computed, e.g. jensen_shannon; for a metric the key it was asked by, e.g. confusion_matrix. */
  readonly method: string
  readonly value: number | null
  readonly upperThreshold: number | null
  readonly lowerThreshold: number | null
  readonly alert: boolean
}

/** With its sampling error, one standard error. */
export type Measured = Judged & { readonly samplingError: number | null }

/** With a band of three sampling errors. */
export type Bounded = Measured & {
  readonly upperConfidenceBoundary: number | null
  readonly lowerConfidenceBoundary: number | null
}

/** An estimate beside the truth, where the chunk has labels. */
export type Estimated = Bounded & { readonly realized: number | null }

/** What `to_df` has in one line: a chunk and its figures. */
export type ResultRow<F extends Judged = Judged> = { readonly chunk: Chunk; readonly figures: readonly F[] }

type Named = Pick<Judged, 'name' | 'method'>

/** 'beyond': alerts outside of the thresholds; 'not-within': alerts on them too, and on a missing value. */
export type AlertRule = 'beyond' | 'not-within'

export function judged(
  named: Named,
  value: number | null,
  thresholds: ThresholdValues,
  rule: AlertRule = 'beyond',
): Judged {
  const known = finiteOrNull(value)
  const alert = rule === 'beyond' ? isBeyond(known, thresholds) : isNotWithin(known, thresholds)
  return { ...named, value: known, upperThreshold: thresholds.upper, lowerThreshold: thresholds.lower, alert }
}

export type Bounds = { readonly lower?: number | null; readonly upper?: number | null }

/** The value ± three sampling errors, within bounds: a share never leaves 0 to 1. */
export function bandOf(value: number | null, samplingError: number | null, bounds: Bounds = {}) {
  const known = value !== null && samplingError !== null
  const upper = known ? finiteOrNull(Math.min(bounds.upper ?? Infinity, value + 3 * samplingError)) : null
  const lower = known ? finiteOrNull(Math.max(bounds.lower ?? -Infinity, value - 3 * samplingError)) : null
  return { upperConfidenceBoundary: upper, lowerConfidenceBoundary: lower }
}
