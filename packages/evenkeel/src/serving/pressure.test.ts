import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Database } from '../storage/index.ts'
import { flight, openTestServing, START } from './testing.ts'

const SPAN = { from: START, until: START + 1 }

test('a backlog beyond its bound is refused with a time to come back, and taken in again once it is recorded', async (t) => {
  const world = await openTestServing({ limits: { maxBacklogBytes: 1_000 } })
  t.after(() => world.close())
  const rows = Array.from({ length: 20 }, () => flight())
  assert.equal((await world.serving.predict('default', 'flights', { rows })).kind, 'predicted')
  const refused = await world.serving.predict('default', 'flights', { rows })
  assert.deepEqual([refused.kind, refused.kind === 'busy' && refused.retryAfterSeconds], ['busy', 1])
  assert.equal((await world.serving.label('default', 'flights', [{ id: 'x', label: 'late' }])).kind, 'busy')
  await world.serving.drain()
  assert.equal((await world.serving.predict('default', 'flights', { rows })).kind, 'predicted')
  assert.equal(world.serving.metrics().refusedBusy, 2)
})

test('when the spool cannot be written nothing is acknowledged and nothing of it is recorded', async (t) => {
  const world = await openTestServing({ limits: { segmentBytes: 1 } })
  t.after(() => world.close())
  await world.serving.predict('default', 'flights', { rows: [flight()], id: 'kept' })
  await world.serving.drain()
  rmSync(path.join(world.dataDir, 'spool'), { recursive: true })
  const outcome = await world.serving.predict('default', 'flights', { rows: [flight()], id: 'lost' })
  assert.deepEqual(
    [outcome.kind, outcome.kind === 'unavailable' && outcome.code],
    ['unavailable', 'SPOOL_CANNOT_WRITE'],
  )
  assert.equal((await world.serving.label('default', 'flights', [{ id: 'kept', label: 'late' }])).kind, 'unavailable')
  const rows = await world.db.query<{ id: string }>('select id from predictions')
  assert.deepEqual(rows, [{ id: 'kept' }])
  assert.equal(world.serving.metrics().predictions, 1)
})

test('answers go on while the database is away, and are recorded when it is back', async (t) => {
  let away = false
  const world = await openTestServing()
  t.after(() => world.close())
  const db: Database = {
    ...world.db,
    transaction: (work) => (away ? Promise.reject(new Error('the database is away')) : world.db.transaction(work)),
  }
  const serving = await world.restart({ db, dataDir: path.join(world.dataDir, 'second') })
  away = true
  for (let i = 0; i < 5; i++) {
    const outcome = await serving.predict('default', 'flights', { rows: [flight()], at: START })
    assert.equal(outcome.kind, 'predicted')
  }
  await assert.rejects(serving.drain(), /the database is away/)
  away = false
  await serving.drain()
  const [hour] = await world.db.query<{ rows: number }>(
    'select sum(rows)::int as rows from serving_profiles where bucket >= $1',
    [new Date(SPAN.from)],
  )
  assert.equal(hour!.rows, 5)
})

test('a version that cannot be loaded leaves the model served as before, and says so', async (t) => {
  const world = await openTestServing()
  t.after(() => world.close())
  const registry = {
    listModels: async () => [{ model: 'flights' }],
    readAlias: async () => 1,
    load: async () => Promise.reject(new Error('no such graph')),
  }
  const serving = await world.restart({ registry: registry as never, dataDir: path.join(world.dataDir, 'second') })
  assert.deepEqual(await serving.refresh(), [{ project: 'default', model: 'flights', message: 'no such graph' }])
  assert.equal((await serving.predict('default', 'flights', { rows: [flight()] })).kind, 'unknown-model')
  assert.equal(serving.metrics().routingFailures, 2)
})
