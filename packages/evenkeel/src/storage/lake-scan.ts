import type { DuckDBConnection } from '@duckdb/node-api'
import { EvenkeelError } from '../error.ts'
import { type LakeType, quoteName } from './lake-table.ts'

/** The query that reads a file, its parameters, and what its columns hold. */
export interface ScanPlan {
  readonly sql: string
  readonly values: readonly (string | bigint)[]
  readonly isSample: boolean
  /** How many rows the query has to give; null for a sample. DuckDB's streams end early, and silently, where a file is damaged. */
  readonly rows: number | null
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
    readonly oneIn?: number | undefined
  },
): Promise<ScanPlan> {
  const values: (string | bigint)[] = [file]
  const wanted = read.columns && new Set([...read.columns, ...(read.optional ?? [])])
  const columns = chosen(await fileColumns(connection, file, wanted), read, file)
  const selected = columns.map((column) => ({ name: column.name, ...reading(column) }))
  const isSample = read.oneIn !== undefined && read.oneIn > 1
  const source = isSample ? 'read_parquet($1, file_row_number = true)' : 'read_parquet($1)'
  let rest = `from ${source}`
  if (isSample) rest += ` where hash(file_row_number) % ${Math.floor(read.oneIn!)} = 0`
  if (read.span !== undefined) {
    rest += ` ${isSample ? 'and' : 'where'} ${quoteName(read.span.column)} >= epoch_ms($${values.length + 1}::bigint)`
    rest += ` and ${quoteName(read.span.column)} < epoch_ms($${values.length + 2}::bigint)`
    values.push(BigInt(Math.ceil(read.span.from)), BigInt(Math.ceil(read.span.until)))
  }
  const limit = read.limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor(read.limit))
  const rows = isSample ? null : Math.min(limit, await countRows(connection, rest, values))
  if (Number.isFinite(limit)) rest += ` limit ${limit}`
  const sql = `select ${selected.map((column) => column.sql).join(', ')} ${rest}`
  return { sql, values, isSample, rows, columns: selected.map(({ name, type }) => ({ name, type })) }
}

/** Without a condition the file's directory tells it. */
async function countRows(connection: DuckDBConnection, rest: string, values: readonly (string | bigint)[]) {
  const counted = await connection.runAndReadAll(`select count(*)::double ${rest}`, [...values])
  return Number(counted.getRows()[0]?.[0] ?? 0)
}

/** What the file holds: its rows, and each column with the type it is read as. */
export async function describeFile(connection: DuckDBConnection, file: string) {
  const columns = (await fileColumns(connection, file)).map((column) => ({
    name: column.name,
    type: reading(column).type,
  }))
  return { rows: await countRows(connection, 'from read_parquet($1)', [file]), columns }
}

/** How often each value of a column occurs, most frequent first, and how many there are beyond the limit. */
export async function countFileValues(connection: DuckDBConnection, file: string, name: string, limit: number) {
  const column = quoteName(name)
  const grouped = `select ${column}::varchar as value, count(*)::double as rows from read_parquet($1) group by 1`
  const sql = `with grouped as (${grouped})
    select value, rows, count(*) over () as distinct_values, sum(rows) over () as present
    from grouped where value is not null order by rows desc, value limit ${Math.floor(limit)}`
  const found = (await connection.runAndReadAll(sql, [file])).getRows()
  return {
    counts: found.map(([value, rows]) => [String(value), Number(rows)] as const),
    distinct: Number(found[0]?.[2] ?? 0),
    present: Number(found[0]?.[3] ?? 0),
  }
}

/** About how many different values a column has, and in how many rows it has one. */
export async function countFileDistinct(connection: DuckDBConnection, file: string, name: string) {
  const column = quoteName(name)
  const sql = `select approx_count_distinct(${column}::varchar)::double, count(${column})::double from read_parquet($1)`
  const [row] = (await connection.runAndReadAll(sql, [file])).getRows()
  const present = Number(row?.[1] ?? 0)
  return { distinct: Math.min(present, Number(row?.[0] ?? 0)), present }
}

/** The columns whose finite numbers are all whole, and none past 2^53. */
export async function findWholeColumns(connection: DuckDBConnection, file: string, names: readonly string[]) {
  if (names.length === 0) return new Set<string>()
  const checks = names.map((name) => {
    const number = `${quoteName(name)}::double`
    const isWhole = `bool_and(${number} = trunc(${number}) and abs(${number}) <= ${MAX_SAFE})`
    return `coalesce(${isWhole} filter (where isfinite(${number})), true)`
  })
  const [row = []] = (
    await connection.runAndReadAll(`select ${checks.join(', ')} from read_parquet($1)`, [file])
  ).getRows()
  return new Set(names.filter((_, i) => row[i] === true))
}

/** @param wanted whose numbers are looked at for size: that takes a pass over the column */
async function fileColumns(
  connection: DuckDBConnection,
  file: string,
  wanted?: ReadonlySet<string>,
): Promise<FileColumn[]> {
  const described = await connection.runAndReadAll('describe select * from read_parquet($1)', [file])
  const columns = described.getRowObjects().map((row) => ({
    name: String(row['column_name']),
    duckType: String(row['column_type']),
  }))
  const looked = columns.filter(({ name }) => wanted === undefined || wanted.has(name))
  const huge = await hugeColumns(connection, file, looked)
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

/**
 * How a column is turned into one of our types; what we have no type for is read as the text DuckDB makes of it.
 * A missing number is NaN before it leaves DuckDB: its vectors of doubles can then be copied whole.
 */
function reading({ name, duckType, isHuge }: FileColumn): { readonly type: LakeType; readonly sql: string } {
  const quoted = quoteName(name)
  const number = (sql: string) => `coalesce(${sql}::double, 'nan'::double)`
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(duckType) && !isHuge)
    return { type: 'bigint', sql: number(quoted) }
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(duckType)) return { type: 'double', sql: number(quoted) }
  if (/^(DATE|TIMESTAMP)/.test(duckType))
    return { type: 'timestamp', sql: number(`epoch_ms(${quoted}${duckType === 'DATE' ? '::timestamp' : ''})`) }
  return { type: duckType === 'BOOLEAN' ? 'boolean' : 'varchar', sql: `${quoted}::varchar` }
}
