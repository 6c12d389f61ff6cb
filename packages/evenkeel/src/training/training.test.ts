import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import { category, column, defineFeatureView } from '../features/index.ts'
import type { Batch } from '../ingest/index.ts'
import { type AnyEvent, createDirectoryBlobs, createJournal, type JobRequest, readJournal } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { checkGraph, createTraining, decodeReference, openMatrixGraph, SCORE_COLUMN } from './index.ts'
import { learnModel } from './learn.ts'
import { prepareTask } from './prepare.ts'
import type { Recipe, TrainingRows } from './service.ts'
import { drawParcels, parcelRecipe, rowsOf } from './testing.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.close())

const learn = async (recipe: Recipe, batch: Batch) => learnModel(await prepareTask('parcels', recipe, batch, () => {}))

/** A training with its step and jobs, driven by hand. */
function openTraining(recipe: Recipe | null, rows: TrainingRows) {
  const { db, dataDir } = database
  const requests: JobRequest[] = []
  const blobs = createDirectoryBlobs(path.join(dataDir, 'blobs'))
  const clock = createVirtualClock(Date.UTC(2024, 2, 1))
  const training = createTraining({
    db,
    journal: createJournal({ clock, projections: [] }),
    blobs,
    clock,
    jobs: { enqueue: async (_, request) => void requests.push(request) },
    rows,
    recipeOf: async () => recipe,
  })
  const step = async (run: string) => {
    const event = await findEvent(run, 'run.requested')
    await db.transaction((tx) => training.steps[0]!.run(tx, event!))
  }
  const work = async () => {
    for (const { queue, data } of requests) await training.jobs.train({ id: 'job', queue, data })
  }
  const request = async () => {
    const run = await training.requestRun({ project: 'default', model: 'parcels', reason: 'a test' })
    await step(run)
    return run
  }
  return { training, blobs, request, step, work }
}

async function findEvent(run: string, ...types: AnyEvent['type'][]): Promise<AnyEvent | undefined> {
  return (await eventsOf(run)).find((event) => types.includes(event.type))
}

async function eventsOf(run: string): Promise<AnyEvent[]> {
  const types = ['run.requested', 'run.finished', 'run.failed'] as const
  const events = await readJournal(database.db, { types, limit: 1_000 })
  return events.filter((event) => 'run' in event.data && event.data.run === run)
}

async function failureOf(recipe: Recipe | null, batch: Batch, excluded = 0): Promise<string> {
  const { training, request, work } = openTraining(recipe, rowsOf(batch, excluded))
  const run = await request()
  await work()
  const record = await training.readRun(database.db, { project: 'default', run })
  const event = await findEvent(run, 'run.failed')
  assert.equal(record?.state, 'failed')
  assert.equal(event?.type === 'run.failed' && event.data.error, record?.error)
  return record?.error ?? ''
}

test('a run reads, learns in a thread, checks its graph, and ends in one event with all a version needs', async () => {
  const { training, blobs, request, work } = openTraining(
    parcelRecipe(),
    rowsOf(drawParcels({ rows: 3_000, seed: 5 }), 7),
  )
  const run = await request()
  await work()
  await work()
  const record = await training.readRun(database.db, { project: 'default', run })
  assert.equal(record?.state, 'finished', record?.error ?? '')
  const events = await eventsOf(run)
  assert.deepEqual(
    events.map(({ type, cause }) => [type, cause]),
    [
      ['run.requested', null],
      ['run.finished', events[0]!.id],
    ],
  )
  const { facts, log } = record!
  assert.deepEqual(facts?.classes, ['false', 'true'])
  assert.deepEqual(
    facts?.inputs.columns.map(({ name, role }) => [name, role]),
    [
      ['distance', 'feature'],
      ['depot', 'feature'],
      ['at', 'time'],
      ['driver', 'entity'],
    ],
  )
  const auc = facts!.metrics['rocAuc']!
  assert.ok(auc.low > 0.7 && auc.low < auc.value && auc.value < auc.high && auc.rows === 600)
  assert.deepEqual([facts!.lineage!.rows, facts!.lineage!.run], [3_000, run])
  assert.ok(
    log.some((line) => /2100 rows to fit, 300 to validate, 600 held out, by time/.test(line)),
    log.join('\n'),
  )
  assert.ok(log.some((line) => line === '3000 rows read, 7 left out'))
  const reference = decodeReference(await blobs.get(facts!.reference))
  assert.deepEqual(reference.inputs, ['distance', 'depot'])
  assert.deepEqual(Object.keys(reference.profile.columns).slice(0, 3), ['distance', 'depot', SCORE_COLUMN])
  assert.ok(Math.abs(reference.loss!.value - facts!.metrics['logLoss']!.value) < 1e-12)
  const sums = reference.days.reduce((sum, day) => sum + day.lossSum, 0)
  assert.ok(Math.abs(sums / 600 - reference.loss!.value) < 1e-9, 'the days add up to the mean loss')
  await (await openMatrixGraph(await blobs.get(facts!.artifact))).release()
})

