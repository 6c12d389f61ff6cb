import assert from 'node:assert/strict'
import path from 'node:path'
import { after, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import { createIngest } from '../ingest/index.ts'
import { type AnyEvent, createDirectoryBlobs, createJournal, createLake, readJournal } from '../storage/index.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { validationResult } from './export.ts'
import { createQuality } from './quality.ts'

const { db, dataDir, close } = await openTestDatabase()
const clock = createVirtualClock(Date.UTC(2001, 1, 1))
const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
const lake = await createLake({ blobs })
const journal = createJournal({ clock, projections: [] })
const ingest = createIngest({ db, journal, blobs, lake, clock })
const quality = createQuality({ db, journal, blobs, ingest, clock })
after(async () => {
  await lake.close()
  await close()
})

const rowsOf = (from: number, rows: number, origin = (i: number) => ['SFO', 'LAX', 'JFK'][i % 3]!) =>
  Array.from({ length: rows }, (_, i) => ({
    at: new Date(Date.UTC(2001, 0, from) + i * 60_000).toISOString(),
    km: 100 + ((i * 37) % 900),
    origin: origin(i),
  }))

/** Delivers rows, runs the judging step on the event as the runner would, and gives what it said. */
async function deliver(source: string, rows: readonly object[]): Promise<{ batch: string; said: readonly AnyEvent[] }> {
  const bytes = new TextEncoder().encode(JSON.stringify(rows))
  const { batch } = await ingest.receive({ source, bytes, format: 'json' })
  const arrived = (await readJournal(db, { types: ['batch.arrived'], limit: 1_000 })).at(-1)!
  const said = await db.transaction(async (tx) =>
    journal.append(tx, arrived.id, await quality.steps[0]!.run(tx, arrived)),
  )
  return { batch, said }
}

test('a first batch is accepted, and a later one of its kind too', async () => {
  const first = await deliver('flights', rowsOf(1, 300))
  assert.deepEqual(
    first.said.map((event) => event.type),
    ['batch.accepted'],
  )
  const later = await deliver('flights', rowsOf(2, 50))
  assert.deepEqual(later.said[0]?.data, {
    batch: later.batch,
    source: 'flights',
    rows: 50,
    from: Date.UTC(2001, 0, 2),
    until: Date.UTC(2001, 0, 2) + 49 * 60_000 + 1,
    warnings: [],
  })
  assert.equal((await ingest.readBatch(later.batch)).state, 'accepted')
})

test('a failing batch is held with its rows and reasons, stays whole, and a person lets it through', async () => {
  await deliver('held', rowsOf(1, 300))
  const { batch, said } = await deliver(
    'held',
    rowsOf(2, 200, (i) => ['sfo', 'lax', 'jfk'][i % 3]!),
  )
  assert.equal(said[0]?.type, 'batch.quarantined')
  assert.deepEqual((said[0]!.data as { failed: unknown }).failed, ['allowed_values:origin'])
  const { verdict, rows, batch: record } = await quality.describe(batch)
  assert.equal(verdict?.kind, 'quarantine')
  assert.deepEqual(rows[1]?.reasons, ['allowed_values of origin'])
  assert.equal(rows[1]?.cells['origin'], 'lax')
  assert.equal((await ingest.readRows(record)).rows, 200)
  assert.equal((await ingest.readAccepted({ source: 'held' })).rows, 300)

  await quality.release({ batch, by: 'ann', reason: 'the airport codes are lower case from now on' })
  assert.equal((await ingest.readAccepted({ source: 'held' })).rows, 500)
  const released = (await readJournal(db, { types: ['batch.released'], limit: 10 })).at(-1)
  assert.equal((released!.data as { by: string }).by, 'ann')
  await assert.rejects(quality.release({ batch, by: 'ann', reason: 'again' }), (error) =>
    isEvenkeelError(error, 'QUALITY_NOT_QUARANTINED'),
  )
})

test('a batch that cannot be judged is held, not accepted (law 5)', async () => {
  await deliver('unsure', rowsOf(1, 300))
  await quality.setChecks('unsure', [{ name: 'freshness', severity: 'fail', column: 'nope', maxAgeMs: 1_000 }])
  const { batch, said } = await deliver('unsure', rowsOf(2, 300))
  assert.equal(said[0]?.type, 'batch.quarantined')
  assert.equal((await quality.describe(batch)).verdict?.kind, 'unknown')
  await quality.setChecks('unsure', null)
  assert.equal((await deliver('unsure', rowsOf(3, 300))).said[0]?.type, 'batch.accepted')
})

test('judging the same event twice says nothing new', async () => {
  await deliver('twice', rowsOf(1, 300))
  const arrived = (await readJournal(db, { types: ['batch.arrived'], limit: 1_000 })).at(-1)!
  assert.deepEqual(await db.transaction((tx) => quality.steps[0]!.run(tx, arrived)), [])
})

test('an accepted batch can be held afterwards, and its rows are not read any more (law 11)', async () => {
  const { batch } = await deliver('tainted', rowsOf(1, 300))
  const decision = { batch, by: 'remediation', reason: 'distance came in kilometres' }
  const events = await db.transaction((tx) => quality.quarantine(tx, decision))
  assert.equal(events[0]?.type, 'batch.quarantined')
  assert.equal((await ingest.readAccepted({ source: 'tainted' })).rows, 0)
})

test('a verdict is shown in the shape of a Great Expectations result', async () => {
  const { batch } = await deliver('shown', rowsOf(1, 300))
  const { batch: record, verdict } = await quality.describe(batch)
  const result = validationResult(record, verdict!)
  assert.equal(result.success, true)
  const types = result.results.map((check) => check.expectation_config.type)
  assert.ok(types.includes('expect_column_values_to_be_in_set'))
})
