import { EvenkeelError } from '../error.ts'
import type { Lake, Queryable } from '../storage/index.ts'
import type { Batch } from './batch.ts'
import { concatBatches } from './concat.ts'
import { conformBatch } from './conform.ts'
import { readLakeBatch } from './lake-batch.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { columnsWithRole, findColumn, type Schema, type SchemaColumn } from './schema.ts'
import type { AcceptedQuery, AcceptedRows, BatchRecord } from './source.ts'
import { acceptedBatches, findSource } from './tables.ts'

/** Rows of accepted and released batches, brought to the schema that is pinned now. */
export async function readAccepted(db: Queryable, lake: Lake, query: AcceptedQuery): Promise<Batch> {
  const { columns, time } = await plan(db, query)
  const maxRows = query.maxRows ?? DEFAULT_LIMITS.maxRows
  const pieces: Batch[] = []
  let rows = 0
  for (const record of await acceptedBatches(db, { ...query, project: query.project ?? 'default' })) {
    const piece = await readPiece(lake, record, columns, time, query.span)
    rows += piece.rows
    if (rows > maxRows) throw tooManyRows(query.source, maxRows)
    pieces.push(piece)
  }
  return concatBatches(pieces, columns)
}

/** The newest rows: batches from the last backwards until `maxRows` is full; of the oldest one its last rows. */
export async function readLatestAccepted(
  db: Queryable,
  lake: Lake,
  query: AcceptedQuery & { readonly maxRows: number },
): Promise<AcceptedRows> {
  const { columns, time } = await plan(db, query)
  const records = await acceptedBatches(db, { ...query, project: query.project ?? 'default' })
  const pieces: Batch[] = []
  let room = query.maxRows
  for (const record of records.reverse()) {
    if (room <= 0) break
    const piece = lastRows(await readPiece(lake, record, columns, time, query.span), room)
    room -= piece.rows
    pieces.unshift(piece)
  }
  const batch = concatBatches(pieces, columns)
  return { batch, ...spanOf(batch, time) }
}

/** First and last event time of a batch, both included; null without a time column or a time in it. */
export function spanOf(batch: Batch, time: string | null): { from: number | null; until: number | null } {
  const column = time === null ? undefined : batch.columns[time]
  if (column?.kind !== 'numeric') return { from: null, until: null }
  let from = Infinity
  let until = -Infinity
  for (const value of column.values) {
    if (value < from) from = value
    if (value > until) until = value
  }
  return from <= until ? { from, until } : { from: null, until: null }
}

export function timeColumnOf(schema: Schema): string | null {
  return columnsWithRole(schema, 'time')[0]?.name ?? null
}

async function plan(db: Queryable, query: AcceptedQuery): Promise<{ columns: SchemaColumn[]; time: string | null }> {
  const source = await findSource(db, query.project ?? 'default', query.source)
  if (source?.schema == null) throw sourceUnknown(query.source)
  const { schema } = source
  const time = timeColumnOf(schema)
  if (query.span !== undefined && time === null)
    throw new EvenkeelError(
      'INGEST_NO_TIME_COLUMN',
      `source ${query.source} has no time column, so no span can be read; say which column it is with the hint "time"`,
      { source: query.source },
    )
  const names = query.columns ?? schema.columns.map((column) => column.name)
  return { columns: names.map((name) => pinnedColumn(schema, query.source, name)), time }
}

function pinnedColumn(schema: Schema, source: string, name: string): SchemaColumn {
  const column = findColumn(schema, name)
  if (column !== undefined) return column
  throw new EvenkeelError(
    'INGEST_COLUMN_UNKNOWN',
    `source ${source} has no column ${JSON.stringify(name)}, it has ${schema.columns.map((known) => known.name).join(', ')}; ask for one of these`,
    { source, column: name },
  )
}

/** Read as optional, because a batch of an earlier schema may lack a column. */
async function readPiece(
  lake: Lake,
  record: BatchRecord,
  columns: readonly SchemaColumn[],
  time: string | null,
  span: AcceptedQuery['span'],
): Promise<Batch> {
  const names = new Set(columns.map((column) => column.name))
  if (time !== null) names.add(time)
  const batch = await readLakeBatch(lake, record.blob, {
    columns: [],
    optional: [...names],
    span: span === undefined || time === null ? undefined : { column: time, ...span },
  })
  return conformBatch(batch, { columns })
}

function lastRows(batch: Batch, rows: number): Batch {
  if (batch.rows <= rows) return batch
  const from = batch.rows - rows
  const columns = Object.entries(batch.columns).map(([name, column]) => {
    const invalid = column.invalid.flatMap((cell) => (cell.row < from ? [] : [{ ...cell, row: cell.row - from }]))
    return [name, { ...column, values: column.values.slice(from), invalid }]
  })
  return { rows, columns: Object.fromEntries(columns) }
}

function sourceUnknown(source: string): EvenkeelError {
  return new EvenkeelError(
    'INGEST_SOURCE_UNKNOWN',
    `source ${source} has no rows and no schema yet; send it a batch, or declare it with a schema`,
    { source },
  )
}

function tooManyRows(source: string, maxRows: number): EvenkeelError {
  return new EvenkeelError(
    'INGEST_TOO_MANY_ROWS',
    `source ${source} has more than ${maxRows} accepted rows in what was asked for; ask for a shorter span or fewer rows`,
    { source, maxRows },
  )
}
