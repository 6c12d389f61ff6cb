import type { Instant } from '../clock.ts'

/** One raw record as it comes in a request or a batch's row: missing is null, instants are epoch milliseconds. */
export type RawRow = Readonly<Record<string, number | string | null>>

export type FeatureKind = 'numeric' | 'categorical'

/**
 * One feature: which raw columns it reads, and the function that makes it. The same function runs over a batch at training
 * and over a single request at serving (law 16).
 */
export interface Feature {
  readonly name: string
  readonly kind: FeatureKind
  /** Raw columns it reads. */
  readonly reads: readonly string[]
  /** Made of nothing but event time (hour of day, weekday): it changes with the calendar, so drift monitors leave it out. */
  readonly calendar: boolean
  /** Missing is null; a number that is not finite is our own mistake. */
  readonly compute: (row: RawRow) => number | string | null
  /** Names the computation, so that a version trained on another one is told apart: `column(distance)`, `hour(scheduledAt)`. */
  readonly definition: string
}

export interface FeatureView {
  readonly name: string
  /** Raw column that names what a row is about; requests route sticky by it. */
  readonly entity: string | null
  /** Raw column with the time of the event. */
  readonly time: string | null
  readonly features: readonly Feature[]
}

/** A category's place in the model's input, learnt at training and stored with the version; unseen and missing are NaN. */
export type FeatureEncoding =
  | { readonly name: string; readonly kind: 'numeric' }
  | { readonly name: string; readonly kind: 'categorical'; readonly categories: readonly string[] }

/** What a version knows of its features: enough to refuse a view that has changed since. */
export interface ViewEncoding {
  readonly view: string
  /** Hash over the features' names, kinds and definitions. */
  readonly fingerprint: string
  readonly features: readonly FeatureEncoding[]
}

/** Turns raw rows into the model's input, one float32 per feature. */
export interface Encoder {
  readonly width: number
  encodeRow(row: RawRow, out: Float32Array, offset: number): void
}

/** A half-open span of event time. */
export interface Span {
  readonly from: Instant
  readonly until: Instant
}
