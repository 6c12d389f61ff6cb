import { DataType, type Field, type Table, TimeUnit, tableFromIPC, type Vector } from 'apache-arrow'
import { isEvenkeelError } from '../error.ts'
import type { Batch, Column, InvalidCell } from './batch.ts'
import type { IngestLimits } from './limits.ts'
import { cellTooLong, checkColumnNames, excerpt, refuse, tooMany } from './refuse.ts'

/** Arrow IPC, stream or file, dictionaries included. Cells are asked for by index: on damaged input an iterator may never end. */
export function decodeArrow(bytes: Uint8Array, limits: IngestLimits): Batch {
  try {
    return batchOf(tableFromIPC(bytes), bytes.length, limits)
  } catch (error) {
    // The reader looks at cells only when they are asked for, so damage shows anywhere and as any kind of error.
    throw isEvenkeelError(error) ? error : notArrow((error as Error).message, error)
  }
}

function batchOf(table: Table, bytes: number, limits: IngestLimits): Batch {
  if (table.schema.fields.length === 0) throw notArrow('it has no columns')
  checkColumnNames(
    table.schema.fields.map((field) => field.name),
    limits,
  )
  // A damaged length is believed by the reader: no column of values takes less than a bit a row.
  if (table.numRows > 8 * bytes) throw notArrow(`it claims ${table.numRows} rows in ${bytes} bytes`)
  if (table.numRows > limits.maxRows) throw tooMany('rows', table.numRows, limits.maxRows)
  const columns: Record<string, Column> = {}
  for (const [index, field] of table.schema.fields.entries())
    columns[field.name] = columnOf(field, table.getChildAt(index)!, limits)
  return { rows: table.numRows, columns }
}

export function notArrow(found: string, cause?: unknown) {
  return refuse(
    'INGEST_ARROW',
    `the body is not an Arrow IPC stream or file: ${excerpt(found)}; write it with an Arrow library's IPC writer, without compression`,
    {},
    cause,
  )
}

function columnOf(field: Field, vector: Vector, limits: IngestLimits): Column {
  const type = DataType.isDictionary(field.type) ? field.type.dictionary : field.type
  if (DataType.isInt(type)) return integers(field.name, vector, limits)
  if (DataType.isFloat(type) || DataType.isDecimal(type)) return numeric(vector, 'number', numberOf(type))
  if (DataType.isTimestamp(type) || DataType.isDate(type)) return numeric(vector, 'time', Number)
  if (DataType.isBool(type)) return texts(field.name, vector, 'boolean', limits)
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isNull(type))
    return texts(field.name, vector, 'text', limits)
  if (DataType.isTime(type)) return texts(field.name, vector, 'text', limits, clockOf(type.unit))
  throw refuse(
    'INGEST_ARROW',
    `column ${JSON.stringify(field.name)} holds ${field.type}, expected numbers, text, booleans, dates or timestamps; flatten it or leave it out`,
    { column: field.name, found: String(field.type) },
  )
}

/** Integers past 2^53 stay exact as text. */
function integers(name: string, vector: Vector, limits: IngestLimits): Column {
  for (let row = 0; row < vector.length; row++) {
    const value: unknown = vector.get(row)
    if (typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) return texts(name, vector, 'text', limits)
  }
  return numeric(vector, 'integer', Number)
}

function numberOf(type: DataType): (value: unknown) => number {
  if (!DataType.isDecimal(type)) return Number
  const scale = 10 ** type.scale
  return (value) => Number(BigInt.asIntN(type.bitWidth, wordsToBigint(value as Uint32Array))) / scale
}

/** A decimal comes as 32-bit words, the lowest first. */
function wordsToBigint(words: Uint32Array): bigint {
  return words.reduceRight((total, word) => (total << 32n) | BigInt(word), 0n)
}

function numeric(vector: Vector, declared: 'number' | 'integer' | 'time', read: (value: unknown) => number): Column {
  const values = new Float64Array(vector.length)
  const invalid: InvalidCell[] = []
  for (let row = 0; row < vector.length; row++) {
    const cell: unknown = vector.get(row)
    const value = cell === null || cell === undefined ? Number.NaN : read(cell)
    if (value === Infinity || value === -Infinity) invalid.push({ row, found: String(value) })
    values[row] = Number.isFinite(value) ? value : Number.NaN
  }
  return { kind: 'numeric', declared, values, invalid }
}

function texts(
  name: string,
  vector: Vector,
  declared: 'text' | 'boolean',
  limits: IngestLimits,
  read: (value: unknown) => string = String,
): Column {
  const values = new Array<string | null>(vector.length)
  for (let row = 0; row < vector.length; row++) {
    const cell: unknown = vector.get(row)
    const text = cell === null || cell === undefined ? null : read(cell)
    if (text !== null && text.length > limits.maxCellLength)
      throw cellTooLong(row + 1, name, text.length, limits.maxCellLength)
    values[row] = text === '' ? null : text
  }
  return { kind: 'string', declared, values, invalid: [] }
}

function clockOf(unit: TimeUnit): (value: unknown) => string {
  const perSecond = {
    [TimeUnit.SECOND]: 1,
    [TimeUnit.MILLISECOND]: 1e3,
    [TimeUnit.MICROSECOND]: 1e6,
    [TimeUnit.NANOSECOND]: 1e9,
  }
  return (value) => new Date((Number(value) / perSecond[unit]) * 1_000).toISOString().slice(11, 23)
}
