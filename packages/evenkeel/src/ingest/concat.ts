import type { Batch, Column } from './batch.ts'
import { isNumeric, type SchemaColumn } from './schema.ts'

/** The rows of all batches, one after the other; a column that a batch lacks is missing in its rows. */
export function concatBatches(batches: readonly Batch[], columns: readonly SchemaColumn[]): Batch {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  const joined = columns.map((column): [string, Column] => [column.name, concatColumn(batches, column, rows)])
  return { rows, columns: Object.fromEntries(joined) }
}

function concatColumn(batches: readonly Batch[], pinned: SchemaColumn, rows: number): Column {
  const values = isNumeric(pinned.type) ? numbersOf(batches, pinned.name, rows) : textsOf(batches, pinned.name)
  const invalid = invalidOf(batches, pinned.name)
  return values instanceof Float64Array
    ? { kind: 'numeric', declared: pinned.type, values, invalid }
    : { kind: 'string', declared: pinned.type, values, invalid }
}

function numbersOf(batches: readonly Batch[], name: string, rows: number): Float64Array {
  const values = new Float64Array(rows).fill(Number.NaN)
  let from = 0
  for (const batch of batches) {
    const column = batch.columns[name]
    if (column?.kind === 'numeric') values.set(column.values, from)
    from += batch.rows
  }
  return values
}

function textsOf(batches: readonly Batch[], name: string): (string | null)[] {
  const values: (string | null)[] = []
  for (const batch of batches) {
    const column = batch.columns[name]
    for (let row = 0; row < batch.rows; row++) values.push(column?.kind === 'string' ? column.values[row]! : null)
  }
  return values
}

function invalidOf(batches: readonly Batch[], name: string) {
  let from = 0
  return batches.flatMap((batch) => {
    const cells = (batch.columns[name]?.invalid ?? []).map((cell) => ({ ...cell, row: cell.row + from }))
    from += batch.rows
    return cells
  })
}
