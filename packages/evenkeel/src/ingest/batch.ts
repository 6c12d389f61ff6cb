import type { ColumnType } from './schema.ts'

/** Cells that had something in them that is not of the column's type: counted apart from the missing ones. */
export interface InvalidCell {
  readonly row: number
  readonly found: string
}

/** Numbers, integers and instants (epoch milliseconds). Missing and invalid cells are NaN here and nowhere else. */
export interface NumericColumn {
  readonly kind: 'numeric'
  readonly values: Float64Array
  /** What the format itself says the column holds (Parquet, Arrow), or what it was brought to; absent when nobody said. */
  readonly declared?: ColumnType
  readonly invalid: readonly InvalidCell[]
}

/** Categories, booleans and text. Missing and invalid cells are null. */
export interface StringColumn {
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

/** The rows of `batch` with these indices, in this order. */
export function takeRows(batch: Batch, rows: readonly number[]): Batch {
  const place = new Map(rows.map((row, index) => [row, index]))
  const columns: Record<string, Column> = {}
  for (const [name, column] of Object.entries(batch.columns)) {
    const invalid = column.invalid.flatMap((cell) => {
      const row = place.get(cell.row)
      return row === undefined ? [] : [{ ...cell, row }]
    })
    columns[name] =
      column.kind === 'numeric'
        ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]!), invalid }
        : { ...column, values: rows.map((row) => column.values[row]!), invalid }
  }
  return { rows: rows.length, columns }
}
