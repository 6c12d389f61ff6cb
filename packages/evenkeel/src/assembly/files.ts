import { readFileSync } from 'node:fs'
import { EvenkeelError } from '../error.ts'
import {
  type Batch,
  conformBatch,
  decodeBatch,
  formatOf,
  type IngestLimits,
  type Schema,
  type SchemaColumn,
  scanFile,
} from '../ingest/index.ts'
import { fileFormat } from '../report/index.ts'
import type { InvalidRequest } from '../serving/index.ts'

/** A row as it could have come in a request. */
export type WireRow = Readonly<Record<string, string | number | null>>

/** Part of a file, and the place of its first row in the whole: 0 for the first. */
export interface Piece {
  readonly batch: Batch
  readonly firstRow: number
}

/**
 * The rows of a table in pieces: CSV and Parquet of any size, the other formats as large as a batch may be.
 * @throws EvenkeelError REPORT_NO_FILE, REPORT_EMPTY, INGEST_* naming the file
 */
export async function* readPieces(
  file: string,
  { limits, rowsPerPiece }: { readonly limits: IngestLimits; readonly rowsPerPiece: number },
): AsyncGenerator<Piece> {
  const format = fileFormat(file)
  let firstRow = 0
  if (formatOf({ fileName: file }) === format && (format === 'csv' || format === 'parquet'))
    for await (const batch of scanFile(file, { batchRows: rowsPerPiece, limits })) {
      yield { batch, firstRow }
      firstRow += batch.rows
    }
  else yield { batch: await decodeBatch(readFileSync(file), format, { limits }), firstRow }
}

/**
 * The rows of a piece with the columns of `schema`, typed by it; columns the file lacks stay absent.
 * @throws EvenkeelError INGEST_CELL_INVALID naming row, column, what was found and what was expected
 */
export function wireRows(file: string, { batch, firstRow }: Piece, schema: Schema): WireRow[] {
  const typed = conformBatch(batch, schema)
  const rows: Record<string, string | number | null>[] = Array.from({ length: typed.rows }, () => ({}))
  for (const column of schema.columns) {
    const found = typed.columns[column.name]
    if (found === undefined) continue
    const [invalid] = found.invalid
    if (invalid !== undefined) throw cellInvalid(file, firstRow + invalid.row, column, invalid.found)
    for (const [row, cells] of rows.entries()) {
      const value = found.values[row] ?? null
      cells[column.name] = typeof value === 'number' && Number.isNaN(value) ? null : value
    }
  }
  return rows
}

/** Rows are counted from 1 after the header, as people count them. */
function cellInvalid(file: string, row: number, column: SchemaColumn, found: string): EvenkeelError {
  return new EvenkeelError(
    'INGEST_CELL_INVALID',
    `${file}, row ${row + 1}, column ${column.name}: found ${JSON.stringify(found)}, expected ${column.type}; mend the file`,
    { file, row, column: column.name, found, expected: column.type },
  )
}

/** What the data plane refused of a file, as an error that says where. */
export function rowRefused(file: string, firstRow: number, error: InvalidRequest): EvenkeelError {
  const row = error.row === null ? '' : `, row ${firstRow + error.row + 1}`
  const field = error.field === null ? '' : `, column ${error.field}`
  return new EvenkeelError(
    'INGEST_ROW_INVALID',
    `${file}${row}${field}: found ${error.found}, expected ${error.expected}; mend the file`,
    { file, ...error },
  )
}
