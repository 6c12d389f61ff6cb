import type { Batch, Column, IngestLimits } from '../../ingest/index.ts'
import { describe, invalid, tooLarge } from './request.ts'

export type JsonCell = number | string | boolean | null
export type CheckLimits = Pick<IngestLimits, 'maxRows' | 'maxColumns' | 'maxCellLength'>

/** A table as it was sent, by column; every column has `rows` cells. */
export interface JsonTable {
  readonly rows: number
  readonly cells: ReadonlyMap<string, readonly JsonCell[]>
}

/** Of one table: what a row lacks takes room too, and a few bytes of rows could ask for gigabytes. */
const MAX_CELLS = 10_000_000

/**
 * Reads `{"rows": […]}` or `{"columns": {…}}`. A key that a row lacks is missing in it.
 * @param side `reference` or `current`, for messages
 * @throws EvenkeelError DRIFT_CHECK_INVALID, DRIFT_CHECK_TOO_LARGE
 */
export function readJsonTable(value: unknown, side: string, limits: CheckLimits): JsonTable {
  const keys = isObject(value) ? Object.keys(value) : []
  if (isObject(value) && keys.length === 1 && keys[0] === 'rows' && Array.isArray(value['rows']))
    return tableOfRows(value['rows'], `${side}.rows`, limits)
  if (isObject(value) && keys.length === 1 && keys[0] === 'columns' && isObject(value['columns']))
    return tableOfColumns(value['columns'], `${side}.columns`, limits)
  const expected = '{"rows": […]} with an array of objects, or {"columns": {…}} with an array for each'
  throw invalid({ field: side, found: describe(value), expected })
}

/** For what infers types: columns of numbers are numeric, of booleans boolean, anything else is text as it was written. */
export function batchOfJson({ rows, cells }: JsonTable): Batch {
  return { rows, columns: Object.fromEntries([...cells].map(([name, column]) => [name, columnOf(column)])) }
}

function tableOfRows(rows: readonly unknown[], field: string, limits: CheckLimits): JsonTable {
  checkSize(rows.length, field, limits)
  const cells = new Map<string, JsonCell[]>()
  for (const [row, each] of rows.entries()) {
    if (!isObject(each))
      throw invalid({ field: `${field}[${row}]`, row, found: describe(each), expected: 'an object of named values' })
    for (const name in each) {
      const place = `${field}[${row}].${name}`
      let column = cells.get(name)
      if (column === undefined) {
        checkColumn(name, cells.size + 1, { field: place, rows: rows.length }, limits)
        column = new Array<JsonCell>(rows.length).fill(null)
        cells.set(name, column)
      }
      column[row] = cellOf(each[name], row, place, limits)
    }
  }
  if (cells.size === 0) throw invalid({ field, found: 'rows without any value', expected: 'at least one column' })
  return { rows: rows.length, cells }
}

function tableOfColumns(columns: Record<string, unknown>, field: string, limits: CheckLimits): JsonTable {
  const cells = new Map<string, readonly JsonCell[]>()
  let rows: number | null = null
  for (const [name, values] of Object.entries(columns)) {
    const place = `${field}.${name}`
    if (!Array.isArray(values))
      throw invalid({ field: place, found: describe(values), expected: 'an array of the values' })
    rows ??= values.length
    if (values.length !== rows)
      throw invalid({ field: place, found: describe(values), expected: `as many as in the first column, ${rows}` })
    checkSize(rows, place, limits)
    checkColumn(name, cells.size + 1, { field: place, rows }, limits)
    for (const [row, value] of values.entries()) cellOf(value, row, place, limits)
    cells.set(name, values as JsonCell[])
  }
  if (rows === null) throw invalid({ field, found: 'no column', expected: 'at least one column' })
  return { rows, cells }
}

function checkSize(rows: number, field: string, { maxRows }: CheckLimits): void {
  if (rows === 0) throw invalid({ field, found: 'an array of 0', expected: 'at least one row' })
  if (rows > maxRows) throw tooLarge({ field, found: `${rows} rows`, expected: `at most ${maxRows}` })
}

function checkColumn(
  name: string,
  columns: number,
  { field, rows }: { readonly field: string; readonly rows: number },
  { maxColumns }: CheckLimits,
): void {
  if (name.trim() === '' || name === '__proto__')
    throw invalid({ field, found: `a column named ${JSON.stringify(name)}`, expected: 'a name' })
  if (columns > maxColumns) throw tooLarge({ field, found: `${columns} columns`, expected: `at most ${maxColumns}` })
  if (columns * rows > MAX_CELLS)
    throw tooLarge({ field, found: `${columns * rows} cells`, expected: `at most ${MAX_CELLS} in a table` })
}

/** `1e999` is JSON and no number that can be counted. */
function cellOf(value: unknown, row: number, place: string, { maxCellLength }: CheckLimits): JsonCell {
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return value as JsonCell
  const field = place.includes('[') ? place : `${place}[${row}]`
  if (typeof value !== 'string')
    throw invalid({ field, row, found: describe(value), expected: 'a finite number, text, true, false or null' })
  if (value.length <= maxCellLength) return value
  throw tooLarge({ field, row, found: `${value.length} characters`, expected: `at most ${maxCellLength}` })
}

function columnOf(cells: readonly JsonCell[]): Column {
  const kinds = new Set<string>()
  for (const cell of cells) if (cell !== null) kinds.add(typeof cell)
  const only = kinds.size === 1 ? [...kinds][0] : undefined
  if (only === 'number')
    return {
      kind: 'numeric',
      declared: 'number',
      values: Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : Number.NaN)),
      invalid: [],
    }
  const values = cells.map((cell) => (cell === null || cell === '' ? null : String(cell)))
  const declared = only === 'boolean' ? ('boolean' as const) : ('text' as const)
  return { kind: 'string', ...(only === undefined ? {} : { declared }), values, invalid: [] }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
