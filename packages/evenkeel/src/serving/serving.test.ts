import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { HOUR_MS } from '../clock.ts'
import { readOutcomes, readPairedLosses, readProfiles, readRows, readTrainingRows, sumOutcomes } from './index.ts'
import type { Prediction, PredictOutcome } from './request.ts'
import { FLIGHTS, flight, flightRegistry, openTestServing, START, type TestServing } from './testing.ts'

let world: TestServing
before(async () => {
  world = await openTestServing()
})
after(() => world.close())

const SPAN = { from: START, until: START + 24 * HOUR_MS }
const ALL = { project: 'default', model: 'flights', span: SPAN }

function predicted(outcome: PredictOutcome): readonly Prediction[] {
  assert.equal(outcome.kind, 'predicted', JSON.stringify(outcome))
  return outcome.kind === 'predicted' ? outcome.predictions : []
}

test('a prediction is answered, recorded with its raw values, profiled and journalled', async () => {
  const [prediction] = predicted(
    await world.serving.predict('default', 'flights', {
      rows: [flight(800, 'ZZ')],
      id: 'first',
      at: START + HOUR_MS,
      entity: 7,
      source: 'web',
    }),
  )
  assert.equal(prediction!.prediction, 'late')
  await world.serving.drain()
  const [row] = await readRows(world.db, { ...ALL, limit: 10 })
  assert.deepEqual(
    { id: row!.id, entity: row!.entity, source: row!.source, at: row!.at, features: row!.features, score: row!.score },
    {
      id: 'first',
      entity: '7',
      source: 'web',
      at: START + HOUR_MS,
      features: { distance: 800, stops: 0, carrier: 'ZZ', night: null },
      score: prediction!.score,
    },
  )
  const [hour] = await readProfiles(world.db, ALL)
  assert.equal(hour!.bucket, START + HOUR_MS)
  assert.deepEqual([...hour!.profile.columns['carrier']!.topUnseen], [['ZZ', 1]])
  const event = (await world.events()).find(({ type }) => type === 'predictions.logged')
  assert.deepEqual(event!.data, {
    model: 'flights',
    rows: 1,
    from: START + HOUR_MS,
    until: START + HOUR_MS + 1,
    versions: { 1: 1 },
  })
})

test('an id sent twice, in one request, later, or to another process, is recorded once and the first wins', async () => {
  const send = (distance: number) =>
    world.serving.predict('default', 'flights', { rows: [flight(distance)], id: 'twice' })
  await Promise.all([send(111), send(222)])
  await world.serving.drain()
  await send(333)
  await world.serving.drain()
  const rows = (await readRows(world.db, { ...ALL, limit: 100 })).filter(({ id }) => id === 'twice')
  assert.deepEqual(
    rows.map(({ features }) => features['distance']),
    [111],
  )
  assert.equal(world.serving.metrics().duplicatePredictions, 2)
  const profiled = (await readProfiles(world.db, ALL)).reduce((sum, { profile }) => sum + profile.rows, 0)
  assert.equal(profiled, 2)
  assert.equal(sumOutcomes(await readOutcomes(world.db, ALL)).rows, 2)
})

test('a label that comes before its prediction waits and is joined when the prediction is recorded', async () => {
  await world.serving.label('default', 'flights', [
    { id: 'early', label: 'late' },
    { id: 'never', label: 'late' },
  ])
  await world.serving.drain()
  await world.join()
  predicted(await world.serving.predict('default', 'flights', { rows: [flight()], id: 'early' }))
  await world.serving.drain()
  await world.join()
  const rows = await readRows(world.db, { ...ALL, labelled: true, limit: 10 })
  assert.deepEqual(
    rows.map(({ id, label }) => [id, label]),
    [['early', 'late']],
  )
  assert.equal((await world.db.query('select from label_arrivals')).length, 1)
})