test('a run cut off by a kill is taken up again and ends once', async () => {
  const { training, request, step, work } = openTraining(parcelRecipe(), rowsOf(drawParcels({ rows: 500, seed: 2 })))
  const run = await request()
  await step(run)
  await database.db.query("update runs set state = 'running', attempts = 1 where run = $1", [run])
  await work()
  assert.equal((await training.readRun(database.db, { project: 'default', run }))?.attempts, 2)
  assert.equal((await eventsOf(run)).length, 2)
})

test('the same seed and rows give the same bytes, another seed another draw', async () => {
  const batch = drawParcels({ rows: 800, seed: 3 })
  const recipe = parcelRecipe()
  const first = await learn(recipe, batch)
  const again = await learn(recipe, batch)
  assert.deepEqual(first, again)
  const { at: _, ...columns } = batch.columns
  const timeless = { ...recipe, view: defineFeatureView({ name: 't', features: { distance: column('distance') } }) }
  const drawn = async (seed: number) =>
    (await learn({ ...timeless, settings: { ...recipe.settings, seed } }, { rows: 800, columns })).probe.inputs
  assert.deepEqual(await drawn(1), await drawn(1))
  assert.notDeepEqual(await drawn(1), await drawn(2))
})

test('rows of the held-out span never reach the model: changing their labels changes the figures and nothing else', async () => {
  const batch = drawParcels({ rows: 1_000, seed: 4 })
  const { late } = batch.columns
  assert.ok(late?.kind === 'string')
  const flipped = late.values.map((label, row) => (row < 800 ? label : label === 'true' ? 'false' : 'true'))
  const first = await learn(parcelRecipe(), batch)
  const other = await learn(parcelRecipe(), {
    ...batch,
    columns: { ...batch.columns, late: { ...late, values: flipped } },
  })
  assert.deepEqual(first.graph, other.graph)
  assert.deepEqual(first.categories, other.categories)
  assert.ok(other.metrics['rocAuc']!.value < 0.4 && first.metrics['rocAuc']!.value > 0.7)
})

for (const learner of ['boosted-trees', 'linear'] as const) {
  test(`a ${learner} regression is measured in the label's unit and agrees with its graph`, async () => {
    const recipe: Recipe = { ...parcelRecipe({ learner }), label: 'minutes', task: 'regression' }
    const trained = await learn(recipe, drawParcels({ rows: 1_500, seed: 6 }))
    assert.equal(trained.classes, null)
    assert.ok(trained.metrics['r2']!.value > 0.8, JSON.stringify(trained.metrics['r2']))
    await checkGraph(trained.graph, trained.probe)
  })

  test(`a ${learner} model of several classes knows them by name and agrees with its graph`, async () => {
    const view = defineFeatureView({
      name: 'depots',
      time: 'at',
      features: { distance: column('distance'), minutes: column('minutes'), late: category('late') },
    })
    const schema = {
      columns: parcelRecipe().schema.columns.map((found) => ({ ...found, role: 'feature' as const })),
    }
    const recipe: Recipe = { ...parcelRecipe({ learner }), view, schema, label: 'depot', task: 'multiclass' }
    const trained = await learn(recipe, drawParcels({ rows: 1_500, seed: 6 }))
    assert.deepEqual(trained.classes, ['harbour', 'north', 'south'])
    await checkGraph(trained.graph, trained.probe)
  })
}

