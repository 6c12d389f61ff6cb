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
  /** Missing is null; numbers are finite. */
  readonly compute: (row: RawRow) => number | string | null
  /** Names the computation, so that a version trained on another one is told apart: `column(distance)`, `hourOfDay(scheduledAt, UTC)`. */
  readonly definition: string
  /** The computation as data; null for one written as a function, which only its own code can run again. */
  readonly transform: Transform | null
}

export interface FeatureView {
  readonly name: string
  /** Raw column that names what a row is about; requests route sticky by it. */
  readonly entity: string | null
  /** Raw column with the time of the event. */
  readonly time: string | null
  readonly features: readonly Feature[]
}

export type TimePart = 'hourOfDay' | 'dayOfWeek' | 'monthOfYear'

/** The built-in computations, as they are stored with a version and written in YAML. */
export type Transform =
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'category'; readonly column: string }
  | { readonly kind: TimePart; readonly column: string; readonly timezone: string }
  | { readonly kind: 'timeSince'; readonly from: string; readonly until: string }
  | { readonly kind: 'ratio'; readonly numerator: string; readonly denominator: string }
  | { readonly kind: 'difference'; readonly minuend: string; readonly subtrahend: string }
  | { readonly kind: 'log'; readonly column: string }
  | { readonly kind: 'textLength'; readonly column: string }

/** A view as plain JSON. A feature written as a function is named, with null in place of its computation. */
export interface ViewJson {
  readonly name: string
  readonly entity: string | null
  readonly time: string | null
  readonly features: readonly { readonly name: string; readonly transform: Transform | null }[]
}

/** A category's place in the model's input, learnt at training and stored with the version; unseen and missing are NaN. */
export type FeatureEncoding =
  | { readonly name: string; readonly kind: 'numeric' }
  | { readonly name: string; readonly kind: 'categorical'; readonly categories: readonly string[] }

/** What a version knows of its features: enough to compute them, and to refuse a view that has changed since. */
export interface ViewEncoding {
  readonly view: string
  /** Hash over the features' names, kinds and definitions. */
  readonly fingerprint: string
  readonly features: readonly FeatureEncoding[]
  /** The view itself, so that the version can be served without the code that declared it. */
  readonly declared: ViewJson
}

/** Turns raw rows into the model's input, one float32 per feature. */
export interface Encoder {
  readonly width: number
  encodeRow(row: RawRow, out: Float32Array, offset: number): void
}

/** Computed features by column: numbers with NaN for missing, categories as places in a dictionary with -1 for missing. */
export type FeatureColumn =
  | { readonly name: string; readonly kind: 'numeric'; readonly values: Float64Array }
  | {
      readonly name: string
      readonly kind: 'categorical'
      readonly codes: Int32Array
      readonly dictionary: readonly string[]
    }

export interface FeatureTable {
  readonly rows: number
  readonly columns: readonly FeatureColumn[]
}

/** A half-open span of event time. */
export interface Span {
  readonly from: Instant
  readonly until: Instant
}
