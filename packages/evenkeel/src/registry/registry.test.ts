import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createVirtualClock, type VirtualClock } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import { defineFeatureView, rowTransform } from '../features/index.ts'
import {
  type AnyEvent,
  createDirectoryBlobs,
  createJournal,
  type JobRequest,
  type Journal,
  readJournal,
  replay,
} from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { createTraining, type Recipe, type Training } from '../training/index.ts'
import { drawParcels, parcelRecipe, parcelView, rowsOf } from '../training/testing.ts'
import { diffVersions, predictBatch, type Registry } from './index.ts'
import { createRegistry } from './registry.ts'
import type { ModelVersion } from './version.ts'

const project = 'default'
const batch = drawParcels({ rows: 600, seed: 9 })

let database: TestDatabase
let clock: VirtualClock
let journal: Journal
let registry: Registry
let training: Training
let requests: JobRequest[]
let recipe: Recipe
let models = 0
let model: string

before(async () => {
  database = await openTestDatabase()
  clock = createVirtualClock(Date.UTC(2024, 2, 1))
  const blobs = createDirectoryBlobs(path.join(database.dataDir, 'blobs'))
  const deps = { db: database.db, blobs, clock }
  const { projections } = createRegistry({ ...deps, journal: createJournal({ clock, projections: [] }) })
  journal = createJournal({ clock, projections })
  registry = createRegistry({ ...deps, journal })
  requests = []
  training = createTraining({
    ...deps,
    journal,
    jobs: { enqueue: async (_, request) => void requests.push(request) },
    rows: rowsOf(batch),
    recipeOf: async () => recipe,
  })
})
after(() => database.close())
beforeEach(() => {
  models++
  model = `model-${models}`
  recipe = parcelRecipe()
})

/** Lets a run go all its way: asked for, trained, admitted. */
async function trainVersion(): Promise<void> {
  const run = await training.requestRun({ project, model, reason: 'a test' })
  await handle('run.requested', run, training.steps[0]!)
  for (const { queue, data } of requests.splice(0)) await training.jobs.train({ id: 'job', queue, data })
  await handle('run.finished', run, registry.steps[0]!)
}

async function handle(
  type: 'run.requested' | 'run.finished',
  run: string,
  step: Training['steps'][number],
): Promise<void> {
  const events = await readJournal(database.db, { types: [type], limit: 10_000 })
  const event = events.find((found) => 'run' in found.data && found.data.run === run)
  assert.ok(event, `${type} of run ${run}`)
  await admit(event, step)
}

async function admit(event: AnyEvent, step: Training['steps'][number]): Promise<void> {
  await database.db.transaction(async (tx) => journal.append(tx, event.id, await step.run(tx, event)))
}

async function versionLike(of: ModelVersion, name: string): Promise<ModelVersion> {
  const { task, classes, inputs, encoding, artifact, reference, metrics } = of
  const facts = { task, classes, inputs, encoding, artifact, reference, metrics, lineage: null }
  return registry.registerVersion({ project, model: name, facts, by: 'a person' })
}

test('the first version of a model serves, a later one is a challenger, and the same run is admitted once', async () => {
  await trainVersion()
  const at = (alias: string) => registry.readAlias(database.db, { project, model, alias })
  assert.deepEqual([await at('champion'), await at('challenger')], [1, null])
  await trainVersion()
  await trainVersion()
  assert.deepEqual([await at('champion'), await at('challenger')], [1, 3])
  const events = await readJournal(database.db, { project, subject: model, limit: 100 })
  for (const event of events.filter((found) => found.type === 'run.finished')) await admit(event, registry.steps[0]!)
  assert.equal((await registry.readModel(database.db, { project, model }))?.versions, 3)
  assert.deepEqual(
    (await registry.readAliasHistory(database.db, { project, model, limit: 10 })).map(({ alias, from, to, by }) => [
      alias,
      from,
      to,
      by,
    ]),
    [
      ['challenger', 2, 3, 'training'],
      ['challenger', null, 2, 'training'],
      ['champion', null, 1, 'training'],
    ],
  )
  assert.equal(events.filter((event) => event.cause === null).length, 3, 'only the requests have no cause')
})

test('a version never changes, whoever asks the database', async () => {
  await trainVersion()
  const stored = await registry.readVersion(database.db, { project, model, version: 1 })
  const attempts = [
    "update versions set created_by = 'somebody else'",
    "update versions set metrics = '{}' where version = 1",
    'delete from versions',
    'truncate versions cascade',
  ]
  for (const sql of attempts) await assert.rejects(database.db.query(sql), /versions are immutable/, sql)
  assert.deepEqual(await registry.readVersion(database.db, { project, model, version: 1 }), stored)
})

