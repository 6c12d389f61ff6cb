import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import { type AnyEvent, type EventType, type NewEvent, replay } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { type Bench, causeOf, createBench, START, speak } from './testing.ts'

/** A text of an event that must be there. */
function field(event: AnyEvent | undefined, name: string): string {
  const value = (event?.data as Readonly<Record<string, unknown>> | undefined)?.[name]
  assert.equal(typeof value, 'string')
  return String(value)
}

describe('remedies', () => {
  let opened: TestDatabase
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  /** A project of its own for each test, so that none sees another's plans. */
  async function bench(name: string, policy = {}): Promise<Bench & { readonly project: string }> {
    await opened.db.query('insert into projects (id, created_at) values ($1, now())', [name])
    return { ...createBench(opened.db, name, policy), project: name }
  }
  const tail = async (b: Bench, count: number): Promise<EventType[]> => (await b.types()).slice(-count)
  const trouble = (
    model: ReturnType<typeof speak>,
    monitors: readonly string[],
    cause: Parameters<typeof causeOf>,
  ): NewEvent[] => [...model.opened('i1', monitors, START - DAY_MS), model.concluded('i1', [causeOf(...cause)])]

  test('a unit change quarantines the feature of its source from the onset, until the raw monitor is well again', async () => {
    const b = await bench('unit')
    const model = speak('unit', 'm')
    await b.say(...trouble(model, ['drift:distance', 'performance'], ['unit-change']))
    assert.deepEqual(await tail(b, 3), ['plan.approved', 'remedy.started', 'feature.quarantined'])
    const [quarantined] = await b.events('feature.quarantined')
    assert.partialDeepStrictEqual(quarantined?.data, {
      source: 'feed',
      feature: 'distance',
      from: START - DAY_MS,
      by: 'policy',
    })
    await b.wait(DAY_MS)
    await b.say(model.found('drift:distance', 'shifted', b.clock.now()))
    assert.equal((await b.events('feature.released')).length, 0)
    const recovered = b.clock.now() + DAY_MS
    await b.say(model.resolved('i1', 'drift:distance', recovered))
    assert.deepEqual(await tail(b, 2), ['remedy.succeeded', 'feature.released'])
    const [released] = await b.events('feature.released')
    assert.partialDeepStrictEqual(released?.data, {
      until: recovered,
      remedy: field(quarantined, 'remedy'),
    })
  })

  test('a quarantine outlives its deadline while the fault goes on, and calls a person', async () => {
    const b = await bench('long')
    const model = speak('long', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['unit-change']))
    await b.say(model.found('drift:distance', 'shifted', START))
    await b.wait(15 * DAY_MS)
    await b.wait(DAY_MS)
    assert.equal((await b.events('remedy.overdue')).length, 1)
    assert.equal((await b.events('remedy.reverted')).length, 0)
  })

  test('a quarantine after which a model gets worse that was well before is reverted, and not repeated', async () => {
    const b = await bench('harm')
    const model = speak('harm', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['unit-change']))
    await b.say(model.found('performance', 'steady', START - DAY_MS))
    await b.say(model.found('performance', 'shifted', START + DAY_MS))
    assert.deepEqual(await tail(b, 2), ['remedy.reverted', 'feature.released'])
    await b.say(...model.opened('i2', ['drift:distance'], START), model.concluded('i2', [causeOf('unit-change')]))
    await b.wait(3 * DAY_MS)
    const [refused] = await b.events('plan.refused')
    assert.equal(field(refused, 'why'), 'recently-reverted')
    assert.equal((await b.events('remedy.started')).length, 1)
  })

  test('a renamed category waits for a person with its mapping, and is repaired when they approve', async () => {
    const b = await bench('rename')
    const model = speak('rename', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['category-renamed']))
    const [plan] = await b.remediation.readPlans(opened.db, { project: 'rename', limit: 10 })
    assert.equal(plan?.state, 'awaiting')
    const decision = {
      project: 'rename',
      plan: plan!.id,
      decision: 'approved' as const,
      reason: 'checked with the source',
    }
    await assert.rejects(b.remediation.decidePlan({ ...decision, by: 'policy' }), { code: 'PLAN_SELF_APPROVAL' })
    await b.remediation.decidePlan({ ...decision, by: 'ann' })
    await b.settle()
    assert.deepEqual(await tail(b, 3), ['plan.decided', 'remedy.started', 'feature.repaired'])
    const [repaired] = await b.events('feature.repaired')
    assert.partialDeepStrictEqual(repaired?.data, { repair: { kind: 'map', mapping: { atl: 'ATL', ord: 'ORD' } } })
    await assert.rejects(b.remediation.decidePlan({ ...decision, by: 'ann' }), { code: 'PLAN_NOT_AWAITING' })
  })

  test('a plan that awaits a person lapses when its incident closes', async () => {
    const b = await bench('lapse')
    const model = speak('lapse', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['category-renamed']))
    await b.say(model.closed('i1'))
    const [plan] = await b.remediation.readPlans(opened.db, { project: 'lapse', limit: 10 })
    assert.equal(plan?.state, 'lapsed')
    const decision = { project: 'lapse', plan: plan!.id, decision: 'approved' as const, by: 'ann', reason: 'late' }
    await assert.rejects(b.remediation.decidePlan(decision), { code: 'PLAN_NOT_AWAITING' })
  })

  test('a bad version is rolled back, and two steady windows of the version before it confirm that', async () => {
    const b = await bench('bad')
    const model = speak('bad', 'm')
    await b.say(model.championIs(2), ...trouble(model, ['performance'], ['bad-version']))
    assert.deepEqual(await tail(b, 3), ['plan.approved', 'remedy.started', 'alias.moved'])
    await b.say(model.found('performance', 'steady', START + DAY_MS, 1))
    assert.equal((await b.events('remedy.succeeded')).length, 0)
    await b.say(model.found('performance', 'steady', START + 2 * DAY_MS, 1))
    assert.deepEqual(await tail(b, 1), ['remedy.succeeded'])
  })

  test('a rollback that the monitor condemns is undone in time; one it says nothing of is not', async () => {
    for (const verdict of ['shifted', 'unknown'] as const) {
      const b = await bench(`condemned-${verdict}`)
      const model = speak(b.project, 'm')
      await b.say(model.championIs(2), ...trouble(model, ['performance'], ['bad-version']))
      await b.say(model.found('performance', verdict, START + DAY_MS, 1))
      await b.wait(4 * DAY_MS)
      const end = verdict === 'shifted' ? ['remedy.overdue', 'remedy.reverted', 'alias.moved'] : ['remedy.overdue']
      assert.deepEqual((await b.types()).slice(-end.length), end)
    }
  })

  test('a rollback whose champion has moved on is dropped', async () => {
    const b = await bench('overtaken')
    const model = speak('overtaken', 'm')
    await b.say(model.championIs(3), ...trouble(model, ['performance'], ['bad-version']))
    const [plan] = await b.remediation.readPlans(opened.db, { project: 'overtaken', limit: 10 })
    assert.equal(plan?.state, 'lapsed')
    await b.wait(DAY_MS)
    assert.equal((await b.events('plan.refused')).length, 1)
  })

  test('a changed concept asks for a run; when its challenger does not win, the remedy is reverted', async () => {
    const b = await bench('concept')
    const model = speak('concept', 'm')
    await b.say(...trouble(model, ['performance'], ['concept-change']))
    assert.deepEqual(await tail(b, 3), ['plan.approved', 'remedy.started', 'run.requested'])
    const [requested] = await b.events('run.requested')
    assert.partialDeepStrictEqual(requested?.data, { parent: 1, from: null, until: START })
    await b.say(
      model.event('run.failed', {
        model: 'm',
        run: field(requested, 'run'),
        error: 'too few rows',
        remedy: field(requested, 'remedy'),
      }),
    )
    assert.deepEqual(await tail(b, 1), ['remedy.reverted'])
  })

  test('a shift of the population is noted when the model is no worse for it, and answered by a run when it is', async () => {
    const b = await bench('season')
    const model = speak('season', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['population-shift', { evidence: { harm: 'unharmed' } }]))
    assert.deepEqual(await tail(b, 1), ['plan.approved'])
    const [plan] = await b.remediation.readPlans(opened.db, { project: 'season', limit: 10 })
    assert.deepEqual([plan?.act.action, plan?.state], ['notify', 'noted'])
    await b.say(model.concluded('i1', [causeOf('population-shift', { evidence: { harm: 'harmed' } })]))
    assert.deepEqual(await tail(b, 2), ['remedy.started', 'run.requested'])
  })

  test('no run is requested while a fault of the data is open; the plan is taken up when it ends', async () => {
    const b = await bench('blocked', { cooldownMs: 0 })
    const model = speak('blocked', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['category-renamed']))
    await b.say(...model.opened('i2', ['performance'], START), model.concluded('i2', [causeOf('concept-change')]))
    await b.wait(HOUR_MS)
    assert.equal((await b.events('run.requested')).length, 0)
    assert.equal((await b.events('plan.refused')).length, 1)
    await b.say(model.resolved('i1', 'drift:distance', START), model.closed('i1'))
    assert.deepEqual(await tail(b, 3), ['plan.approved', 'remedy.started', 'run.requested'])
  })

  test('a doubtful cause calls for a person and changes nothing', async () => {
    const b = await bench('doubt')
    const model = speak('doubt', 'm')
    await b.say(...trouble(model, ['drift:distance'], ['unit-change', { probability: 0.6 }]))
    const [plan] = await b.remediation.readPlans(opened.db, { project: 'doubt', limit: 10 })
    assert.deepEqual([plan?.act.action, plan?.state], ['hold', 'awaiting'])
  })

  test('the kill switch stops what was approved before it, and lets it go on when it is thrown back', async () => {
    const b = await bench('switch')
    const model = speak('switch', 'm')
    const thrown = { project: 'switch', by: 'ann', reason: 'release week' }
    await b.remediation.throwSwitch({ ...thrown, automation: 'off' })
    await b.say(...trouble(model, ['drift:distance'], ['unit-change']))
    assert.deepEqual(await tail(b, 1), ['plan.refused'])
    await b.wait(HOUR_MS)
    assert.deepEqual(await b.events('remedy.started'), [])
    await b.remediation.throwSwitch({ ...thrown, automation: 'on' })
    await b.wait(HOUR_MS)
    assert.deepEqual(await tail(b, 2), ['remedy.started', 'feature.quarantined'])
  })

  test('the tables are what the journal says', async () => {
    const { remediation } = createBench(opened.db, 'default')
    assert.deepEqual((await replay(opened.db, remediation.projections)).differed, [])
  })
})