test('a label for an entity at a time reaches every prediction made for them', async () => {
  const at = START + 3 * HOUR_MS
  predicted(await world.serving.predict('default', 'flights', { rows: [flight(100), flight(700)], at, entity: 'N123' }))
  await world.serving.label('default', 'flights', [
    { entity: 'N123', at: new Date(at).toISOString(), label: 'on time' },
  ])
  await world.serving.drain()
  await world.join()
  const rows = (await readRows(world.db, { ...ALL, limit: 100 })).filter(({ entity }) => entity === 'N123')
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['on time', 'on time'],
  )
})

test('the outcomes equal a recount from the rows after labels, repeats and corrections in any order', async () => {
  const labels = ['late', 'on time']
  for (let round = 0; round < 4; round++) {
    const rows = Array.from({ length: 50 }, (_, i) => flight((i * 37 + round * 13) % 900))
    const ids = rows.map((_, i) => `r${round}-${i}`)
    predicted(await world.serving.predict('default', 'flights', { rows, id: ids, at: START + round * HOUR_MS }))
    const label = (shift: number) =>
      world.serving.label(
        'default',
        'flights',
        ids.map((id, i) => ({ id, label: labels[((i * 7 + shift) >> 1) % 2]! })),
      )
    await label(round)
    if (round % 2 === 0) await world.serving.drain()
    await label(round + 1)
    await label(round + 1)
    await world.serving.drain()
    await world.join()
  }
  assert.deepEqual(await recount(world), await counted(world))
  const [corrections] = await world.db.query<{ sum: number }>('select sum(corrections) as sum from labels')
  assert.ok(Number(corrections!.sum) > 0)
})

test('both arms of a rollout score every row, and their losses pair on the same requests', async () => {
  world.routing = { champion: 1, challenger: 2, stage: 'canary', share: 0.3 }
  assert.deepEqual(await world.serving.refresh(), [])
  const rows = Array.from({ length: 200 }, (_, i) => flight(i * 4))
  const ids = rows.map((_, i) => `pair-${i}`)
  const at = START + 10 * HOUR_MS
  const answers = predicted(await world.serving.predict('default', 'flights', { rows, id: ids, at }))
  const canary = answers.filter(({ version }) => version === 2).length
  assert.ok(canary > 35 && canary < 85, `${canary} of 200 went to the challenger`)
  await world.serving.label(
    'default',
    'flights',
    ids.map((id, i) => ({ id, label: i > 100 ? 'late' : 'on time' })),
  )
  await world.serving.drain()
  await world.join()
  const [day] = await readPairedLosses(world.db, { ...ALL, champion: 1, challenger: 2, limit: 1_000 })
  assert.equal(day!.champion.length, 200)
  const mean = (losses: Float64Array) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  assert.ok(mean(day!.challenger) < mean(day!.champion), 'the steeper version separates these rows better')
  const span = { from: at, until: at + HOUR_MS }
  const shadow = sumOutcomes(await readOutcomes(world.db, { ...ALL, span, role: 'shadow' }))
  assert.deepEqual([shadow.rows, shadow.labelled], [200, 200])
  const profiled = await readProfiles(world.db, { ...ALL, span })
  assert.deepEqual(
    profiled.map(({ version, role, profile }) => [version, role, profile.rows]),
    [
      [1, 'champion', 200 - canary],
      [1, 'shadow', canary],
      [2, 'challenger', canary],
      [2, 'shadow', 200 - canary],
    ],
  )
  assert.deepEqual(await recount(world), await counted(world))
  world.routing = { champion: 1, challenger: null, stage: null, share: 0 }
  await world.serving.refresh()
})

