import { setImmediate } from 'node:timers/promises'
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBDoubleVector,
  type DuckDBResult,
  VARCHAR,
} from '@duckdb/node-api'

/** What a column of the lake holds. `timestamp` is in UTC, to the millisecond. */
export type LakeType = 'double' | 'bigint' | 'timestamp' | 'boolean' | 'varchar'

/**
 * Numbers, integers and instants (epoch milliseconds) as Float64Array, missing is NaN; the rest as strings, missing is
 * null, booleans are `true` and `false`.
 */
export interface LakeColumn {
  readonly name: string
  readonly type: LakeType
  readonly values: Float64Array | readonly (string | null)[]
}

export interface LakeTable {
  readonly rows: number
  readonly columns: readonly LakeColumn[]
}

/** DuckDB's own vector size: chunks of any other size would be cut or padded. */
const CHUNK_ROWS = 2048
/** Between so many chunks others get their turn: appending holds the event loop for about a millisecond a chunk. */
const CHUNKS_PER_TURN = 8

const STAGED = 'staged'

/** An identifier for SQL, whatever a user called the column. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Puts the rows in a temporary table of this connection; gives the query that reads them with their types. */
export async function appendTable(connection: DuckDBConnection, table: LakeTable): Promise<string> {
  const columns = table.columns.map((column, index) => ({ ...column, staged: `c${index}` }))
  const declared = columns.map((column) => `${column.staged} ${isText(column) ? 'varchar' : 'double'}`)
  await connection.run(`create temp table ${STAGED} (${declared.join(', ')})`)
  await appendRows(connection, table)
  return `select ${columns.map((column) => typed(column.staged, column)).join(', ')} from ${STAGED}`
}

async function appendRows(connection: DuckDBConnection, table: LakeTable): Promise<void> {
  const types = table.columns.map((column) => (isText(column) ? VARCHAR : DOUBLE))
  const appender = await connection.createAppender(STAGED)
  for (let from = 0, turn = 1; from < table.rows; from += CHUNK_ROWS, turn++) {
    const rows = Math.min(CHUNK_ROWS, table.rows - from)
    const chunk = DuckDBDataChunk.create(types, rows)
    for (const [index, column] of table.columns.entries()) fillVector(chunk, index, column.values, from, rows)
    appender.appendDataChunk(chunk)
    if (turn % CHUNKS_PER_TURN === 0) await setImmediate()
  }
  appender.closeSync()
}

function fillVector(
  chunk: DuckDBDataChunk,
  index: number,
  values: LakeColumn['values'],
  from: number,
  rows: number,
): void {
  const vector = chunk.getColumnVector(index)
  if (values instanceof Float64Array) {
    for (let i = 0; i < rows; i++) {
      const value = values[from + i]!
      vector.setItem(i, Number.isNaN(value) ? null : value)
    }
  } else for (let i = 0; i < rows; i++) vector.setItem(i, values[from + i]!)
  vector.flush()
}

function typed(staged: string, column: LakeColumn): string {
  const name = quoteName(column.name)
  if (column.type === 'bigint') return `${staged}::bigint as ${name}`
  if (column.type === 'timestamp') return `epoch_ms(${staged}::bigint) as ${name}`
  if (column.type === 'boolean') return `${staged}::boolean as ${name}`
  return `${staged} as ${name}`
}

/** Collects the chunks of a result in tables of at most about `batchRows` rows: whole chunks, so up to 2,048 more. */
export async function* readChunks(
  result: DuckDBResult,
  columns: readonly { readonly name: string; readonly type: LakeType }[],
  batchRows: number,
): AsyncGenerator<LakeTable> {
  let chunks: DuckDBDataChunk[] = []
  let rows = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    chunks.push(chunk)
    rows += chunk.rowCount
    if (rows < batchRows) continue
    yield gather(chunks, rows, columns)
    chunks = []
    rows = 0
  }
  if (rows > 0) yield gather(chunks, rows, columns)
}

function gather(
  chunks: readonly DuckDBDataChunk[],
  rows: number,
  columns: readonly { readonly name: string; readonly type: LakeType }[],
): LakeTable {
  return {
    rows,
    columns: columns.map((column, index) => ({
      ...column,
      values: isText(column) ? gatherText(chunks, rows, index) : gatherNumbers(chunks, rows, index),
    })),
  }
}

/** The numbers of a chunk, one array per column, as DuckDB holds them: to be used before the next chunk is asked for. */
export async function* readNumbers(result: DuckDBResult): AsyncGenerator<readonly Float64Array[]> {
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    yield Array.from({ length: chunk.columnCount }, (_, index) => numbersOf(chunk, index))
  }
}

/** Private in its types, and the only way to 2,048 numbers at once: one by one is ten times as slow. */
function numbersOf(chunk: DuckDBDataChunk, index: number): Float64Array {
  return (chunk.getColumnVector(index) as DuckDBDoubleVector)['items']
}

function gatherNumbers(chunks: readonly DuckDBDataChunk[], rows: number, index: number): Float64Array {
  const values = new Float64Array(rows)
  let row = 0
  for (const chunk of chunks) {
    values.set(numbersOf(chunk, index), row)
    row += chunk.rowCount
  }
  return values
}

/** Repeated values share one string: a column of a million categories' names is otherwise a million objects. */
function gatherText(chunks: readonly DuckDBDataChunk[], rows: number, index: number): (string | null)[] {
  const values = new Array<string | null>(rows)
  const known = new Map<string, string>()
  let row = 0
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index)
    for (let i = 0; i < vector.itemCount; i++, row++) values[row] = interned(known, vector.getItem(i) as string | null)
  }
  return values
}

const MAX_INTERNED = 10_000

function interned(known: Map<string, string>, value: string | null): string | null {
  if (value === null) return null
  const same = known.get(value)
  if (same !== undefined) return same
  if (known.size < MAX_INTERNED) known.set(value, value)
  return value
}

function isText(column: { readonly type: LakeType }): boolean {
  return column.type === 'varchar' || column.type === 'boolean'
}
