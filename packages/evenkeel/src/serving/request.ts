import type { Instant } from '../clock.ts'

/** A request as it comes over the wire; nothing in it is trusted before it went through the version's validator. */
export interface PredictRequest {
  /** Named raw columns, one object per row. */
  readonly rows: readonly unknown[]
  /** One id per row, or one for the request: then row n of several is called `<id>:<n>`. Made up where absent. */
  readonly id?: string | readonly string[] | undefined
  /** Time of the event, per row or for all; else the time column's value, else now. Epoch milliseconds or ISO 8601. */
  readonly at?: Instant | string | readonly (Instant | string)[] | undefined
  /** What the rows are about, per row or for all; else the entity column's value. */
  readonly entity?: string | number | readonly (string | number)[] | undefined
  /** Who sends them; overrides and profiles are kept by source. Default `http`. */
  readonly source?: string | undefined
}

/** One answered row. */
export interface Prediction {
  readonly id: string
  readonly version: number
  /** Class name, or the predicted value of a regression. */
  readonly prediction: string | number
  /** Binary: probability of the positive class. Multiclass: of the predicted one. Regression: the value. */
  readonly score: number
  /** Multiclass: one probability per class, in the order of the version's classes. */
  readonly scores: readonly number[] | null
}

/** A label as it comes over the wire: for a prediction's id, or for an entity at the time of the event. */
export interface LabelRequest {
  readonly id?: string
  readonly entity?: string | number
  readonly at?: Instant | string
  /** Class name, or a finite number for a regression. */
  readonly label: string | number | boolean
}

/** Why a request was not understood: row and field, what was found, what was expected. */
export interface InvalidRequest {
  readonly code: string
  readonly message: string
  readonly row: number | null
  readonly field: string | null
  readonly found: string
  readonly expected: string
}

export type Refusal =
  | { readonly kind: 'invalid'; readonly error: InvalidRequest }
  | { readonly kind: 'unknown-model'; readonly model: string }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number; readonly message: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly message: string }

export type PredictOutcome = { readonly kind: 'predicted'; readonly predictions: readonly Prediction[] } | Refusal
export type LabelOutcome = { readonly kind: 'labelled'; readonly rows: number } | Refusal
