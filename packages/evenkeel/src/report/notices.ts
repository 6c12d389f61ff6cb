import type { SchemaColumn } from '../ingest/index.ts'
import type { ColumnSummary } from './report.ts'

const MOSTLY = 0.5
const DATE_LIKE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$/
const PLACEHOLDERS = new Set([
  'n/a',
  'na',
  'null',
  'none',
  'nan',
  'nil',
  '?',
  '-',
  '#n/a',
  '#value!',
  '#ref!',
  'undefined',
])
const SENTINELS = new Set([-9999, -999, -99, -1, 999, 9999, 99999, 999999])
/** A sentinel stands out when it is this many widths of the middle half away from it. */
const WIDTHS_AWAY = 3
/** Where the middle half is one value, only a large number is out of place. */
const LARGE = 99

/** What is odd about a column by itself, in words: things that are usually a defect and rarely meant. */
export function noticesOf(column: SchemaColumn, summary: ColumnSummary): readonly string[] {
  const present = summary.rows - summary.missing - summary.invalid
  if (summary.rows === 0) return []
  if (present === 0) return ['it has no value at all']
  return [
    ...(summary.distinct === 1 ? [everyValueIs(summary)] : []),
    ...(summary.missing / summary.rows > MOSTLY
      ? [`${percent(summary.missing, summary.rows)} of the values are missing`]
      : []),
    ...(summary.invalid > 0 ? [`${summary.invalid} cells are not of type ${column.type}`] : []),
    ...(column.type === 'category' || column.type === 'text' ? oddStrings(summary, present) : []),
    ...(summary.numbers ? oddNumbers(summary, present) : []),
  ]
}

/** Of free text in a large file it is not known which value it is. */
function everyValueIs({ topValues: [only] }: ColumnSummary): string {
  return only === undefined ? 'every value is the same' : `every value is ${shown(only.value)}`
}

const MAX_SHOWN = 60

/** A value in one line, however long it is. */
function shown(value: string | number): string {
  const line = String(value).replaceAll(/\s+/g, ' ')
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN)}…`
}

function oddStrings(summary: ColumnSummary, present: number): readonly string[] {
  const strings = summary.topValues.map(({ value, rows }) => ({ value: String(value), rows }))
  const dates = strings.filter(({ value }) => DATE_LIKE.test(value.trim()))
  const placeholders = strings.filter(({ value }) => PLACEHOLDERS.has(value.trim().toLowerCase()))
  const padded = strings.filter(({ value }) => value !== value.trim())
  return [
    ...(dates.length > 0 && dates.length < strings.length / 2
      ? dates.map(
          ({ value, rows }) =>
            `${value} in ${rows} rows (${percent(rows, present)}) looks like a date among categories`,
        )
      : []),
    ...placeholders.map(
      ({ value, rows }) => `"${value}" in ${rows} rows (${percent(rows, present)}) looks like a missing value`,
    ),
    ...(padded.length > 0 ? [`"${shown(padded[0]!.value)}" begins or ends with a blank`] : []),
  ]
}

function oddNumbers(summary: ColumnSummary, present: number): readonly string[] {
  const { p25, p75, min, max } = summary.numbers!
  const width = p75 - p25
  return summary.topValues.flatMap(({ value, rows }) => {
    if (typeof value !== 'number' || !SENTINELS.has(value) || (value !== min && value !== max)) return []
    const away = value === min ? p25 - value : value - p75
    const isFar = width > 0 ? away > WIDTHS_AWAY * width : away > 0 && Math.abs(value) >= LARGE
    return isFar ? [`${value} in ${rows} rows (${percent(rows, present)}) looks like a code for a missing value`] : []
  })
}

function percent(part: number, whole: number): string {
  const value = (100 * part) / whole
  return `${value < 1 ? value.toPrecision(2) : value.toFixed(0)}%`
}
