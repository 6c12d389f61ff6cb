import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { isEvenkeelError } from '../error.ts'
import { createDirectoryBlobs } from './blobs.ts'
import { createLake } from './lake.ts'
import type { LakeTable } from './lake-table.ts'

const root = mkdtempSync(path.join(tmpdir(), 'evenkeel-lake-'))
const blobs = createDirectoryBlobs(path.join(root, 'blobs'))
const lake = await createLake({ blobs, tempDir: root })
after(async () => {
  await lake.close()
  rmSync(root, { recursive: true, force: true })
})

const HOUR_MS = 3_600_000
const table: LakeTable = {
  rows: 3,
  columns: [
    { name: 'at', type: 'timestamp', values: Float64Array.of(0, HOUR_MS, 2 * HOUR_MS) },
    { name: 'delay', type: 'double', values: Float64Array.of(1.5, Number.NaN, -3) },
    { name: 'seats', type: 'bigint', values: Float64Array.of(9_007_199_254_740_991, 0, Number.NaN) },
    { name: 'late', type: 'boolean', values: ['true', null, 'false'] },
    { name: 'drop "t"; -- café', type: 'varchar', values: ['a', null, ''] },
  ],
}

test('a table comes back from Parquet as it went in, missing values and odd names included', async () => {
  const { blob, rows } = await lake.writeParquet(table)
  assert.equal(rows, 3)
  assert.deepEqual(await lake.readParquet(blob), table)
})

test('the same rows are the same blob', async () => {
  assert.equal((await lake.writeParquet(table)).blob, (await lake.writeParquet(table)).blob)
})

test('reading takes the columns asked for, and the rows of a half-open span', async () => {
  const { blob } = await lake.writeParquet(table)
  const read = await lake.readParquet(blob, { columns: ['delay'], span: { column: 'at', from: 0, until: 2 * HOUR_MS } })
  assert.deepEqual(read, { rows: 2, columns: [{ ...table.columns[1], values: Float64Array.of(1.5, Number.NaN) }] })
})

test('a table without rows keeps its columns', async () => {
  const empty = { rows: 0, columns: [{ name: 'x', type: 'double' as const, values: new Float64Array(0) }] }
  const { blob } = await lake.writeParquet(empty)
  assert.deepEqual(await lake.readParquet(blob), empty)
})

test('a scan gives the rows in their order, in pieces', async () => {
  const values = Float64Array.from({ length: 10_000 }, (_, i) => i)
  const { blob } = await lake.writeParquet({ rows: values.length, columns: [{ name: 'x', type: 'double', values }] })
  const file = createDirectoryBlobs(path.join(root, 'blobs')).pathOf(blob)
  const seen: number[] = []
  let pieces = 0
  for await (const piece of lake.scan({ path: file }, { batchRows: 4_096 })) {
    seen.push(...(piece.columns[0]!.values as Float64Array))
    pieces++
  }
  assert.equal(pieces, 3)
  assert.deepEqual(seen, [...values])
})

test('integers past 2^53 are read digit by digit, as text', async () => {
  const file = path.join(root, 'huge.parquet')
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`copy (select 9007199254740993::bigint as id, 7::bigint as seats) to '${file}' (format parquet)`)
  connection.closeSync()
  const { columns } = await lake.readParquet({ path: file })
  assert.deepEqual(columns, [
    { name: 'id', type: 'varchar', values: ['9007199254740993'] },
    { name: 'seats', type: 'bigint', values: Float64Array.of(7) },
  ])
})

test('a column or file that is not there is named', async () => {
  const { blob } = await lake.writeParquet(table)
  await assert.rejects(lake.readParquet(blob, { columns: ['delya'] }), (error) => {
    assert.ok(isEvenkeelError(error, 'LAKE_COLUMN_UNKNOWN'))
    assert.match(error.message, /no column "delya", it has at, delay/)
    return true
  })
  const file = path.join(root, 'not.parquet')
  writeFileSync(file, 'PAR1 nothing of the kind')
  await assert.rejects(lake.readParquet({ path: file }), (error) => isEvenkeelError(error, 'LAKE_CANNOT_READ'))
})

test('a stream of a file that is damaged in its middle ends with an error, not early', async () => {
  const rows = 300_000
  const values = Float64Array.from({ length: rows }, (_, i) => Math.sin(i))
  const { blob } = await lake.writeParquet({ rows, columns: [{ name: 'x', type: 'double', values }] })
  const bytes = await blobs.get(blob)
  bytes.fill(255, bytes.length >> 1, (bytes.length >> 1) + 400_000)
  const damaged = path.join(root, 'damaged.parquet')
  writeFileSync(damaged, bytes)
  const read = async () => {
    let found = 0
    for await (const piece of lake.scan({ path: damaged }, { batchRows: 10_000 })) found += piece.rows
    return found
  }
  await assert.rejects(read(), { code: 'LAKE_CANNOT_READ' })
  const counted = async () => {
    for await (const _ of lake.scanNumbers({ path: damaged }, ['x']));
  }
  await assert.rejects(counted(), { code: 'LAKE_CANNOT_READ' })
})
