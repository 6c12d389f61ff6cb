import type { ColumnType } from './schema.ts'

/** Cells that had something in them that is not of the column's type: counted apart from the missing ones. */
export interface InvalidCell {
  readonly row: number
  readonly found: string
}

/** Numbers, integers and instants (epoch milliseconds). Missing and invalid cells are NaN here and nowhere else. */
interface NumericColumn {
  readonly kind: 'numeric'
  readonly values: Float64Array
  /** What the format itself says the column holds (Parquet, Arrow), or what it was brought to; absent when nobody said. */
  readonly declared?: ColumnType
  readonly invalid: readonly InvalidCell[]
}

/** Categories, booleans and text. Missing and invalid cells are null. */
interface StringColumn {
  readonly kind: 'string'
  readonly values: readonly (string | null)[]
  readonly declared?: ColumnType
  readonly invalid: readonly InvalidCell[]
}

export type Column = NumericColumn | StringColumn

/** Rows that came together, held by column; every column has `rows` values. */
export interface Batch {
  readonly rows: number
  readonly columns: Readonly<Record<string, Column>>
}
