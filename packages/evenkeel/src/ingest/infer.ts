import type { Batch, Column } from './batch.ts'
import { hasLeadingZero, isMissingWord, parseNumber, timeFormatOf } from './cell.ts'
import { conformColumn } from './conform.ts'
import { rolesOf } from './roles.ts'
import {
  type ColumnType,
  MAX_CATEGORIES,
  type Schema,
  type SchemaColumn,
  type SchemaHints,
  type TimeFormat,
} from './schema.ts'
import { unitOfName } from './units.ts'

/** A measure with a stray word in it stays a measure up to this share of strays; the words are invalid cells then. */
const STRAY_SHARE = 0.01
/** Text columns whose values hardly ever come twice are text, not categories, once there are rows enough to tell. */
const DISTINCT_SHARE_OF_TEXT = 0.5
const ROWS_TO_TELL_TEXT = 15
/** JSON does not tell 3 from 3.0: fewer whole numbers than this say nothing about whether all will be whole. */
const ROWS_TO_TELL_INTEGER = 20

interface Finding {
  readonly type: ColumnType
  readonly timeFormat?: TimeFormat
}

/**
 * The schema of a first batch, to be pinned. What a person says in `hints` wins; else a column is what all its values
 * are. A column with few distinct values keeps its accidents as categories; `03/04/2024` stays text unless another value
 * of the column, or a hint, tells day from month.
 */
export function inferSchema(batch: Batch, hints: SchemaHints = {}): Schema {
  const columns = Object.entries(batch.columns).map(([name, column]) => describeColumn(name, column, hints))
  return { columns: rolesOf(columns, batch, hints) }
}

function describeColumn(name: string, column: Column, hints: SchemaHints): SchemaColumn {
  const finding = hinted(name, column, hints) ?? typeOf(column)
  const bare: SchemaColumn = {
    name,
    type: finding.type,
    role: 'feature',
    unit: hints.units?.[name] ?? unitOfName(name),
    range: null,
    categories: null,
    missingShare: 0,
    unique: false,
    ...(finding.timeFormat === undefined ? {} : { timeFormat: finding.timeFormat }),
  }
  return { ...bare, ...factsOf(conformColumn(column, bare), finding.type) }
}

function hinted(name: string, column: Column, hints: SchemaHints): Finding | null {
  const timeFormat = hints.timeFormats?.[name]
  if (timeFormat !== undefined) return { type: 'time', timeFormat }
  const type = hints.types?.[name]
  if (type !== 'time') return type === undefined ? null : { type }
  const format = column.kind === 'string' ? timeFormatOf(presentTexts(column.values)) : null
  return { type, ...(format === null ? {} : { timeFormat: format }) }
}

function typeOf(column: Column): Finding {
  if (column.kind === 'numeric') return { type: numericType(column) }
  if (column.declared === 'boolean') return { type: 'boolean' }
  const distinct = new Set(presentTexts(column.values))
  if (distinct.size === 0) return { type: 'text' }
  const timeFormat = timeFormatOf(distinct)
  if (timeFormat !== null) return { type: 'time', timeFormat }
  // A format that tells numbers from text has already said that these are not numbers.
  if (column.declared === undefined) return textType(column.values, distinct)
  return { type: wordType(column.values, distinct) }
}

function numericType(column: Column & { kind: 'numeric' }): ColumnType {
  if (column.declared === 'time' || column.declared === 'integer') return column.declared
  const present = column.values.filter((value) => !Number.isNaN(value))
  return present.length >= ROWS_TO_TELL_INTEGER && present.every(Number.isSafeInteger) ? 'integer' : 'number'
}

function textType(values: readonly (string | null)[], distinct: ReadonlySet<string>): Finding {
  const words = [...distinct].filter((text) => !isMissingWord(text))
  if (words.length > 0 && words.every((text) => /^(true|false)$/i.test(text))) return { type: 'boolean' }
  if (words.some(hasLeadingZero)) return { type: wordType(values, distinct) }
  const strays = words.filter((text) => Number.isNaN(parseNumber(text)))
  if (strays.length > 0 && !(words.length > MAX_CATEGORIES && strays.length <= STRAY_SHARE * words.length))
    return { type: wordType(values, distinct) }
  const isWhole = words.every((text) => /^\s*[+-]?\d+\s*$/.test(text) && Number.isSafeInteger(Number(text)))
  // Digits past 2^53 are a name, not a quantity.
  if (words.every((text) => /^\s*[+-]?\d{16,}\s*$/.test(text))) return { type: wordType(values, distinct) }
  return { type: isWhole ? 'integer' : 'number' }
}

function wordType(values: readonly (string | null)[], distinct: ReadonlySet<string>): ColumnType {
  const present = values.reduce((sum, value) => sum + (value === null ? 0 : 1), 0)
  const isText = present >= ROWS_TO_TELL_TEXT && distinct.size > DISTINCT_SHARE_OF_TEXT * present
  return isText || distinct.size > MAX_CATEGORIES ? 'text' : 'category'
}

function factsOf(column: Column, type: ColumnType) {
  const present = column.kind === 'numeric' ? presentNumbers(column.values) : [...presentTexts(column.values)]
  const rows = column.values.length
  const distinct = new Set<number | string>(present)
  return {
    range: column.kind === 'numeric' ? rangeOf(column.values) : null,
    categories: type === 'category' || type === 'boolean' ? ([...distinct].sort() as string[]) : null,
    missingShare: rows === 0 ? 0 : (rows - present.length - column.invalid.length) / rows,
    unique: present.length > 0 && distinct.size === present.length,
  }
}

function rangeOf(values: Float64Array): { min: number; max: number } | null {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? { min, max } : null
}

function presentNumbers(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value))
}

function* presentTexts(values: readonly (string | null)[]): Generator<string> {
  for (const value of values) if (value !== null) yield value
}
