import type { DuckDBConnection } from '@duckdb/node-api'
import { EvenkeelError } from '../error.ts'
import { type LakeType, quoteName } from './lake-table.ts'

/** The query that reads a file, its parameters, and what its columns hold. */
export interface ScanPlan {
  readonly sql: string
  readonly values: readonly (string | bigint)[]
  readonly columns: readonly { readonly name: string; readonly type: LakeType }[]
}

interface FileColumn {
  readonly name: string
  readonly duckType: string
  /** Integers of this column pass 2^53 and are read as text, digit by digit. */
  readonly isHuge: boolean
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER

/** Looks at the file and decides how each column is read. */
export async function readPlan(
  connection: DuckDBConnection,
  file: string,
  read: {
    readonly columns?: readonly string[] | undefined
    readonly optional?: readonly string[] | undefined
    readonly span?: { readonly column: string; readonly from: number; readonly until: number } | undefined
    readonly limit?: number | undefined
  },
): Promise<ScanPlan> {
  const values: (string | bigint)[] = [file]
  const columns = chosen(await fileColumns(connection, file), read, file)
  const selected = columns.map((column) => ({ name: column.name, ...reading(column) }))
  let sql = `select ${selected.map((column) => column.sql).join(', ')} from read_parquet($1)`
  if (read.span !== undefined) {
    sql += ` where ${quoteName(read.span.column)} >= epoch_ms($${values.length + 1}::bigint)`
    sql += ` and ${quoteName(read.span.column)} < epoch_ms($${values.length + 2}::bigint)`
    values.push(BigInt(Math.ceil(read.span.from)), BigInt(Math.ceil(read.span.until)))
  }
  if (read.limit !== undefined) sql += ` limit ${Math.max(0, Math.floor(read.limit))}`
  return { sql, values, columns: selected.map(({ name, type }) => ({ name, type })) }
}

async function fileColumns(connection: DuckDBConnection, file: string): Promise<FileColumn[]> {
  const described = await connection.runAndReadAll('describe select * from read_parquet($1)', [file])
  const columns = described.getRowObjects().map((row) => ({
    name: String(row['column_name']),
    duckType: String(row['column_type']),
  }))
  const huge = await hugeColumns(connection, file, columns)
  return columns.map((column) => ({ ...column, isHuge: huge.has(column.name) }))
}

async function hugeColumns(
  connection: DuckDBConnection,
  file: string,
  columns: readonly { readonly name: string; readonly duckType: string }[],
): Promise<ReadonlySet<string>> {
  const wide = columns.filter((column) => /^(U?BIGINT|U?HUGEINT)$/.test(column.duckType))
  if (wide.length === 0) return new Set()
  const pastSafe = wide.map(
    ({ name }) => `max(${quoteName(name)}) > ${MAX_SAFE} or min(${quoteName(name)}) < -${MAX_SAFE}`,
  )
  const found = await connection.runAndReadAll(`select ${pastSafe.join(', ')} from read_parquet($1)`, [file])
  const answers = found.getRows()[0] ?? []
  return new Set(wide.filter((_, index) => answers[index] === true).map((column) => column.name))
}

function chosen(
  columns: readonly FileColumn[],
  read: { readonly columns?: readonly string[] | undefined; readonly optional?: readonly string[] | undefined },
  file: string,
): FileColumn[] {
  if (read.columns === undefined) return [...columns]
  const byName = new Map(columns.map((column) => [column.name, column]))
  const needed = read.columns.map((name) => {
    const column = byName.get(name)
    if (column !== undefined) return column
    throw new EvenkeelError(
      'LAKE_COLUMN_UNKNOWN',
      `${file} has no column ${JSON.stringify(name)}, it has ${[...byName.keys()].join(', ')}; ask for one of these`,
      { column: name },
    )
  })
  return [...needed, ...(read.optional ?? []).flatMap((name) => byName.get(name) ?? [])]
}

/** How a column is turned into one of our types; what we have no type for is read as the text DuckDB makes of it. */
function reading({ name, duckType, isHuge }: FileColumn): { readonly type: LakeType; readonly sql: string } {
  const quoted = quoteName(name)
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(duckType) && !isHuge)
    return { type: 'bigint', sql: `${quoted}::double` }
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(duckType)) return { type: 'double', sql: `${quoted}::double` }
  if (/^(DATE|TIMESTAMP)/.test(duckType))
    return { type: 'timestamp', sql: `epoch_ms(${quoted}${duckType === 'DATE' ? '::timestamp' : ''})::double` }
  return { type: duckType === 'BOOLEAN' ? 'boolean' : 'varchar', sql: `${quoted}::varchar` }
}
