import { type ErrorDetails, EvenkeelError } from '../error.ts'
import type { IngestLimits } from './limits.ts'

/** Input that cannot be a batch. `row` counts rows of data from 1, without the header. */
export function refuse(code: string, message: string, details: ErrorDetails = {}, cause?: unknown): EvenkeelError {
  return new EvenkeelError(code, message, details, cause)
}

export function checkColumnNames(names: readonly string[], limits: IngestLimits): void {
  if (names.length > limits.maxColumns) throw tooMany('columns', names.length, limits.maxColumns)
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    if (name.trim() === '' || name === '__proto__')
      throw refuse(
        'INGEST_COLUMN_NAME',
        `column ${index + 1} is named ${JSON.stringify(name)}, expected a name; give every column one`,
        { column: index + 1 },
      )
    if (seen.has(name))
      throw refuse(
        'INGEST_COLUMN_NAME',
        `column name ${JSON.stringify(name)} comes twice, at column ${index + 1} again; rename one of the two`,
        { column: name },
      )
    seen.add(name)
  }
}

export function tooMany(what: 'bytes' | 'rows' | 'columns', found: number, limit: number): EvenkeelError {
  return refuse(
    'INGEST_TOO_LARGE',
    `the batch has ${found === Number.POSITIVE_INFINITY ? 'more' : found} ${what}, at most ${limit} are taken; send it in parts or raise the limit`,
    { what, found, limit },
  )
}

export function cellTooLong(row: number, column: string, found: number, limit: number): EvenkeelError {
  return refuse(
    'INGEST_TOO_LARGE',
    `row ${row}, column ${JSON.stringify(column)}: found ${found} characters, at most ${limit} are taken; shorten it or leave the column out`,
    { row, column, found, limit },
  )
}

/** A cell's content for messages: enough to find it, never a page. */
export function excerpt(text: string, length = 100): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}
