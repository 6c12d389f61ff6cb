import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { encodeProfile } from '@evenkeel/stats'
import { createAlerting } from '../alerting/index.ts'
import { createVirtualClock, DAY_MS } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { type AnyEvent, createJournal, type NewEvent, readJournal, replay } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import type { CaseFile } from './case.ts'
import { createDiagnosis } from './index.ts'
import { createCase, hitColumn, ONSET } from './testing.ts'

const kilometres = hitColumn('distance', 1, (value) => value * 1.609344)

describe('the step that investigates', () => {
  let opened: TestDatabase
  const clock = createVirtualClock(ONSET + 2 * DAY_MS)
  const scene = createCase({ seed: 'step', daysAfter: 2, fault: kilometres })
  const diagnosis = createDiagnosis({
    clock,
    readReference: async (_, { version }) => ({ ...scene.reference, version }),
  })
  const projections = [...createAlerting().projections, ...diagnosis.projections]
  const journal = createJournal({ clock, projections })
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  async function say(...events: NewEvent[]): Promise<AnyEvent[]> {
    await opened.db.transaction((tx) => journal.append(tx, null, events))
    const flow = FLOW.filter(({ step }) => step === 'diagnosis.investigate')
    const onFailure = ({ error }: { error: unknown }) => assert.fail(String(error))
    await createRunner({ db: opened.db, journal, clock, flow, steps: diagnosis.steps, onFailure }).settle()
    return readJournal(opened.db, { types: ['diagnosis.concluded'], subject: String(events[0]?.subject), limit: 100 })
  }

  /** Traffic as serving leaves it behind. */
  async function record(model: string, file: CaseFile, version: number, role: string): Promise<void> {
    for (const { at, source, profile } of file.traffic)
      await opened.db.query(
        `insert into serving_profiles (project, model, version, role, source, bucket, spool, rows, profile, received_at)
         values ('default', $1, $2, $3, $4, $5, 's', $6, $7, $5)`,
        [model, version, role, source, new Date(at), profile.rows, Buffer.from(encodeProfile(profile))],
      )
  }

  const event = (model: string, type: NewEvent['type'], data: object) =>
    ({ type, project: 'default', subject: model, data: { model, ...data } }) as NewEvent
  const alert = (model: string, monitor: string, version = 1) => ({
    alert: `${model}/${monitor}`,
    monitor,
    version,
    window: 'w',
    from: ONSET,
    until: ONSET + DAY_MS,
    reason: monitor,
    severity: 'warning',
    incident: model,
  })
  const fires = (model: string, monitors: readonly string[], version = 1): NewEvent[] => [
    ...monitors.map((monitor) => event(model, 'alert.pending', { ...alert(model, monitor, version), incident: null })),
    event(model, 'incident.opened', {
      incident: model,
      title: 'trouble',
      alerts: monitors.map((monitor) => `${model}/${monitor}`),
      onset: ONSET,
    }),
    ...monitors.map((monitor) => event(model, 'alert.fired', alert(model, monitor, version))),
  ]

  test('alerts that fired together get one diagnosis, and one that joins later another', async () => {
    await record('unit', scene, 1, 'champion')
    const [only, ...more] = await say(...fires('unit', ['drift:distance', 'prediction']))
    assert.equal(more.length, 0)
    assert.equal(only?.type, 'diagnosis.concluded')
    assert.partialDeepStrictEqual(only?.data, {
      incident: 'unit',
      verdict: 'cause-found',
      causes: [{ type: 'unit-change', features: ['distance'], parameters: { sources: ['feed'] } }],
    })
    const late = alert('unit', 'performance')
    const again = await say(
      event('unit', 'alert.pending', { ...late, incident: null }),
      event('unit', 'alert.fired', late),
      event('unit', 'incident.joined', { incident: 'unit', alert: late.alert }),
    )
    assert.equal(again.length, 2)
  })

  test('a version without traffic of its own before the onset is held against the one it took over from', async () => {
    const calm = createCase({ seed: 'calm', daysAfter: 2 })
    await record('pushed', calm, 1, 'champion')
    await record('pushed', { ...calm, traffic: calm.traffic.filter(({ at }) => at >= ONSET) }, 2, 'champion')
    const score = async (at: number, version: number, decile: number) =>
      opened.db.query(
        `insert into serving_outcomes (project, model, version, role, source, bucket, decile, rows, received_at)
         values ('default', 'pushed', $1, 'champion', 'feed', $2, $3, 800, $2)`,
        [version, new Date(at), decile],
      )
    await opened.db.query(
      `insert into serving_versions (project, model, version, task, classes, columns)
       select 'default', 'pushed', version, 'binary', '{no,yes}', '{distance}' from generate_series(1, 2) version`,
    )
    for (let day = -7; day < 2; day++)
      for (const decile of [1, 2]) await score(ONSET + day * DAY_MS, day < 0 ? 1 : 2, day < 0 ? decile : decile + 5)
    clock.moveTo(clock.now() + 1)
    const moved = { alias: 'champion', from: 1, to: 2, by: 'ann', reason: 'by hand', remedy: null }
    await opened.db.transaction((tx) =>
      tx.query(
        `insert into journal (project, type, subject, at, data) values ('default', 'alias.moved', 'pushed', $1, $2)`,
        [new Date(ONSET), JSON.stringify({ model: 'pushed', ...moved })],
      ),
    )
    const [concluded] = await say(...fires('pushed', ['version:score'], 2))
    assert.partialDeepStrictEqual(concluded?.data, {
      version: 2,
      causes: [{ type: 'bad-version', parameters: { version: 2, previous: 1 } }],
    })
  })

  test('an alert whose incident is closed wakes nobody', async () => {
    const events = fires('closed', ['drift:distance'])
    assert.deepEqual(
      await say(...events, event('closed', 'incident.closed', { incident: 'closed', outcome: 'recovered' })),
      [],
    )
  })

  test('the last conclusions are what the journal says', async () => {
    assert.deepEqual((await replay(opened.db, diagnosis.projections)).differed, [])
  })
})
