import type { Lake, LakeColumn, LakeRead, LakeTable, LakeType } from '../storage/index.ts'
import type { Batch, Column, InvalidCell } from './batch.ts'
import { excerpt, refuse } from './refuse.ts'
import type { ColumnType } from './schema.ts'

const LAKE_TYPES: Readonly<Record<ColumnType, LakeType>> = {
  number: 'double',
  integer: 'bigint',
  time: 'timestamp',
  boolean: 'boolean',
  category: 'varchar',
  text: 'varchar',
}

const COLUMN_TYPES: Readonly<Record<LakeType, ColumnType>> = {
  double: 'number',
  bigint: 'integer',
  timestamp: 'time',
  boolean: 'boolean',
  varchar: 'text',
}

/** What stood in invalid cells lies in a text column of its own beside the column, so that nothing is lost in the lake. */
const INVALID_PREFIX = 'evenkeel:invalid:'

export function tableOfBatch(batch: Batch): LakeTable {
  const columns: LakeColumn[] = []
  for (const [name, column] of Object.entries(batch.columns)) {
    columns.push({ name, type: lakeTypeOf(column), values: column.values })
    if (column.invalid.length > 0) columns.push(invalidColumn(name, column.invalid, batch.rows))
  }
  return { rows: batch.rows, columns }
}

function lakeTypeOf(column: Column): LakeType {
  if (column.kind === 'string') return column.declared === 'boolean' ? 'boolean' : 'varchar'
  return column.declared === undefined ? 'double' : LAKE_TYPES[column.declared]
}

function invalidColumn(name: string, invalid: readonly InvalidCell[], rows: number): LakeColumn {
  const values = new Array<string | null>(rows).fill(null)
  for (const cell of invalid) values[cell.row] = cell.found
  return { name: `${INVALID_PREFIX}${name}`, type: 'varchar', values }
}

export function batchOfTable(table: LakeTable): Batch {
  if (table.columns.some(({ name }) => name === '__proto__'))
    throw refuse('INGEST_COLUMN_NAME', 'a column is named "__proto__", which no table of ours can hold; rename it')
  const columns: Record<string, Column> = {}
  const found = new Map<string, readonly (string | null)[]>()
  for (const { name, values } of table.columns)
    if (name.startsWith(INVALID_PREFIX)) found.set(name.slice(INVALID_PREFIX.length), values as (string | null)[])
  for (const column of table.columns)
    if (!column.name.startsWith(INVALID_PREFIX)) columns[column.name] = columnOf(column, found.get(column.name))
  return { rows: table.rows, columns }
}

function columnOf(column: LakeColumn, found: readonly (string | null)[] = []): Column {
  const invalid: InvalidCell[] = found.flatMap((text, row) => (text === null ? [] : [{ row, found: text }]))
  const declared = COLUMN_TYPES[column.type]
  if (!(column.values instanceof Float64Array)) return { kind: 'string', declared, values: column.values, invalid }
  return { kind: 'numeric', declared, ...finite(column.values, invalid) }
}

/** Infinity is no number of ours: it becomes an invalid cell. */
function finite(values: Float64Array, invalid: InvalidCell[]) {
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value !== Infinity && value !== -Infinity) continue
    invalid.push({ row, found: excerpt(String(value)) })
    values[row] = Number.NaN
  }
  return { values, invalid }
}

/** Reads rows of the lake as a batch, with what stood in the invalid cells. */
export async function readLakeBatch(lake: Lake, from: Parameters<Lake['readParquet']>[0], read: LakeRead = {}) {
  const named = [...(read.columns ?? []), ...(read.optional ?? [])]
  const optional = [...(read.optional ?? []), ...named.map((name) => `${INVALID_PREFIX}${name}`)]
  return batchOfTable(await lake.readParquet(from, { ...read, optional }))
}
