import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EvenkeelError } from '../error.ts'
import {
  type Batch,
  conformBatch,
  decodeBatch,
  type Format,
  formatOf,
  inferSchema,
  type Schema,
  type SchemaHints,
} from '../ingest/index.ts'

/** A table that was read from a file, with the schema its values suggest or the one it was read with. */
export interface FileTable {
  readonly name: string
  readonly file: string
  readonly format: Format
  readonly batch: Batch
  readonly schema: Schema
}

const HEAD_BYTES = 4_096

/**
 * Reads a whole CSV, Parquet, Arrow, JSON or NDJSON file, gzipped or not. The format is told by the name, else by the
 * first bytes.
 * @param read.schema reads the cells as its types; without it the schema is inferred, with `read.hints`
 * @throws EvenkeelError REPORT_NO_FILE, REPORT_NOT_A_TABLE, REPORT_EMPTY, TEMP_DISK_FULL, INGEST_*
 */
export async function readTable(
  file: string,
  read: { readonly schema?: Schema; readonly hints?: SchemaHints } = {},
): Promise<FileTable> {
  const format = fileFormat(file)
  const raw = await decodeBatch(
    readFileSync(file),
    format,
    read.schema === undefined ? {} : { schema: read.schema },
  ).catch((error: unknown) => {
    throw inFile(file, error)
  })
  if (raw.rows === 0) throw emptyTable(file)
  if (read.schema !== undefined) return { name: path.basename(file), file, format, batch: raw, schema: read.schema }
  const schema = inferSchema(raw, read.hints)
  return { name: path.basename(file), file, format, batch: conformBatch(raw, schema), schema }
}

/** What kind of table a file is, by its name, else by its first bytes. @throws EvenkeelError as `readTable` */
export function fileFormat(file: string): Format {
  checkFile(file)
  return formatOf({ fileName: file }) ?? sniffFormat(file)
}

function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined)
    throw new EvenkeelError('REPORT_NO_FILE', `there is no file ${file}; check the path`, { file })
  if (stat.isDirectory())
    throw new EvenkeelError('REPORT_NO_FILE', `${file} is a folder, expected a file; name one of the files in it`, {
      file,
    })
  if (stat.size === 0) throw emptyTable(file)
}

/** A file that is a table without a row: there is nothing to compare. */
export function emptyTable(file: string): EvenkeelError {
  return new EvenkeelError('REPORT_EMPTY', `${file} has no rows, expected a header and at least one row`, { file })
}

/** Decoding errors name row and column; which file they stand in is known here. */
function inFile(file: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
    return new EvenkeelError(
      'TEMP_DISK_FULL',
      `no space left in ${tmpdir()} to read ${file}; free some, or set TMPDIR to a folder with more`,
      { file },
      error,
    )
  if (!(error instanceof EvenkeelError)) return error
  return new EvenkeelError(error.code, `${file}: ${error.message}`, { ...error.details, file }, error)
}

function sniffFormat(file: string): Format {
  const head = readHead(file)
  const text = head.toString('latin1')
  if (text.startsWith('PAR1')) return 'parquet'
  if (text.startsWith('ARROW1')) return 'arrow'
  if (text.startsWith('\u001f\u008b')) return 'csv'
  if (head.includes(0))
    throw new EvenkeelError(
      'REPORT_NOT_A_TABLE',
      `${file} holds binary data of no known kind; expected CSV, Parquet, Arrow, JSON or NDJSON`,
      { file },
    )
  if (text.trimStart().startsWith('[')) return 'json'
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv'
}

function readHead(file: string): Buffer {
  const handle = openSync(file, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(handle, head, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(handle)
  }
}
