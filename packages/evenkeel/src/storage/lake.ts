import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { EvenkeelError } from '../error.ts'
import type { BlobId, BlobStore } from './blobs.ts'
import {
  countFileDistinct,
  countFileValues,
  describeFile,
  findWholeColumns,
  readPlan,
  type ScanPlan,
} from './lake-scan.ts'
import { appendTable, type LakeTable, type LakeType, quoteText, readChunks, readNumbers } from './lake-table.ts'

/** Which part of a Parquet file to read. */
export interface LakeRead {
  /** In this order; a column that is not there is an error. All of them when absent. */
  readonly columns?: readonly string[] | undefined
  /** With `columns`: more columns, read where the file has them. */
  readonly optional?: readonly string[] | undefined
  /** Rows whose instant in this column lies in the half-open span. */
  readonly span?: { readonly column: string; readonly from: number; readonly until: number } | undefined
  readonly limit?: number | undefined
  /** One row in so many, chosen by a hash of its number: the same ones each time. */
  readonly oneIn?: number | undefined
}

/** A blob, or a file by its path. */
type LakeFile = BlobId | { readonly path: string }

/** Parquet in the blob store, written and read by an embedded DuckDB that sees nothing but the files it is shown. */
export interface Lake {
  writeParquet(table: LakeTable): Promise<{ readonly blob: BlobId; readonly rows: number; readonly bytes: number }>
  /** @throws EvenkeelError LAKE_CANNOT_READ, LAKE_COLUMN_UNKNOWN */
  readParquet(from: LakeFile, read?: LakeRead): Promise<LakeTable>
  /** The same in pieces of about `batchRows` rows (whole vectors of 2,048), for files that do not fit in memory. */
  scan(from: LakeFile, read: LakeRead & { readonly batchRows: number }): AsyncGenerator<LakeTable>
  /** Columns of numbers, chunk by chunk: an array per column, missing is NaN, to be used before the next is asked for. */
  scanNumbers(from: LakeFile, columns: readonly string[]): AsyncGenerator<readonly Float64Array[]>
  /** Rows and columns, each with the type it is read as. */
  describe(
    from: LakeFile,
  ): Promise<{ readonly rows: number; readonly columns: readonly { readonly name: string; readonly type: LakeType }[] }>
  /** The values of a column, most frequent first and `limit` at most, with their rows; how many values and rows there are. */
  countValues(from: LakeFile, column: string, limit: number): Promise<ValueCount>
  /** About how many values a column has (HyperLogLog), and in how many rows it has one. */
  countDistinct(from: LakeFile, column: string): Promise<{ readonly distinct: number; readonly present: number }>
  /** Which of these columns of numbers have no fraction in them, and none past 2^53; infinities aside. */
  findWhole(from: LakeFile, columns: readonly string[]): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

export interface ValueCount {
  readonly counts: readonly (readonly [value: string, rows: number])[]
  readonly distinct: number
  /** Rows with a value. */
  readonly present: number
}

export interface LakeOptions {
  /** Absent: files by their path only. */
  readonly blobs?: BlobStore | undefined
  /** Where a Parquet file lies until it is a blob. Default: the system's temporary folder. */
  readonly tempDir?: string | undefined
  readonly memoryLimitMb?: number | undefined
  readonly threads?: number | undefined
}

const DEFAULT_MEMORY_LIMIT_MB = 512
const DEFAULT_THREADS = 2

export async function createLake(options: LakeOptions): Promise<Lake> {
  const tempDir = options.tempDir ?? tmpdir()
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryLimitMb ?? DEFAULT_MEMORY_LIMIT_MB}MB`,
    threads: String(options.threads ?? DEFAULT_THREADS),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: path.join(tempDir, `evenkeel-duckdb-${process.pid}`),
  })
  const fileOf = (from: LakeFile) => (typeof from === 'string' ? storeOf(options).pathOf(from) : from.path)
  return {
    writeParquet: (table) => writeParquet(instance, storeOf(options), tempDir, table),
    readParquet: (from, read = {}) => readWhole(instance, fileOf(from), read),
    scan: (from, read) => scan(instance, fileOf(from), read),
    scanNumbers: (from, columns) => scanNumbers(instance, fileOf(from), columns),
    describe: (from) => asked(instance, fileOf(from), describeFile),
    countValues: (from, column, limit) =>
      asked(instance, fileOf(from), (connection, file) => countFileValues(connection, file, column, limit)),
    countDistinct: (from, column) =>
      asked(instance, fileOf(from), (connection, file) => countFileDistinct(connection, file, column)),
    findWhole: (from, columns) =>
      asked(instance, fileOf(from), (connection, file) => findWholeColumns(connection, file, columns)),
    close: async () => instance.closeSync(),
  }
}

async function connected<T>(instance: DuckDBInstance, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await instance.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

function storeOf({ blobs }: LakeOptions): BlobStore {
  assert(blobs !== undefined, 'this lake was opened without a blob store')
  return blobs
}

function asked<T>(
  instance: DuckDBInstance,
  file: string,
  question: (connection: DuckDBConnection, file: string) => Promise<T>,
): Promise<T> {
  return connected(instance, async (connection) => {
    try {
      return await question(connection, file)
    } catch (cause) {
      throw cannotRead(file, cause)
    }
  })
}

async function writeParquet(instance: DuckDBInstance, blobs: BlobStore, tempDir: string, table: LakeTable) {
  await mkdir(tempDir, { recursive: true })
  const file = path.join(tempDir, `evenkeel-${randomUUID()}.parquet`)
  try {
    await connected(instance, async (connection) => {
      const select = await appendTable(connection, table)
      await connection.run(`copy (${select}) to ${quoteText(file)} (format parquet, compression zstd)`)
    })
    const bytes = await readFile(file)
    return { blob: await blobs.put(bytes), rows: table.rows, bytes: bytes.length }
  } finally {
    await rm(file, { force: true })
  }
}

async function readWhole(instance: DuckDBInstance, file: string, read: LakeRead): Promise<LakeTable> {
  return connected(instance, async (connection) => {
    const plan = await planned(connection, file, read)
    const pieces: LakeTable[] = []
    for await (const piece of run(connection, file, plan, Number.POSITIVE_INFINITY)) pieces.push(piece)
    return pieces[0] ?? emptyTable(plan)
  })
}

async function* scan(
  instance: DuckDBInstance,
  file: string,
  read: LakeRead & { readonly batchRows: number },
): AsyncGenerator<LakeTable> {
  const connection = await instance.connect()
  try {
    yield* run(connection, file, await planned(connection, file, read), read.batchRows)
  } finally {
    connection.closeSync()
  }
}

async function planned(connection: DuckDBConnection, file: string, read: LakeRead): Promise<ScanPlan> {
  try {
    return await readPlan(connection, file, read)
  } catch (cause) {
    throw cannotRead(file, cause)
  }
}

async function* scanNumbers(instance: DuckDBInstance, file: string, columns: readonly string[]) {
  const connection = await instance.connect()
  try {
    const plan = await planned(connection, file, { columns })
    const text = plan.columns.find(({ type }) => type === 'varchar' || type === 'boolean')
    assert(text === undefined, `column ${text?.name} is not numeric`)
    let rows = 0
    for await (const read of readNumbers(await connection.stream(plan.sql, [...plan.values]))) {
      rows += read[0]?.length ?? 0
      yield read
    }
    checkAllCame(file, plan, rows)
  } catch (cause) {
    throw cause instanceof assert.AssertionError ? cause : cannotRead(file, cause)
  } finally {
    connection.closeSync()
  }
}

async function* run(connection: DuckDBConnection, file: string, plan: ScanPlan, batchRows: number) {
  try {
    // What a filter leaves of a file comes in crumbs of chunks when it is streamed.
    const result = await connection[plan.isSample ? 'run' : 'stream'](plan.sql, [...plan.values])
    let rows = 0
    for await (const piece of readChunks(result, plan.columns, batchRows)) {
      rows += piece.rows
      yield piece
    }
    checkAllCame(file, plan, rows)
  } catch (cause) {
    throw cannotRead(file, cause)
  }
}

/** What came before the damage has been handed out already: the error says that it was not all. */
function checkAllCame(file: string, plan: ScanPlan, rows: number): void {
  if (plan.rows === null || plan.rows === rows) return
  throw cannotRead(file, new Error(`it is damaged: ${rows} of ${plan.rows} rows could be read`))
}

function emptyTable(plan: ScanPlan): LakeTable {
  const columns = plan.columns.map((column) => ({
    ...column,
    values: column.type === 'varchar' || column.type === 'boolean' ? [] : new Float64Array(0),
  }))
  return { rows: 0, columns }
}

function cannotRead(file: string, cause: unknown): EvenkeelError {
  if (cause instanceof EvenkeelError) return cause
  const found = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
  return new EvenkeelError(
    'LAKE_CANNOT_READ',
    `cannot read Parquet file ${file}: ${found}; check that it is a whole Parquet file`,
    { path: file, found },
    cause,
  )
}