test('a quarantined feature is served as missing, a repaired one repaired; what is kept is what was received', async () => {
  const decided = {
    model: 'flights',
    source: 'kiosk',
    feature: 'distance',
    from: START + 12 * HOUR_MS,
    remedy: null,
    by: 'test',
    reason: 'kilometres',
  }
  const ask = async (id: string) => {
    const at = START + 13 * HOUR_MS
    const [answer] = predicted(
      await world.serving.predict('default', 'flights', { rows: [flight(804.5)], id, source: 'kiosk', at }),
    )
    return answer!.score
  }
  const sound = await ask('sound')
  const append = (type: 'feature.quarantined' | 'feature.repaired' | 'feature.released', data: object) =>
    world.db.transaction((tx) =>
      world.journal.append(tx, null, [{ type, project: 'default', subject: 'flights', data } as never]),
    )
  await append('feature.quarantined', decided)
  await world.serving.refresh()
  assert.equal(await ask('quarantined'), 0.5)
  await append('feature.repaired', { ...decided, repair: { kind: 'scale', factor: 1.609 } })
  await world.serving.refresh()
  const repaired = await ask('repaired')
  const [straight] = predicted(await world.serving.predict('default', 'flights', { rows: [flight(500)] }))
  assert.ok(Math.abs(repaired - straight!.score) < 1e-6, 'equal to the precision of a model input')
  await append('feature.released', { ...decided, until: START + 14 * HOUR_MS })
  await world.serving.refresh()
  assert.equal(await ask('released'), sound)
  await world.serving.drain()
  const rows = (await readRows(world.db, { ...ALL, source: 'kiosk', limit: 100 })).map(
    ({ features }) => features['distance'],
  )
  assert.deepEqual(rows, [804.5, 804.5, 804.5, 804.5])
})

test('rows of a source in a span of an override do not train, and a training row has its label and its time', async () => {
  await world.serving.label('default', 'flights', [
    { id: 'sound', label: 'late' },
    { id: 'first', label: 'late' },
  ])
  await world.serving.drain()
  await world.join()
  const trained = await readTrainingRows(world.db, { ...ALL, schema: FLIGHTS, limit: 1_000 })
  const kiosk = (await readRows(world.db, { ...ALL, source: 'kiosk', labelled: true, limit: 10 })).length
  const labelled = (await world.db.query('select from labels')).length
  assert.equal(kiosk, 1)
  assert.equal(trained.rows, labelled - kiosk)
  assert.deepEqual(Object.keys(trained.columns), ['distance', 'stops', 'carrier', 'night', 'late'])
})

test('a version of another model speaks regression: losses are squared errors in one decile', async (t) => {
  const regression = await openTestServing({
    registry: flightRegistry({ task: 'regression' }),
  })
  t.after(() => regression.close())
  predicted(await regression.serving.predict('default', 'flights', { rows: [flight(300)], id: 'a' }))
  await regression.serving.label('default', 'flights', [{ id: 'a', label: 6.5 }])
  await regression.serving.drain()
  await regression.join()
  const [hour] = await readOutcomes(regression.db, ALL)
  assert.deepEqual([hour!.lossSum, hour!.errorSum, hour!.deciles.length], [6.25, 2.5, 1])
})

/** The outcomes again from the rows alone. */
function recount({ db }: TestServing) {
  return db.query(`select version, role, source, serving_bucket(at) as bucket, serving_decile(task, score) as decile, count(*) as rows,
      count(label.prediction) as labelled,
      coalesce(sum(round(serving_loss(task, classes, score, scores, label.class, label.value)::numeric, 9)), 0)::float8 as loss,
      coalesce(sum(round(serving_error(task, classes, score, arm.class, label.class, label.value)::numeric, 9)), 0)::float8 as error,
      coalesce(sum(round(serving_truth(task, classes, arm.class, label.class, label.value)::numeric, 9)), 0)::float8 as truth
    from served_arms arm left join labels label on label.prediction = arm.seq
      join serving_versions using (project, model, version)
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`)
}

function counted({ db }: TestServing) {
  return db.query(`select version, role, source, bucket, decile, rows, labelled, loss_sum::float8 as loss, error_sum::float8 as error,
      label_sum::float8 as truth
    from serving_outcomes order by 1, 2, 3, 4, 5`)
}
