import { columnsWithRole, type Schema, type SchemaColumn } from '../ingest/index.ts'
import { isProfiled } from './change.ts'
import type { Check } from './check.ts'

/**
 * The checks that follow from a pinned schema. They `fail` on what no season does to data (a column gone, a type or unit
 * wrong, most categories never seen) and only `warn` where real data moves: a wrong quarantine stops a feed, a warning does
 * not. Shares are judged at this confidence, so that a batch of ten rows does not fail by chance.
 */
const CONFIDENCE = 0.999

/** Rows that may be of another type, out of the widened range, or of a repeated id, before the batch is held. */
const MOSTLY_FAIL = 0.95
const MOSTLY_WARN = 0.99
/**
 * A renamed or recoded column has hardly any known value left; a growing one loses them slowly. An open vocabulary (travel agents,
 * banks) may bring a whole batch of new ones, so there nearly all must be new, in rows enough to say so.
 */
const MOSTLY_KNOWN = 0.2
const MOSTLY_KNOWN_OF_OPEN = 0.05
const OPEN_VOCABULARY = 50
/** More missing than when the schema was pinned, as a share of all rows. */
const MORE_MISSING_FAIL = 0.5
const MORE_MISSING_WARN = 0.05
/** Where more than this was missing already, absence is part of the data and only warns. */
const RARELY_MISSING = 0.1
/** Codes, months, years: an integer column as narrow as this leaves its range by the calendar, not by a wrong unit. */
const NARROW_INTEGER = 50
/** Units differ by a factor of 1.6 or more, so values within half again of the greatest magnitude are not a wrong unit. */
const SAME_UNIT = 0.5

export function defaultChecks(schema: Schema): Check[] {
  const judged = schema.columns.filter((column) => column.role !== 'ignored')
  const required = judged.filter((column) => !comesLater(column)).map((column) => column.name)
  const checks: Check[] = [
    { name: 'columns_present', severity: 'fail', columns: required },
    { name: 'row_count', severity: 'fail', min: 1 },
    ...judged.flatMap(columnChecks),
  ]
  const canRepeat = columnsWithRole(schema, 'id').length + columnsWithRole(schema, 'time').length > 0
  if (canRepeat) checks.push({ name: 'duplicate_rows', severity: 'warn', mostly: MOSTLY_WARN, confidence: CONFIDENCE })
  return checks
}

/** Labels and predictions may be absent from a batch of rows to be scored. */
function comesLater(column: SchemaColumn): boolean {
  return column.role === 'label' || column.role === 'prediction'
}

function columnChecks(column: SchemaColumn): Check[] {
  if (comesLater(column)) return typeChecks(column, 'warn')
  const checks = [...typeChecks(column, 'fail'), ...missingChecks(column)]
  if (column.role === 'id')
    checks.push({ name: 'unique', severity: 'fail', column: column.name, ...tolerance(MOSTLY_FAIL) })
  if (column.role !== 'feature') return checks
  checks.push(...rangeChecks(column), ...categoryChecks(column))
  if (isProfiled(column)) checks.push({ name: 'change', severity: 'warn', column: column.name })
  return checks
}

/** Any text is text: only types that a cell can fail are asked for. */
function typeChecks(column: SchemaColumn, severity: 'warn' | 'fail'): Check[] {
  if (column.type === 'text' || column.type === 'category') return []
  return [{ name: 'type', severity, column: column.name, ...tolerance(MOSTLY_FAIL) }]
}

/** Always asks the warning, so that a batch in which the column is empty has been judged for that. */
function missingChecks({ name, role, missingShare }: SchemaColumn): Check[] {
  const some = Math.max(0, 1 - missingShare - MORE_MISSING_WARN)
  const warning: Check = { name: 'missing_share', severity: 'warn', column: name, ...tolerance(some) }
  if (missingShare > RARELY_MISSING) return [warning]
  const most = missingShare + (role === 'time' ? MORE_MISSING_WARN : MORE_MISSING_FAIL)
  return [{ name: 'missing_share', severity: 'fail', column: name, ...tolerance(1 - most) }, warning]
}

function rangeChecks({ name, type, range }: SchemaColumn): Check[] {
  if (range === null || type === 'time') return []
  const { min, max } = range
  const warning: Check = { name: 'range', severity: 'warn', column: name, min, max, ...tolerance(MOSTLY_WARN) }
  const width = max - min
  if (width === 0 || (type === 'integer' && width < NARROW_INTEGER)) return [warning]
  const room = Math.max(3 * width, SAME_UNIT * Math.max(Math.abs(min), Math.abs(max)))
  const wide = { min: min >= 0 ? Math.max(0, min - room) : min - room, max: max + room }
  return [{ name: 'range', severity: 'fail', column: name, ...wide, ...tolerance(MOSTLY_FAIL) }, warning]
}

function categoryChecks({ name, type, categories }: SchemaColumn): Check[] {
  if (type !== 'category' || categories === null || categories.length === 0) return []
  const values = withCalendar(categories)
  const warning: Check = { name: 'allowed_values', severity: 'warn', column: name, values, ...tolerance(MOSTLY_WARN) }
  if (categories.length === 1) return [warning]
  const mostly = categories.length > OPEN_VOCABULARY ? MOSTLY_KNOWN_OF_OPEN : MOSTLY_KNOWN
  return [{ name: 'allowed_values', severity: 'fail', column: name, values, ...tolerance(mostly) }, warning]
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** A first batch of spring has seen no autumn: where all categories are months or weekdays, the whole calendar is known. */
function withCalendar(categories: readonly string[]): readonly string[] {
  for (const calendar of [MONTHS, WEEKDAYS]) {
    const spellings = calendar.flatMap((name) => [
      name,
      name.slice(0, 3),
      name.toUpperCase(),
      name.slice(0, 3).toUpperCase(),
      name.toLowerCase(),
      name.slice(0, 3).toLowerCase(),
    ])
    if (categories.every((category) => spellings.includes(category))) return spellings
  }
  return categories
}

function tolerance(mostly: number): { mostly: number; confidence: number } {
  return { mostly, confidence: CONFIDENCE }
}