test('of 200 who move an alias at once, each value it takes has exactly one winner', async () => {
  await trainVersion()
  const first = await registry.readVersion(database.db, { project, model, version: 1 })
  for (let i = 0; i < 4; i++) await versionLike(first, model)
  const random = createRandom('movers')
  const alias = { project, model, alias: 'champion' }
  const move = async (expected: number | null, to: number, by: string) => {
    try {
      await registry.moveAlias({ ...alias, expected, to, by, reason: 'a race' })
      return true
    } catch (error) {
      assert.ok(isEvenkeelError(error, 'REGISTRY_ALIAS_MOVED'), String(error))
      return false
    }
  }
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, i) => move(1 + random.integer(5), 1 + random.integer(5), `mover ${i}`)),
  )
  const history = (await registry.readAliasHistory(database.db, { ...alias, limit: 1_000 })).toReversed()
  assert.equal(history.length, 1 + outcomes.filter(Boolean).length)
  history.forEach(({ from }, i) => {
    assert.equal(from, history[i - 1]?.to ?? null, 'every move starts where the one before ended')
  })
  assert.equal(await registry.readAlias(database.db, alias), history.at(-1)!.to)
  const last = history.at(-1)!.to
  const same = await Promise.all(Array.from({ length: 200 }, (_, i) => move(last, (last! % 5) + 1, `late ${i}`)))
  assert.equal(same.filter(Boolean).length, 1)
})

test('a lost race says what was found and what was expected', async () => {
  await trainVersion()
  const move = { project, model, alias: 'champion', expected: null, to: 1, by: 'ada', reason: 'a try' }
  await assert.rejects(registry.moveAlias(move), {
    code: 'REGISTRY_ALIAS_MOVED',
    message: /champion .* points to version 1, expected nowhere/,
    details: { model, alias: 'champion', found: 1, expected: null },
  })
  await assert.rejects(registry.moveAlias({ ...move, expected: 1, to: 9 }), { code: 'REGISTRY_VERSION_UNKNOWN' })
  assert.equal(await database.db.transaction((tx) => registry.decideMove(tx, move)), null)
})

test('an alias can be taken away and given again, and a replay of the journal tells the same story', async () => {
  await trainVersion()
  const alias = { project, model, alias: 'champion', by: 'ada', reason: 'maintenance' }
  await registry.moveAlias({ ...alias, expected: 1, to: null })
  assert.deepEqual(await registry.readAliases(database.db, { project, model }), [])
  await registry.moveAlias({ ...alias, expected: null, to: 1, remedy: 'remedy-1' })
  const report = await replay(database.db, registry.projections)
  assert.deepEqual(report.differed, [])
  assert.deepEqual(await registry.readAlias(database.db, alias), 1)
})

test('a loaded version predicts single rows as it does batches, and carries its reference', async () => {
  await trainVersion()
  const version = await registry.load({ project, model, version: 1 })
  const all = await predictBatch(version, batch)
  const input = new Float32Array(version.width)
  for (const row of [0, 17, 599]) {
    const cells = Object.entries(batch.columns).map(([name, { values }]) => {
      const value = values[row]!
      return [name, Number.isNaN(value) ? null : value] as const
    })
    version.encodeRow(Object.fromEntries(cells), input, 0)
    assert.deepEqual([...(await version.predict(input, 1))], [...all.subarray(row * 2, row * 2 + 2)])
  }
  assert.equal(version.reference.rows, 600)
  await version.release()
})

test('a version trained with a function is served only where the function is declared', async () => {
  const far = rowTransform(['distance'], 'numeric', (row) => Number(Number(row['distance']) > 50), { version: 1 })
  const view = defineFeatureView({ ...parcelView, name: 'far', features: { far } })
  recipe = { ...parcelRecipe(), view }
  await trainVersion()
  await assert.rejects(registry.load({ project, model, version: 1 }), {
    code: 'FEATURES_VIEW_UNKNOWN',
    message: /feature far of view far is a function/,
  })
  const blobs = createDirectoryBlobs(path.join(database.dataDir, 'blobs'))
  const declared = createRegistry({ db: database.db, journal, blobs, clock, views: [view] })
  await (await declared.load({ project, model, version: 1 })).release()
})

test('two versions differ in what was changed, by name', async () => {
  await trainVersion()
  recipe = parcelRecipe({ maxDepth: 2 })
  await trainVersion()
  const [current, reference] = await registry.listVersions(database.db, { project, model })
  const differences = diffVersions(reference!, current!)
  const named = differences.map((difference) => difference.what)
  assert.ok(named.includes('artifact') && named.includes('lineage.run') && named.includes('metrics.logLoss.value'))
  assert.deepEqual(
    differences.find((difference) => difference.what === 'lineage.parameters.maxDepth'),
    { what: 'lineage.parameters.maxDepth', reference: '3', current: '2' },
  )
  assert.ok(!named.some((name) => name.startsWith('inputs') || name.startsWith('encoding')), named.join())
  assert.deepEqual(diffVersions(current!, current!), [])
})

test('an unknown version is refused by name', async () => {
  await assert.rejects(registry.readVersion(database.db, { project, model: 'nobody', version: 4 }), {
    code: 'REGISTRY_VERSION_UNKNOWN',
    message: /nobody has no version 4/,
  })
})
