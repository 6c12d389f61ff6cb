import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createVirtualClock } from '../clock.ts'
import { isEvenkeelError } from '../error.ts'
import { createJournal, type NewEvent, readJournal, type Step } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { createRunner, type FlowLine, readStuck, type StepFailure } from './index.ts'

const clock = createVirtualClock(Date.UTC(2001, 0, 1))
const journal = createJournal({ clock, projections: [] })

/** A step of one test has a name of its own, so that it starts from its own cursor. */
function tickStep(name: string, run: Step['run']): { flow: FlowLine[]; steps: Step[] } {
  return {
    flow: [{ step: name, on: ['clock.ticked'], emits: ['project.created'] }],
    steps: [{ name, on: ['clock.ticked'], run }],
  }
}

const ticked = (subject: string): NewEvent => ({ type: 'clock.ticked', project: 'default', subject, data: {} })
const created = (subject: string): NewEvent => ({ type: 'project.created', project: 'default', subject, data: {} })

describe('the runner', () => {
  let test_: TestDatabase
  before(async () => {
    test_ = await openTestDatabase()
  })
  after(() => test_.close())

  const append = (...events: NewEvent[]) => test_.db.transaction((tx) => journal.append(tx, null, events))
  const answersTo = async (subject: string) =>
    (await readJournal(test_.db, { types: ['project.created'], subject, limit: 100 })).map((event) => event.cause)

  test('a step answers every event once, and its answers name that event as their cause', async () => {
    const { flow, steps } = tickStep('test.answer', async (_, event) => (event.subject === 'a' ? [created('a')] : []))
    const [first, second] = await append(ticked('a'), ticked('a'))
    const runner = createRunner({ db: test_.db, journal, clock, flow, steps })
    await runner.settle()
    await createRunner({ db: test_.db, journal, clock, flow, steps }).settle()
    assert.deepEqual(await answersTo('a'), [first?.id, second?.id])
  })

  test('two runners on one database share the events between them', async () => {
    const { flow, steps } = tickStep('test.shared', async (_, event) => (event.subject === 'b' ? [created('b')] : []))
    await append(...Array.from({ length: 20 }, () => ticked('b')))
    const runners = [1, 2].map(() => createRunner({ db: test_.db, journal, clock, flow, steps }))
    await Promise.all(runners.map((runner) => runner.settle()))
    assert.equal((await answersTo('b')).length, 20)
  })

  test('what a failing step wrote is undone, and the event is set aside after three attempts', async () => {
    const failures: StepFailure[] = []
    const { flow, steps } = tickStep('test.fails', async (tx, event) => {
      if (event.subject !== 'c') return []
      await tx.query("insert into projects (id, created_at) values ('half-done', now())")
      throw new Error('the world is not as it should be')
    })
    const [event] = await append(ticked('c'), ticked('d'))
    await createRunner({
      db: test_.db,
      journal,
      clock,
      flow,
      steps,
      onFailure: (failure) => failures.push(failure),
    }).settle()
    assert.deepEqual(
      failures.map((failure) => failure.setAside),
      [false, false, true],
    )
    assert.deepEqual(await test_.db.query("select 1 from projects where id = 'half-done'"), [])
    assert.deepEqual(
      (await readStuck(test_.db, 10)).map((stuck) => [stuck.step, stuck.event]),
      [['test.fails', event?.id]],
    )
  })

  test('a step that says what the flow does not allow does not commit', async () => {
    const failures: StepFailure[] = []
    const { steps } = tickStep('test.stray', async () => [created('e')])
    const flow: FlowLine[] = [{ step: 'test.stray', on: ['clock.ticked'], emits: [] }]
    await append(ticked('e'))
    await createRunner({
      db: test_.db,
      journal,
      clock,
      flow,
      steps,
      onFailure: (failure) => failures.push(failure),
    }).settle()
    assert.ok(failures.every((failure) => isEvenkeelError(failure.error, 'FLOW_MISMATCH')))
    assert.deepEqual(await answersTo('e'), [])
  })

  test('a step that is not in the flow, or wakes on other events, is refused at the start', () => {
    const { flow, steps } = tickStep('test.known', async () => [])
    const start = (offered: Step[]) => () => createRunner({ db: test_.db, journal, clock, flow, steps: offered })
    assert.throws(start([]), { code: 'FLOW_MISMATCH' })
    assert.throws(start([...steps, { name: 'test.stranger', on: [], run: async () => [] }]), { code: 'FLOW_MISMATCH' })
    assert.throws(start([{ name: 'test.known', on: ['batch.arrived'], run: async () => [] }]), {
      code: 'FLOW_MISMATCH',
    })
  })
})
