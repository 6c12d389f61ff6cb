import type { Profile } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { RawRow, Span } from '../features/index.ts'
import type { ArmRole } from './routing.ts'

/** What was served within a half-open span of event time; the rest narrows it. */
export interface ServedQuery {
  readonly project: string
  readonly model: string
  readonly span: Span
  readonly version?: number | undefined
  readonly role?: ArmRole | undefined
  readonly source?: string | undefined
}

/** Profile of one hour of event time: raw values as they were received, and the score. */
export interface ServedProfile {
  readonly version: number
  readonly role: ArmRole
  readonly source: string
  /** Start of the hour. */
  readonly bucket: Instant
  readonly profile: Profile
}

/** Sums over labelled rows. Loss: log loss in nats (classes) or squared error; error: Brier, wrong or not, or absolute error. */
export interface OutcomeSums {
  readonly rows: number
  readonly labelled: number
  readonly scoreSum: number
  /** Binary: positives. Multiclass: rows predicted right. Regression: sum of labels. */
  readonly labelSum: number
  readonly lossSum: number
  readonly lossSquares: number
  readonly errorSum: number
  readonly errorSquares: number
}

/** Outcomes of one hour of event time; `deciles[i]` has the rows with `i / 10 <= score < (i + 1) / 10`. */
export interface Outcomes extends OutcomeSums {
  readonly version: number
  readonly role: ArmRole
  readonly source: string
  readonly bucket: Instant
  /** Ten for classes; one for a regression. */
  readonly deciles: readonly OutcomeSums[]
}

/** Losses of both arms on the same requests of one UTC day of event time, row by row. */
export interface PairedLosses {
  readonly day: Instant
  readonly champion: Float64Array
  readonly challenger: Float64Array
}

export interface ServedRow {
  readonly id: string
  readonly version: number
  readonly role: ArmRole
  readonly at: Instant
  readonly receivedAt: Instant
  readonly entity: string | null
  readonly source: string
  /** Raw values as received, whatever overrides were in force. */
  readonly features: RawRow
  readonly prediction: string | number
  readonly score: number
  readonly scores: readonly number[] | null
  readonly label: string | number | null
  /** Log loss or squared error; null without a label. */
  readonly loss: number | null
}
