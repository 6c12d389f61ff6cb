import assert from 'node:assert/strict'
import path from 'node:path'
import { after, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import { createDirectoryBlobs, createJournal, createLake, readJournal } from '../storage/index.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { createIngest } from './ingest.ts'
import { findBatch } from './tables.ts'

const { db, dataDir, close } = await openTestDatabase()
const clock = createVirtualClock(Date.UTC(2001, 1, 1))
const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
const lake = await createLake({ blobs })
const journal = createJournal({ clock, projections: [] })
const ingest = createIngest({ db, journal, blobs, lake, clock })
after(async () => {
  await lake.close()
  await close()
})

const bytesOf = (text: string) => new TextEncoder().encode(text)
const day = (n: number) => Date.UTC(2001, 0, n)
const flights = (from: number, rows: number) =>
  bytesOf(
    [
      'at,delay,origin',
      ...Array.from({ length: rows }, (_, i) => `2001-01-${String(from + i).padStart(2, '0')},${i},SFO`),
    ].join('\n'),
  )

async function accept(id: string): Promise<void> {
  await db.transaction(async (tx) => ingest.setBatchState(tx, (await findBatch(tx, 'default', id))!, 'accepted'))
}

test('the first batch of an unknown source pins its schema, and the batch is stored and announced', async () => {
  const receipt = await ingest.receive({ source: 'flights', bytes: flights(1, 5), format: 'csv', by: 'ann' })
  const source = await ingest.readSource('flights')
  assert.deepEqual(
    source?.schema?.columns.map(({ name, type, role }) => `${name} ${type} ${role}`),
    ['at time time', 'delay integer feature', 'origin category feature'],
  )
  const [revision] = await ingest.listRevisions('flights')
  assert.deepEqual([revision?.revision, revision?.by, revision?.reason], [1, 'ann', 'inferred from the first batch'])
  const record = await ingest.readBatch(receipt.batch)
  assert.deepEqual([record.state, record.rows, record.from, record.until], ['arrived', 5, day(1), day(5)])
  assert.deepEqual(Buffer.from(await blobs.get(record.raw!)), Buffer.from(flights(1, 5)))
  const events = await readJournal(db, { types: ['batch.arrived'], limit: 10 })
  assert.deepEqual(events.at(-1)?.data, { batch: receipt.batch, source: 'flights', rows: 5 })
})

test('a later batch is brought to the pinned types, and invalid cells survive the lake', async () => {
  const { batch } = await ingest.receive({
    source: 'flights',
    bytes: bytesOf('[{"at":"2001-01-20","delay":"late","origin":"LAX"},{"at":"2001-01-21","delay":3,"origin":null}]'),
    format: 'json',
  })
  const rows = await ingest.readRows(await ingest.readBatch(batch))
  assert.deepEqual(rows.columns['delay'], {
    kind: 'numeric',
    declared: 'integer',
    values: Float64Array.of(Number.NaN, 3),
    invalid: [{ row: 0, found: 'late' }],
  })
})

test('a delivery repeated with its key is the first one again, and with other bytes is refused', async () => {
  const request = { source: 'keyed', bytes: flights(1, 3), format: 'csv' as const, idempotencyKey: 'monday' }
  const receipts = await Promise.all([ingest.receive(request), ingest.receive(request)])
  const again = await ingest.receive(request)
  assert.equal(new Set([...receipts, again].map(({ batch }) => batch)).size, 1)
  assert.equal(again.repeated, true)
  assert.equal((await ingest.listBatches({ source: 'keyed' })).length, 1)
  await assert.rejects(ingest.receive({ ...request, bytes: flights(2, 3) }), (error) =>
    isEvenkeelError(error, 'INGEST_KEY_REUSED'),
  )
})

test('only accepted rows are read to learn from, by half-open span of event time, oldest first', async () => {
  const source = 'spans'
  const late = await ingest.receive({ source, bytes: flights(11, 5), format: 'csv' })
  const early = await ingest.receive({ source, bytes: flights(1, 5), format: 'csv' })
  await ingest.receive({ source, bytes: flights(20, 5), format: 'csv' })
  await accept(late.batch)
  await accept(early.batch)
  const all = await ingest.readAccepted({ source, columns: ['at'] })
  assert.deepEqual([...all.columns['at']!.values], [1, 2, 3, 4, 5, 11, 12, 13, 14, 15].map(day))
  const some = await ingest.readAccepted({ source, span: { from: day(4), until: day(12) } })
  assert.deepEqual([...some.columns['delay']!.values], [3, 4, 0])
  const latest = await ingest.readLatestAccepted({ source, maxRows: 7 })
  assert.deepEqual([latest.batch.rows, latest.from, latest.until], [7, day(4), day(15)])
  await assert.rejects(ingest.readAccepted({ source, maxRows: 6 }), (error) =>
    isEvenkeelError(error, 'INGEST_TOO_MANY_ROWS'),
  )
})

test('a revised schema applies from then on, and older rows are read by it with what they lack missing', async () => {
  const source = 'revised'
  const first = await ingest.receive({ source, bytes: flights(1, 2), format: 'csv' })
  await accept(first.batch)
  const { schema } = (await ingest.readSource(source))!
  const wider = { columns: [...schema!.columns, { ...schema!.columns[1]!, name: 'gate' }] }
  const revised = await ingest.reviseSource({ name: source, schema: wider, by: 'bob', reason: 'gates are sent now' })
  assert.equal(revised.revision, 2)
  const rows = await ingest.readAccepted({ source })
  assert.deepEqual(rows.columns['gate']?.values, Float64Array.of(Number.NaN, Number.NaN))
})

test('a declaration is kept, is no news twice, and is not changed in passing', async () => {
  const declared = await ingest.declareSource({ name: 'declared', hints: { label: 'delay' } })
  assert.equal(declared.schema, null)
  await ingest.receive({ source: 'declared', bytes: flights(1, 3), format: 'csv' })
  const { schema } = (await ingest.readSource('declared'))!
  assert.equal(schema!.columns[1]!.role, 'label')
  await ingest.declareSource({ name: 'declared', schema: schema! })
  await assert.rejects(ingest.declareSource({ name: 'declared', schema: { columns: [] } }), (error) =>
    isEvenkeelError(error, 'INGEST_SOURCE_DIFFERS'),
  )
})

test('a first batch without rows, a bad name and an unknown batch are refused in words', async () => {
  await assert.rejects(ingest.receive({ source: 'empty', bytes: bytesOf('a,b\n'), format: 'csv' }), /has no rows/)
  await assert.rejects(ingest.receive({ source: '../x', bytes: flights(1, 1), format: 'csv' }), /source name "..\/x"/)
  await assert.rejects(ingest.readBatch('nope'), /there is no batch nope; list the batches/)
})
