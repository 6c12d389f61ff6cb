import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createDirectoryBlobs, createLake, type LakeColumn, type LakeTable } from '../../storage/index.ts'
import type { ColumnSummary, DriftReport } from '../index.ts'
import { compareFiles, compareTables, readTable, renderHtml } from '../index.ts'

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

async function files(t: TestContext, tables: Readonly<Record<string, LakeTable>>) {
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

test('small files are left to be read whole', async (t) => {
  const place = await files(t, { small: orders(1, 1_000) })
  assert.equal(await compareFiles({ reference: place('small'), current: place('small') }, { now: NOW }), null)
})

/** The same two tables compared both ways. */
async function scannedAndWhole(t: TestContext, before: readonly LakeColumn[], after: readonly LakeColumn[]) {
  const table = (columns: readonly LakeColumn[]) => ({ rows: columns[0]!.values.length, columns: [...columns] })
  const place = await files(t, { before: table(before), after: table(after) })
  const paths = { reference: place('before'), current: place('after') }
  const scanned = await compareFiles(paths, { now: NOW, fromCells: 0 })
  assert.ok(scanned)
  const reference = await readTable(paths.reference)
  const current = await readTable(paths.current, { schema: reference.schema })
  return { scanned, whole: compareTables({ reference, current, schema: reference.schema }, { now: NOW }) }
}

const numbers = (rows: number, draw: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => draw(i))

function assertAlike(scanned: DriftReport, whole: DriftReport): void {
  const facts = ({ column, type, role, verdict, reference, current }: DriftReport['columns'][number]) => {
    const side = (summary: ColumnSummary | null) => summary && [summary.rows, summary.missing, summary.invalid]
    return [column, type, role, verdict, side(reference), side(current)]
  }
  const byName = ({ columns }: DriftReport) => columns.map(facts).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
  assert.deepEqual(byName(scanned), byName(whole))
}

test('a column that comes in another type is read cell by cell, as when its table is read whole', async (t) => {
  const rows = 3_000
  const texts = (draw: (i: number) => string | null) => Array.from({ length: rows }, (_, i) => draw(i))
  const { scanned, whole } = await scannedAndWhole(
    t,
    [
      { name: 'price', type: 'double', values: numbers(rows, (i) => (i % 97) + 0.5) },
      { name: 'parts', type: 'bigint', values: numbers(rows, (i) => i % 7) },
      { name: 'grade', type: 'varchar', values: texts((i) => String(i % 5)) },
      { name: 'paid', type: 'boolean', values: texts((i) => String(i % 3 === 0)) },
      { name: 'day', type: 'varchar', values: texts((i) => `2026-01-${String(1 + (i % 28)).padStart(2, '0')}`) },
    ],
    [
      { name: 'price', type: 'varchar', values: texts((i) => (i % 10 === 0 ? 'on request' : `${i % 97}.5`)) },
      { name: 'parts', type: 'double', values: numbers(rows, (i) => (i % 4 === 0 ? (i % 7) + 0.25 : i % 7)) },
      { name: 'grade', type: 'bigint', values: numbers(rows, (i) => (i % 11 === 0 ? Number.NaN : i % 5)) },
      { name: 'paid', type: 'varchar', values: texts((i) => ['true', 'false', 'perhaps', null][i % 4]!) },
      { name: 'day', type: 'timestamp', values: numbers(rows, (i) => NOW + i * 60_000) },
    ],
  )
  assertAlike(scanned, whole)
  assert.equal(of(scanned, 'price').current!.invalid, 300)
  assert.equal(of(scanned, 'parts').current!.invalid, 750)
  assert.equal(of(scanned, 'paid').current!.invalid, 750)
  assert.deepEqual(of(scanned, 'grade').current!.topValues, of(whole, 'grade').current!.topValues)
  assert.deepEqual(of(scanned, 'day').reference.numbers!.max, of(whole, 'day').reference.numbers!.max)
})

test('numbers that are whole in a sample and not in all rows are numbers', async (t) => {
  const rows = 60_000
  const almost = numbers(rows, (i) => (i % 20_000 === 7 ? 0.5 : i % 50))
  const { scanned, whole } = await scannedAndWhole(
    t,
    [{ name: 'x', type: 'double', values: almost }],
    [{ name: 'x', type: 'double', values: almost }],
  )
  assertAlike(scanned, whole)
  assert.deepEqual([of(scanned, 'x').type, of(scanned, 'x').current!.invalid], ['number', 0])
})

test('whole numbers that are unique and number nothing are judged', async (t) => {
  const random = createRandom(8)
  const spans = () => numbers(4_000, () => random.integer(1_000_000_000))
  const { scanned, whole } = await scannedAndWhole(
    t,
    [{ name: 'span', type: 'bigint', values: spans() }],
    [{ name: 'span', type: 'bigint', values: spans() }],
  )
  assertAlike(scanned, whole)
  assert.equal(of(scanned, 'span').verdict, 'steady')
})

test('what is frequent in the current table only is among its frequent values', async (t) => {
  const random = createRandom(9)
  const draw = (code: number) => numbers(6_000, (i) => (i % 10 === 0 ? code : random.normal()))
  const { scanned } = await scannedAndWhole(
    t,
    [
      { name: 'x', type: 'double', values: draw(0.5) },
      { name: 'stuck', type: 'double', values: draw(0.5) },
    ],
    [
      { name: 'x', type: 'double', values: draw(-999) },
      { name: 'stuck', type: 'double', values: numbers(6_000, () => 3.25) },
    ],
  )
  assert.deepEqual(of(scanned, 'x').current!.topValues[0], { value: -999, rows: 600 })
  assert.match(of(scanned, 'x').notices.join(), /-999 in 600 rows/)
  assert.deepEqual(of(scanned, 'stuck').notices, ['current: every value is 3.25'])
})

test('numbers at the ends of what numbers can be give no NaN and no Infinity', async (t) => {
  const ends = [-1.7e308, 1.7e308, 1e-310, 3e-310]
  const column = (name: string, draw: (i: number) => number): LakeColumn => ({
    name,
    type: 'double',
    values: numbers(2_000, draw),
  })
  const columns = [
    column('huge', (i) => ends[i % 2]! * ((i % 100) / 100)),
    column('tiny', (i) => ends[2 + (i % 2)]! * ((i % 100) / 100)),
    column('far', (i) => 2 ** 53 - 1 - (i % 3)),
  ]
  const { scanned, whole } = await scannedAndWhole(t, columns, columns)
  for (const report of [scanned, whole]) {
    for (const { reference, distribution } of report.columns) {
      assert.ok(Object.values(reference.numbers!).every(Number.isFinite), JSON.stringify(reference))
      assert.ok(distribution?.kind === 'numeric' && distribution.edges.every(Number.isFinite))
    }
    assert.match(renderHtml(report), /<svg/)
  }
  assert.ok(Math.abs(of(whole, 'far').reference.numbers!.deviation - 0.816) < 0.01)
})

test('a file that is damaged in its middle is refused, and not judged by what comes before', async (t) => {
  const random = createRandom(10)
  const place = await files(t, {
    before: {
      rows: 300_000,
      columns: [{ name: 'x', type: 'double', values: numbers(300_000, () => random.normal()) }],
    },
  })
  const bytes = readFileSync(place('before'))
  bytes.fill(255, bytes.length >> 1, (bytes.length >> 1) + 400_000)
  const damaged = `${place('before')}.damaged`
  writeFileSync(damaged, bytes)
  const compared = compareFiles({ reference: place('before'), current: damaged }, { now: NOW, fromCells: 0 })
  await assert.rejects(compared, (error: Error) => {
    assert.match(error.message, /before\.parquet\.damaged/)
    return (error as { code?: unknown }).code === 'LAKE_CANNOT_READ'
  })
})

test('a table without rows is refused by name', async (t) => {
  const place = await files(t, { some: orders(1, 100), none: orders(1, 0) })
  const compared = compareFiles({ reference: place('some'), current: place('none') }, { now: NOW })
  await assert.rejects(compared, { code: 'REPORT_EMPTY' })
})

test('a file that is no Parquet is refused by name', async (t) => {
  const place = await files(t, { before: orders(1, 1_000) })
  const broken = `${place('before')}.broken`
  writeFileSync(broken, 'PAR1 and then nothing')
  await assert.rejects(compareFiles({ reference: place('before'), current: broken }, { now: NOW, fromCells: 0 }), {
    code: 'LAKE_CANNOT_READ',
  })
})