test('calibration is in the graph, and only a binary model has any', async () => {
  const recipe = parcelRecipe({ calibration: 'platt' })
  const batch = drawParcels({ rows: 1_500, seed: 6 })
  const trained = await learn(recipe, batch)
  await checkGraph(trained.graph, trained.probe)
  const numbers: Recipe = { ...recipe, label: 'minutes', task: 'regression' }
  await assert.rejects(learn(numbers, batch), { code: 'TRAINING_CANNOT_CALIBRATE' })
})

test('a graph that does not say what its learner says is refused with the row', async () => {
  const { graph, probe } = await learn(parcelRecipe(), drawParcels({ rows: 500, seed: 6 }))
  const expected = probe.expected.with(7, probe.expected[7]! + 2e-5)
  await assert.rejects(checkGraph(graph, { ...probe, expected }), { code: 'TRAINING_GRAPH_DIFFERS', message: /row 3:/ })
})

test('a graph of large terms that cancel out is not refused for the rounding of a small sum', async () => {
  const batch = drawParcels({ rows: 3_000, seed: 6 })
  const { minutes } = batch.columns
  assert.ok(minutes?.kind === 'numeric')
  const scaled = { ...minutes, values: minutes.values.map((value) => value * 1e4) }
  const recipe: Recipe = { ...parcelRecipe({ trees: 200, maxDepth: 6 }), label: 'minutes', task: 'regression' }
  const trained = await learn(recipe, { ...batch, columns: { ...batch.columns, minutes: scaled } })
  await checkGraph(trained.graph, trained.probe)
})

test('a training that takes too long is stopped, and says what to do', async () => {
  const batch = drawParcels({ rows: 3_000, seed: 6 })
  assert.match(await failureOf(parcelRecipe({ timeLimitMs: 1 }), batch), /took longer than .*fewer rows or trees/)
})

test('what is not the fault of the rows is tried again before the run fails', async () => {
  const broken: TrainingRows = { read: () => Promise.reject(new Error('the disk is away')) }
  const { training, request, work } = openTraining(parcelRecipe(), broken)
  const run = await request()
  for (let attempt = 1; attempt < 3; attempt++) {
    await assert.rejects(work(), /disk is away/)
    assert.equal((await training.readRun(database.db, { project: 'default', run }))?.state, 'running')
  }
  await work()
  const record = await training.readRun(database.db, { project: 'default', run })
  assert.deepEqual([record?.state, record?.attempts, record?.error], ['failed', 3, 'the disk is away'])
  assert.equal((await eventsOf(run)).length, 2)
})

test('what the rows lack is said with what to do, and fails the run once', async () => {
  const batch = drawParcels({ rows: 500, seed: 8 })
  const withLabel = (values: readonly (string | null)[]): Batch => ({
    ...batch,
    columns: { ...batch.columns, late: { kind: 'string', values, invalid: [] } },
  })
  const none = new Array<null>(500).fill(null)
  assert.match(await failureOf(parcelRecipe(), { ...batch, rows: 0 }, 40), /no rows.*40 were left out.*not yet mature/)
  assert.match(await failureOf(parcelRecipe(), withLabel(none)), /none of 500 rows has label late/)
  assert.match(await failureOf(parcelRecipe(), withLabel(none.map(() => 'false'))), /only class false.*widen/)
  assert.match(await failureOf(parcelRecipe({ minRows: 501 }), batch), /found 500 rows .* at least 501/)
  assert.match(await failureOf({ ...parcelRecipe(), label: 'driver' }, batch), /driver holds 40 classes.*multiclass/)
  assert.match(await failureOf({ ...parcelRecipe(), label: 'distance' }, batch), /feature distance .* reads the label/)
  assert.match(await failureOf(null, batch), /add it to models in the configuration/)
  const early = withLabel(none.map((_, row) => String(row > 450)))
  assert.match(await failureOf(parcelRecipe(), early), /only class 0/)
})
