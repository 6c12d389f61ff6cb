import { CsvError, type Info, type Options } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { Batch, Column } from './batch.ts'
import { isMissingWord } from './cell.ts'
import type { IngestLimits } from './limits.ts'
import { cellTooLong, checkColumnNames, refuse, tooMany } from './refuse.ts'

/** A cell of CSV: null is missing. */
type Cell = string | null

const DELIMITERS = [',', ';', '\t', '|'] as const
const SNIFFED_LINES = 20
const QUOTE = 34

/**
 * CSV by RFC 4180 with a header line: quoted newlines, doubled quotes, a byte order mark, and a delimiter found by looking.
 * All columns come as text; `inferSchema` or `conformBatch` give them types.
 */
export function decodeCsv(bytes: Uint8Array, limits: IngestLimits): Batch {
  const marked = bytes.includes(QUOTE)
  const rows = createRowCollector(limits, marked)
  const keep = (record: string[]): null => {
    rows.add(record)
    return null
  }
  try {
    parse(bytes as Buffer, { ...csvOptions(bytes, marked), on_record: keep })
  } catch (error) {
    throw cannotParse(error)
  }
  return rows.finish()
}

/**
 * What csv-parse is told, for a whole file and for a stream alike; `sample` is the file's beginning. Asking for every cell
 * whether it was quoted (`marked`) doubles the time, so a file without quotes is spared it.
 */
export function csvOptions(sample: Uint8Array, marked: boolean): Options {
  const options: Options = { bom: true, delimiter: sniffDelimiter(sample), skip_empty_lines: true }
  return marked ? { ...options, cast: markQuoted } : options
}

/** Marks a quoted cell on its way from the parser to the collector: such a cell is never a missing word. */
const QUOTED = '\u0000'

function markQuoted(text: string, context: { readonly quoting: boolean }): string {
  return context.quoting || text.startsWith(QUOTED) ? `${QUOTED}${text}` : text
}

/** Gathers records into columns; the first names them. */
export function createRowCollector(limits: IngestLimits, marked: boolean) {
  let names: readonly string[] | null = null
  let columns: Cell[][] = []
  const interned = new Map<string, string>()
  let rows = 0
  const cellOf = (text: string, column: number): Cell => {
    const quoted = marked && text.startsWith(QUOTED)
    const value = quoted ? text.slice(1) : text
    if (value === '' || (!quoted && isMissingWord(value))) return null
    if (value.length > limits.maxCellLength)
      throw cellTooLong(rows, names![column]!, value.length, limits.maxCellLength)
    return intern(interned, value)
  }
  const start = (record: readonly string[]) => {
    names = record.map((name) => (marked ? name.replace(QUOTED, '') : name))
    checkColumnNames(names, limits)
    columns = names.map(() => [])
  }
  return {
    rows: () => rows,
    add(record: readonly string[]): void {
      if (names === null) {
        start(record)
        return
      }
      if (++rows > limits.maxRows) throw tooMany('rows', Number.POSITIVE_INFINITY, limits.maxRows)
      for (let i = 0; i < columns.length; i++) columns[i]!.push(cellOf(record[i]!, i))
    },
    /** The rows gathered since the last time. */
    finish(): Batch {
      if (names === null)
        throw refuse('INGEST_EMPTY', 'the CSV has no line, expected a header line that names the columns; send one')
      const entries = names.map((name, i): [string, Column] => [
        name,
        { kind: 'string', values: columns[i]!, invalid: [] },
      ])
      const batch = { rows: columns[0]!.length, columns: Object.fromEntries(entries) }
      columns = names.map(() => [])
      return batch
    },
  }
}

const MAX_INTERNED = 20_000

/** Equal words share one string: parsed cells are otherwise one object each. Numbers hardly repeat and soon become numbers. */
function intern(known: Map<string, string>, value: string): string {
  if (value.charCodeAt(0) <= CODE_OF_9) return value
  const same = known.get(value)
  if (same !== undefined) return same
  if (known.size < MAX_INTERNED) known.set(value, value)
  return value
}

/** Digits, signs and points stand at or before 9. */
const CODE_OF_9 = 57

/** The candidate that cuts the first lines into the most fields, as long as it cuts them alike; a comma when none does. */
function sniffDelimiter(bytes: Uint8Array): string {
  const lines = firstLines(new TextDecoder().decode(bytes.subarray(0, 65_536)))
  const scored = DELIMITERS.map((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length - 1)
    const alike = counts.filter((count) => count === counts[0]).length / counts.length
    return { delimiter, score: (counts[0] ?? 0) > 0 && alike > 0.5 ? alike * 1_000 + (counts[0] ?? 0) : 0 }
  })
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a))
  return best.score > 0 ? best.delimiter : ','
}

/** The first lines with what is in quotes blanked out. */
function firstLines(text: string): string[] {
  const unquoted = text.replace(/^\uFEFF/, '').replace(/"(?:[^"]|"")*"/g, '')
  const lines = unquoted.split(/\r\n|\n|\r/)
  const whole = text.length < 65_536 ? lines : lines.slice(0, -1)
  return whole.filter((line) => line !== '').slice(0, SNIFFED_LINES)
}

interface CsvProblem extends CsvError {
  readonly lines?: number
  readonly records?: number
}

export function cannotParse(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const problem = error as CsvProblem & Partial<Info>
  const row = problem.records ?? 0
  return refuse(
    'INGEST_CSV',
    `row ${row}, line ${problem.lines ?? 0} of the CSV: ${lowerFirst(error.message)}; mend that line, or quote the field that holds the delimiter`,
    { row, line: problem.lines, found: error.code },
    error,
  )
}

function lowerFirst(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1).replace(/\.$/, '')
}
