import type { ColumnProfile, NumericBins } from '@evenkeel/stats'
import type { SchemaColumn } from '../../ingest/index.ts'
import type { ValueCount } from '../../storage/index.ts'

export type Side = 'reference' | 'current'

/** A column of numbers to count over bins; where `whole`, a number with a fraction counts as invalid. */
interface NumbersToCount {
  readonly name: string
  readonly bins: NumericBins
  readonly whole: boolean
}

/**
 * What one thread is asked to count in one go: some numeric columns in one pass, or one column of strings, or one that
 * the file holds in another type than `as`, cell by cell.
 */
export type Job = { readonly side: Side; readonly file: string } & (
  | { readonly kind: 'numeric'; readonly columns: readonly NumbersToCount[] }
  | { readonly kind: 'values'; readonly column: string; readonly limit: number }
  | { readonly kind: 'distinct'; readonly column: string }
  | { readonly kind: 'retyped-numeric'; readonly as: SchemaColumn; readonly bins: NumericBins }
  | { readonly kind: 'retyped-values'; readonly as: SchemaColumn; readonly limit: number }
)

/** What a thread is told. */
export type Order = { readonly kind: 'count'; readonly job: Job } | { readonly kind: 'end' }

/** What was counted of a column. */
export type Counted = { readonly side: Side; readonly column: string } & (
  | { readonly kind: 'numeric'; readonly profile: ColumnProfile }
  | ({ readonly kind: 'values'; readonly invalid: number } & ValueCount)
  | { readonly kind: 'distinct'; readonly distinct: number; readonly present: number }
)

export type Answer =
  | { readonly kind: 'counted'; readonly counted: readonly Counted[] }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly details: Readonly<Record<string, unknown>>
    }
