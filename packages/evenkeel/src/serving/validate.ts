import { isNumeric, type Schema, type SchemaColumn } from '../ingest/index.ts'
import type { InvalidRequest } from './request.ts'

/** A row as it came, changed in place into the raw form features read: booleans as words, times as epoch milliseconds. */
export type WireRow = Record<string, unknown>

/** Judges the rows of one version; made once when the version is loaded. */
export interface RowValidator {
  /** Names of the raw columns that are kept, in the order of the text that `check` returns. */
  readonly columns: readonly string[]
  /** The row's raw values as a JSON array, or why the row was not understood. */
  check(row: unknown, index: number): string | InvalidRequest
}

/** ISO 8601 with its offset from UTC; without one, a time would mean something else on every machine. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/
const MAX_SHOWN = 60

/**
 * The rule: a missing value is `null` and always allowed (it is data, the monitors see it); a field may be left out only
 * where training saw missing values; a field the version does not know is refused, because a misspelt one would otherwise
 * turn into a missing one. Values out of range and new categories pass: they are for the monitors to judge.
 */
export function compileValidator(schema: Schema): RowValidator {
  const kept = schema.columns.filter(isRead)
  const columns = kept.map((column) => column.name)
  const passedOver = new Set(schema.columns.filter((column) => !isRead(column)).map((column) => column.name))
  const known = new Set(columns)
  return {
    columns,
    check(row, index) {
      if (typeof row !== 'object' || row === null || Array.isArray(row))
        return invalid('ROW_NOT_AN_OBJECT', index, null, row, 'an object of named columns')
      const wire = row as WireRow
      let text = '['
      let present = 0
      for (let i = 0; i < kept.length; i++) {
        const column = kept[i]!
        const found = wire[column.name]
        if (found !== undefined) present++
        const json = cell(column, wire, found)
        if (json === null) return reject(column, found, index)
        text += i === 0 ? json : `,${json}`
      }
      return countKeys(wire) === present ? `${text}]` : (unknownField(wire, known, passedOver, index) ?? `${text}]`)
    },
  }
}

function isRead(column: SchemaColumn): boolean {
  return column.role !== 'label' && column.role !== 'prediction' && column.role !== 'ignored'
}

/** The value as JSON, null when it is not of the column's type. */
function cell(column: SchemaColumn, row: WireRow, found: unknown): string | null {
  if (found === null) return 'null'
  if (found === undefined) {
    if (column.missingShare === 0) return null
    row[column.name] = null
    return 'null'
  }
  switch (column.type) {
    case 'number':
      return typeof found === 'number' && Number.isFinite(found) ? String(found) : null
    case 'integer':
      return Number.isInteger(found) ? String(found) : null
    case 'time':
      return timeCell(column.name, row, found)
    case 'boolean':
      return booleanCell(column.name, row, found)
    default:
      return typeof found === 'string' ? JSON.stringify(found) : null
  }
}

function timeCell(name: string, row: WireRow, found: unknown): string | null {
  const instant = parseInstant(found)
  if (instant === null) return null
  row[name] = instant
  return String(instant)
}

function booleanCell(name: string, row: WireRow, found: unknown): string | null {
  if (found !== true && found !== false && found !== 'true' && found !== 'false') return null
  row[name] = String(found)
  return found === true || found === 'true' ? '"true"' : '"false"'
}

/** Years 1 to 9999: what the database and everyone else can hold. */
const FIRST_INSTANT = -62_135_596_800_000
const LAST_INSTANT = 253_402_300_799_999

/** Whole epoch milliseconds of a number or an ISO time with offset; null for anything else. */
export function parseInstant(found: unknown): number | null {
  const instant = typeof found === 'string' && ISO_TIME.test(found) ? Date.parse(found) : found
  if (typeof instant !== 'number' || !(instant >= FIRST_INSTANT && instant <= LAST_INSTANT)) return null
  return Math.round(instant)
}

const EXPECTED = {
  number: 'a finite number',
  integer: 'an integer',
  boolean: 'true or false',
  category: 'a string',
  text: 'a string',
  time: 'epoch milliseconds or an ISO 8601 time with its UTC offset',
} as const

function reject(column: SchemaColumn, found: unknown, index: number): InvalidRequest {
  const unit = column.unit === null || !isNumeric(column.type) ? '' : ` in ${column.unit}`
  const expected = `${EXPECTED[column.type]}${unit}, or null when it is missing`
  const code = found === undefined ? 'FIELD_ABSENT' : 'FIELD_WRONG_TYPE'
  return invalid(code, index, column.name, found, expected)
}

function countKeys(row: WireRow): number {
  let keys = 0
  for (const key in row) if (key !== '') keys++
  return keys + (Object.hasOwn(row, '') ? 1 : 0)
}

function unknownField(
  row: WireRow,
  known: ReadonlySet<string>,
  passedOver: ReadonlySet<string>,
  index: number,
): InvalidRequest | null {
  const field = Object.keys(row).find((name) => !known.has(name) && !passedOver.has(name))
  if (field === undefined) return null
  return invalid(
    'FIELD_UNKNOWN',
    index,
    field,
    row[field],
    `only ${shorten([...known].join(', '), 200)}; remove or rename it`,
  )
}

/** The one shape of a 400: what was found where, and what was expected. */
export function invalid(
  code: string,
  row: number | null,
  field: string | null,
  found: unknown,
  expected: string,
): InvalidRequest {
  const shown = describe(found)
  const place = [row === null ? '' : `row ${row}`, field === null ? '' : `field ${JSON.stringify(field)}`]
  const where = place.filter((part) => part !== '').join(', ') || 'request'
  return { code, message: `${where}: found ${shown}, expected ${expected}`, row, field, found: shown, expected }
}

function describe(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (found === null) return 'null'
  if (Array.isArray(found)) return `an array of ${found.length}`
  if (typeof found === 'object') return 'an object'
  if (typeof found === 'number' && !Number.isFinite(found)) return 'a number too large to hold'
  return `${typeof found} ${shorten(JSON.stringify(found), MAX_SHOWN)}`
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}
