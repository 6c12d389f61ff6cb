import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import type { Batch } from '../ingest/index.ts'
import {
  createDirectoryBlobs,
  createJournal,
  createLake,
  type JobRequest,
  type Lake,
  type NewEvent,
  readJournal,
} from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { category, column, createFeatures, defineFeatureView, ratio } from './index.ts'

let database: TestDatabase
let lake: Lake
before(async () => {
  database = await openTestDatabase()
  lake = await createLake({ blobs: createDirectoryBlobs(path.join(database.dataDir, 'blobs')) })
})
after(async () => {
  await lake.close()
  await database.close()
})

const view = defineFeatureView({
  name: 'parcels',
  features: { weight: column('weight'), density: ratio('weight', 'volume'), depot: category('depot') },
})
const rows: Batch = {
  rows: 3,
  columns: {
    weight: { kind: 'numeric', values: Float64Array.of(1, 2, Number.NaN), invalid: [] },
    volume: { kind: 'numeric', values: Float64Array.of(2, 0, 4), invalid: [] },
    depot: { kind: 'string', values: ['north', null, 'north'], invalid: [] },
  },
}

test('the features of an accepted batch are kept in the lake, once, and announced with their cause', async () => {
  const { db } = database
  const clock = createVirtualClock(Date.UTC(2024, 0, 1))
  const journal = createJournal({ clock, projections: [] })
  const requests: JobRequest[] = []
  const features = createFeatures({
    db,
    journal,
    clock,
    lake,
    jobs: { enqueue: async (_, request) => void requests.push(request) },
    viewsOf: (_, source) => (source === 'shop' ? [view] : []),
    readRows: async () => rows,
  })
  const accepted = (source: string): NewEvent => ({
    type: 'batch.accepted',
    project: 'default',
    subject: source,
    data: { batch: `${source}-1`, source, rows: 3, from: null, until: null, warnings: [] },
  })
  const events = await db.transaction((tx) => journal.append(tx, null, [accepted('shop'), accepted('elsewhere')]))
  for (const event of events) await db.transaction((tx) => features.steps[0]!.run(tx, event))
  assert.equal(requests.length, 1, 'a source without views asks for nothing')
  const [{ queue, data }] = requests as [JobRequest]
  await features.jobs.materialise({ id: 'first', queue, data })
  await features.jobs.materialise({ id: 'again, after a kill', queue, data })
  const [set, ...others] = await features.listFeatureSets(db, { project: 'default', view: 'parcels', limit: 10 })
  assert.deepEqual([set?.batch, set?.rows, others], ['shop-1', 3, []])
  const { columns } = await lake.readParquet(set!.blob)
  assert.deepEqual(
    columns.map(({ name, values }) => [name, [...values]]),
    [
      ['weight', [1, 2, Number.NaN]],
      ['density', [0.5, Number.NaN, Number.NaN]],
      ['depot', ['north', null, 'north']],
    ],
  )
  const updates = await readJournal(db, { types: ['features.updated'], limit: 10 })
  assert.deepEqual(
    updates.map((event) => event.cause),
    [events[0]!.id],
  )
})
