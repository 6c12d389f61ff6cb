/** What a failed check does: `fail` quarantines the batch, `warn` is noted and shown. */
export type Severity = 'warn' | 'fail'

/**
 * Share of rows that must pass, 0 to 1, default 1 (Great Expectations' `mostly`). With `confidence`, a batch fails only
 * when its failing share lies beyond the tolerance at that confidence, so that a small batch does not fail by chance.
 */
interface Tolerance {
  readonly mostly?: number
  readonly confidence?: number
}

interface Judged {
  readonly severity: Severity
}

interface OnColumn {
  readonly column: string
}

/** The columns of the schema are there; `exact` also refuses columns it does not know. */
export type ColumnsPresent = Judged & {
  readonly name: 'columns_present'
  readonly columns: readonly string[]
  readonly exact?: boolean
}
/** Cells with something in them are of the pinned type. */
export type TypeCheck = Judged & Tolerance & OnColumn & { readonly name: 'type' }
/** Rows have a value: `mostly: 0.95` allows 5 % missing. */
export type MissingShare = Judged & Tolerance & OnColumn & { readonly name: 'missing_share' }
/** Values lie in [min, max]; times in epoch milliseconds. */
export type Range = Judged &
  Tolerance &
  OnColumn & { readonly name: 'range'; readonly min?: number; readonly max?: number }
export type AllowedValues = Judged &
  Tolerance &
  OnColumn & { readonly name: 'allowed_values'; readonly values: readonly string[] }
/** No value comes twice; rows after the first with a value fail. */
export type Unique = Judged & Tolerance & OnColumn & { readonly name: 'unique' }
/** No whole row comes twice; rows after the first fail. */
export type DuplicateRows = Judged & Tolerance & { readonly name: 'duplicate_rows' }
export type RowCount = Judged & { readonly name: 'row_count'; readonly min?: number; readonly max?: number }
/** The newest event time is at most `maxAgeMs` old when the batch is judged. */
export type Freshness = Judged & OnColumn & { readonly name: 'freshness'; readonly maxAgeMs: number }
/** The column is distributed as in the reference: PSI above its noise by `material` nats or more fails; unknown under `minRows`. */
export type Change = Judged &
  OnColumn & { readonly name: 'change'; readonly material?: number; readonly minRows?: number }

/** One question the gate asks of a batch. Plain JSON, so that it can be configured, stored and shown. */
export type Check =
  | ColumnsPresent
  | TypeCheck
  | MissingShare
  | Range
  | AllowedValues
  | Unique
  | DuplicateRows
  | RowCount
  | Freshness
  | Change

export type CheckName = Check['name']
