import { StatsError } from '../../error.ts'

/** Numbers with NaN for missing, or categories with null for missing. */
export type Column = Float64Array | readonly (string | null)[]

/**
 * Rows by column. `timestamps`, milliseconds since 1970 in UTC (NaN: none), put the rows in order before they are cut
 * into chunks, as naming a timestamp column does in NannyML.
 */
export type Frame = {
  readonly columns: Readonly<Record<string, Column>>
  readonly timestamps?: ArrayLike<number>
}

export function rowsOf(frame: Frame): number {
  const first = Object.values(frame.columns)[0]
  return first?.length ?? frame.timestamps?.length ?? 0
}

/** @throws StatsError STATS_EMPTY_SAMPLE, STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE: an infinite number has no place */
export function checkFrame(where: string, frame: Frame): void {
  const rows = rowsOf(frame)
  if (rows === 0) throw new StatsError('STATS_EMPTY_SAMPLE', `${where} got no rows, expected some`)
  if (frame.timestamps !== undefined && frame.timestamps.length !== rows)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `${where} got ${frame.timestamps.length} timestamps for ${rows} rows, expected one for each`,
    )
  checkTimes(where, frame.timestamps ?? [])
  for (const [name, column] of Object.entries(frame.columns)) {
    if (column.length !== rows)
      throw new StatsError('STATS_LENGTHS_DIFFER', `column ${name} has ${column.length} rows, expected ${rows}`, {
        column: name,
      })
    if (isNumeric(column)) checkFinite(name, column)
  }
}

/** What a `Date` can hold, and NaN. */
function checkTimes(where: string, timestamps: ArrayLike<number>): void {
  for (let row = 0; row < timestamps.length; row++)
    if (Math.abs(timestamps[row]!) > 8.64e15)
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `timestamp ${row} of ${where} is ${timestamps[row]}, expected milliseconds since 1970`,
        { row },
      )
}

export function isNumeric(column: Column): column is Float64Array {
  return column instanceof Float64Array
}

/** @throws StatsError STATS_COLUMN_ABSENT */
export function columnOf(frame: Frame, name: string): Column {
  const column = Object.hasOwn(frame.columns, name) ? frame.columns[name] : undefined
  if (column !== undefined) return column
  const found = Object.keys(frame.columns).join(', ') || 'none'
  throw new StatsError('STATS_COLUMN_ABSENT', `column ${name} is absent, found ${found}`, { column: name })
}

/** @throws StatsError STATS_COLUMN_ABSENT, STATS_BAD_COLUMN */
export function numbersOf(frame: Frame, name: string): Float64Array {
  const column = columnOf(frame, name)
  if (isNumeric(column)) return column
  throw new StatsError('STATS_BAD_COLUMN', `column ${name} holds categories, expected numbers`, { column: name })
}

/** Numbers become categories by their shortest decimal text. */
export function categoriesOf(column: Column): readonly (string | null)[] {
  return isNumeric(column) ? Array.from(column, (value) => (Number.isNaN(value) ? null : String(value))) : column
}

/** @throws StatsError STATS_BAD_COLUMN for a text that is no number */
export function asNumbers(name: string, column: Column): Float64Array {
  if (isNumeric(column)) return column
  return Float64Array.from(column, (text, row) => {
    const value = text === null ? Number.NaN : Number(text)
    if (text === null || Number.isFinite(value)) return value
    throw new StatsError('STATS_BAD_COLUMN', `row ${row} of column ${name} is ${text}, expected a number`, { row })
  })
}

export function rowsTaken<C extends Column>(column: C, rows: ArrayLike<number>): C {
  if (isNumeric(column)) {
    const taken = new Float64Array(rows.length)
    for (let k = 0; k < rows.length; k++) taken[k] = column[rows[k]!]!
    return taken as C
  }
  return Array.from(rows, (row) => column[row]!) as unknown as C
}

/** 0 … rows - 1. */
export function rowNumbers(rows: number): Uint32Array {
  const numbers = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) numbers[row] = row
  return numbers
}

export function presentNumbers(values: Float64Array): Float64Array {
  return values.some(Number.isNaN) ? values.filter((value) => !Number.isNaN(value)) : values
}

export function presentCategories(values: readonly (string | null)[]): readonly string[] {
  return values.filter((value) => value !== null)
}

function checkFinite(name: string, values: Float64Array): void {
  for (let row = 0; row < values.length; row++)
    if (values[row] === Number.POSITIVE_INFINITY || values[row] === Number.NEGATIVE_INFINITY)
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `row ${row} of column ${name} is ${values[row]}, expected a finite number or NaN for missing`,
        { column: name, row },
      )
}
