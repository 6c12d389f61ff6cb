import type { Batch, Column } from './batch.ts'
import type { IngestLimits } from './limits.ts'
import { cellTooLong, checkColumnNames, excerpt, refuse, tooMany } from './refuse.ts'

type JsonCell = string | number | boolean | null

/** An array of objects, or `{"rows": […]}`. A key that a row lacks is missing in it. */
export function decodeJson(text: string, limits: IngestLimits): Batch {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse(
      'INGEST_JSON',
      `the body is not JSON: ${(cause as Error).message}; send an array of objects, or {"rows": […]}`,
      {},
      cause,
    )
  }
  const rows = isObject(value) ? value['rows'] : value
  if (!Array.isArray(rows))
    throw refuse(
      'INGEST_JSON',
      `found ${describe(value)}, expected an array of objects, or {"rows": […]}; wrap a single row in [ ]`,
    )
  return batchOfRows(rows, limits)
}

/** One object a line; empty lines are passed over. */
export function decodeNdjson(text: string, limits: IngestLimits): Batch {
  const rows: unknown[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    if (rows.length >= limits.maxRows) throw tooMany('rows', Number.POSITIVE_INFINITY, limits.maxRows)
    try {
      rows.push(JSON.parse(line))
    } catch (cause) {
      throw refuse(
        'INGEST_JSON',
        `line ${index + 1} is not JSON: ${(cause as Error).message}; send one object a line`,
        { line: index + 1 },
        cause,
      )
    }
  }
  return batchOfRows(rows, limits)
}

function batchOfRows(rows: readonly unknown[], limits: IngestLimits): Batch {
  if (rows.length > limits.maxRows) throw tooMany('rows', rows.length, limits.maxRows)
  const cells = new Map<string, JsonCell[]>()
  for (const [index, row] of rows.entries()) {
    if (!isObject(row))
      throw refuse(
        'INGEST_JSON',
        `row ${index + 1}: found ${describe(row)}, expected an object of named values; send each row as {"column": value}`,
        { row: index + 1 },
      )
    for (const [name, value] of Object.entries(row)) {
      let column = cells.get(name)
      if (column === undefined) {
        if (cells.size >= limits.maxColumns) throw tooMany('columns', cells.size + 1, limits.maxColumns)
        cells.set(name, (column = new Array<JsonCell>(rows.length).fill(null)))
      }
      column[index] = cellOf(value, index + 1, name, limits)
    }
  }
  checkColumnNames([...cells.keys()], limits)
  return {
    rows: rows.length,
    columns: Object.fromEntries([...cells].map(([name, column]) => [name, columnOf(column)])),
  }
}

function cellOf(value: unknown, row: number, column: string, limits: IngestLimits): JsonCell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string')
    throw refuse(
      'INGEST_CELL',
      `row ${row}, column ${JSON.stringify(column)}: found ${describe(value)}, expected a number, text, true, false or null; flatten it before sending`,
      { row, column },
    )
  if (value.length > limits.maxCellLength) throw cellTooLong(row, column, value.length, limits.maxCellLength)
  return value === '' ? null : value
}

/** All numbers: numeric. All booleans: boolean. Anything else is text, each value as it was written. */
function columnOf(cells: readonly JsonCell[]): Column {
  const kinds = new Set<string>()
  for (const cell of cells) if (cell !== null) kinds.add(typeof cell)
  if (kinds.size === 1 && kinds.has('number'))
    return { kind: 'numeric', declared: 'number', values: Float64Array.from(cells, numberOf), invalid: [] }
  const values = cells.map((cell) => (cell === null ? null : String(cell)))
  if (kinds.size === 1 && kinds.has('boolean')) return { kind: 'string', declared: 'boolean', values, invalid: [] }
  return { kind: 'string', ...(kinds.size === 1 ? { declared: 'text' as const } : {}), values, invalid: [] }
}

function numberOf(cell: JsonCell): number {
  return typeof cell === 'number' ? cell : Number.NaN
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (isObject(value)) return `an object with ${excerpt(Object.keys(value).slice(0, 5).join(', ')) || 'no keys'}`
  return value === undefined ? 'nothing' : `${excerpt(JSON.stringify(value))}`
}
