import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createDirectoryBlobs, createLake, type LakeColumn } from '../../storage/index.ts'
import type { ColumnSummary, DriftReport } from '../index.ts'
import { compareFiles, compareTables, readTable } from '../index.ts'

const NOW = Date.UTC(2026, 0, 1)

/** Orders: an amount with gaps and an infinity, whole parts, a city, a flag, a comment of its own for every row. */
function orders(seed: number, rows: number, change: { readonly amount?: number; readonly city?: string } = {}) {
  const random = createRandom(seed)
  const numbers = (draw: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => draw(i))
  const strings = (draw: (i: number) => string | null) => Array.from({ length: rows }, (_, i) => draw(i))
  const cities = ['Oslo', 'Bergen', change.city ?? 'Molde', 'Alta']
  const columns: LakeColumn[] = [
    { name: 'row', type: 'bigint', values: numbers((i) => i) },
    {
      name: 'amount',
      type: 'double',
      values: numbers((i) =>
        i % 13 === 0
          ? Number.NaN
          : i === 5
            ? Number.POSITIVE_INFINITY
            : Math.exp(random.normal()) * (change.amount ?? 1),
      ),
    },
    { name: 'parts', type: 'bigint', values: numbers(() => random.integer(5)) },
    { name: 'city', type: 'varchar', values: strings((i) => (i % 50 === 0 ? null : cities[random.integer(4)]!)) },
    { name: 'gift', type: 'boolean', values: strings(() => (random.next() < 0.2 ? 'true' : 'false')) },
    { name: 'comment', type: 'varchar', values: strings((i) => `order ${seed}-${i}`) },
    { name: 'placed_at', type: 'timestamp', values: numbers((i) => NOW + i * 1_000) },
  ]
  return { rows, columns }
}

async function files(t: TestContext, tables: Readonly<Record<string, ReturnType<typeof orders>>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-scan-'))
  const blobs = createDirectoryBlobs(path.join(folder, 'blobs'))
  const lake = await createLake({ blobs })
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const written: Record<string, string> = {}
  for (const [name, table] of Object.entries(tables)) {
    const { blob } = await lake.writeParquet(table)
    written[name] = path.join(folder, `${name}.parquet`)
    writeFileSync(written[name]!, await blobs.get(blob))
  }
  await lake.close()
  return (name: string) => written[name]!
}

const of = (report: DriftReport, column: string) => report.columns.find((found) => found.column === column)!

test('a scan in threads finds what reading both tables whole finds', async (t) => {
  const place = await files(t, { before: orders(1, 60_000), after: orders(2, 30_000, { amount: 1.6, city: 'Moss' }) })
  const scanned = await compareFiles(
    { reference: place('before'), current: place('after') },
    { now: NOW, fromCells: 0 },
  )
  assert.ok(scanned)
  const before = await readTable(place('before'))
  const after = await readTable(place('after'), { schema: before.schema })
  const whole = compareTables({ reference: before, current: after, schema: before.schema }, { now: NOW })
  const verdicts = ({ columns }: DriftReport) => columns.map(({ column, verdict }) => `${column} ${verdict}`).sort()
  assert.deepEqual(verdicts(scanned), verdicts(whole))
  assert.deepEqual([scanned.reference.rows, scanned.current.rows, scanned.estimated], [60_000, 30_000, true])
  for (const column of ['amount', 'parts', 'city', 'gift']) {
    const found = of(scanned, column)
    const wanted = of(whole, column)
    for (const side of ['reference', 'current'] as const) {
      const exact = ({ rows, missing, invalid }: ColumnSummary) => [rows, missing, invalid]
      assert.deepEqual(exact(found[side]!), exact(wanted[side]!), `${column} ${side}`)
    }
    assert.ok(Math.abs(found.effect! - wanted.effect!) < 0.02 + 0.1 * wanted.effect!, `${column}: ${found.effect}`)
  }
  const [amount, exact] = [of(scanned, 'amount').current!.numbers!, of(whole, 'amount').current!.numbers!]
  assert.deepEqual([amount.min, amount.max], [exact.min, exact.max])
  for (const key of ['mean', 'deviation'] as const) assert.ok(Math.abs(amount[key] / exact[key] - 1) < 1e-9, key)
  for (const key of ['p05', 'p25', 'median', 'p75', 'p95'] as const)
    assert.ok(Math.abs(amount[key] / exact[key] - 1) < 0.03, `${key} ${amount[key]} ${exact[key]}`)
  assert.deepEqual(of(scanned, 'parts').reference.topValues, of(whole, 'parts').reference.topValues)
  assert.deepEqual(of(scanned, 'city').reference.topValues, of(whole, 'city').reference.topValues)
})

test('the same files give the same report', async (t) => {
  const place = await files(t, { before: orders(1, 20_000), after: orders(2, 20_000) })
  const report = () => compareFiles({ reference: place('before'), current: place('after') }, { now: NOW, fromCells: 0 })
  assert.deepEqual(await report(), await report())
})

test('small files, and a column that changed its type, are left to be read whole', async (t) => {
  const small = orders(1, 1_000)
  const retyped = {
    ...small,
    columns: small.columns.map(
      (column): LakeColumn =>
        column.name === 'parts' ? { name: 'parts', type: 'varchar', values: Array(1_000).fill('some') } : column,
    ),
  }
  const place = await files(t, { small, retyped })
  assert.equal(await compareFiles({ reference: place('small'), current: place('small') }, { now: NOW }), null)
  const options = { now: NOW, fromCells: 0 }
  assert.equal(await compareFiles({ reference: place('small'), current: place('retyped') }, options), null)
})

test('a file that is no Parquet is refused by name', async (t) => {
  const place = await files(t, { before: orders(1, 1_000) })
  const broken = `${place('before')}.broken`
  writeFileSync(broken, 'PAR1 and then nothing')
  await assert.rejects(compareFiles({ reference: place('before'), current: broken }, { now: NOW, fromCells: 0 }), {
    code: 'LAKE_CANNOT_READ',
  })
})
