import type { ColumnProfile, NumericBins } from '@evenkeel/stats'
import type { ValueCount } from '../../storage/index.ts'

export type Side = 'reference' | 'current'

/** What one thread is asked to count in one go: some numeric columns in one pass, or one column of strings. */
export type Job = { readonly side: Side; readonly file: string } & (
  | { readonly kind: 'numeric'; readonly columns: readonly { readonly name: string; readonly bins: NumericBins }[] }
  | { readonly kind: 'values'; readonly column: string; readonly limit: number }
  | { readonly kind: 'distinct'; readonly column: string }
)

/** What was counted of a column. */
export type Counted = { readonly side: Side; readonly column: string } & (
  | { readonly kind: 'numeric'; readonly profile: ColumnProfile }
  | ({ readonly kind: 'values' } & ValueCount)
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
