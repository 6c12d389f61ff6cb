import type { Batch, Column, InvalidCell } from './batch.ts'
import { isMissingWord, parseBoolean, parseNumber, parseTime } from './cell.ts'
import { excerpt } from './refuse.ts'
import { isNumeric, type Schema, type SchemaColumn } from './schema.ts'

/**
 * Brings a batch to the types of the schema. A cell that is not of its column's type becomes an invalid cell, with what
 * stood there; it is never guessed at. Columns the schema does not know are carried along; columns the batch lacks stay
 * absent, which the gate judges.
 */
export function conformBatch(batch: Batch, schema: Schema): Batch {
  const columns: Record<string, Column> = { ...batch.columns }
  for (const pinned of schema.columns) {
    const column = batch.columns[pinned.name]
    if (Object.hasOwn(batch.columns, pinned.name) && column !== undefined)
      columns[pinned.name] = conformColumn(column, pinned)
  }
  return { rows: batch.rows, columns }
}

export function conformColumn(column: Column, pinned: SchemaColumn): Column {
  if (column.declared === pinned.type) return column
  if (isNumeric(pinned.type)) return column.kind === 'numeric' ? fromNumbers(column, pinned) : parsed(column, pinned)
  if (pinned.type === 'boolean') return booleans(column)
  return { kind: 'string', declared: pinned.type, values: textsOf(column), invalid: column.invalid }
}

function fromNumbers(column: Column & { kind: 'numeric' }, pinned: SchemaColumn): Column {
  const values = new Float64Array(column.values.length)
  const invalid: InvalidCell[] = [...column.invalid]
  const convert = numberRule(column, pinned)
  for (let row = 0; row < values.length; row++) {
    const value = column.values[row]!
    const kept = Number.isNaN(value) ? value : convert(value)
    if (Number.isNaN(kept) && !Number.isNaN(value)) invalid.push({ row, found: String(value) })
    values[row] = kept
  }
  return { kind: 'numeric', declared: pinned.type, values, invalid: inOrder(invalid) }
}

/** Numbers that nobody declared are instants where a time is due (our own convention); a JSON number is not. */
function numberRule(column: Column, pinned: SchemaColumn): (value: number) => number {
  const finite = (value: number) => (Number.isFinite(value) ? value : Number.NaN)
  if (pinned.type === 'integer') return (value) => (Number.isSafeInteger(value) ? value : Number.NaN)
  if (pinned.type === 'number') return finite
  if (pinned.timeFormat === 'epoch-s') return (value) => finite(value * 1_000)
  return pinned.timeFormat === 'epoch-ms' || column.declared === undefined ? finite : () => Number.NaN
}

function parsed(column: Column & { kind: 'string' }, pinned: SchemaColumn): Column {
  const values = new Float64Array(column.values.length)
  const invalid: InvalidCell[] = [...column.invalid]
  const parse = textRule(pinned)
  for (let row = 0; row < values.length; row++) {
    const text = column.values[row]!
    values[row] = Number.NaN
    if (text === null || isMissingWord(text)) continue
    const value = parse(text)
    if (Number.isFinite(value)) values[row] = value
    else invalid.push({ row, found: excerpt(text) })
  }
  return { kind: 'numeric', declared: pinned.type, values, invalid: inOrder(invalid) }
}

function textRule(pinned: SchemaColumn): (text: string) => number {
  if (pinned.type === 'time') return (text) => parseTime(text, pinned.timeFormat ?? 'iso')
  if (pinned.type === 'number') return parseNumber
  return (text) => {
    const value = parseNumber(text)
    return Number.isSafeInteger(value) ? value : Number.NaN
  }
}

function booleans(column: Column): Column {
  const invalid: InvalidCell[] = [...column.invalid]
  const values = textsOf(column).map((text, row) => {
    if (text === null) return null
    const value = parseBoolean(text)
    if (value === null) invalid.push({ row, found: excerpt(text) })
    return value
  })
  return { kind: 'string', declared: 'boolean', values, invalid: inOrder(invalid) }
}

function textsOf(column: Column): readonly (string | null)[] {
  if (column.kind === 'string') return column.values
  const show = column.declared === 'time' ? (value: number) => new Date(value).toISOString() : String
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : show(value)))
}

function inOrder(invalid: InvalidCell[]): readonly InvalidCell[] {
  return invalid.sort((a, b) => a.row - b.row)
}
