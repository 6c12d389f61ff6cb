import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createVirtualClock, DAY_MS } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { findingsProjection } from '../monitoring/index.ts'
import { createJournal, type FindingSummary, readJournal, replay } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { createAlerting, healthOf, readAlerts, readIncidents } from './index.ts'

const START = Date.UTC(2001, 1, 1)
type Word = 'steady' | 'shifted' | 'large' | 'unknown'

function finding(monitor: string, word: Word): FindingSummary {
  const verdict = word === 'large' ? 'shifted' : word
  const values = { steady: 0.01, shifted: 0.12, large: 1, unknown: null }
  const threshold = word === 'unknown' ? null : 0.1
  return { monitor, verdict, reason: `${monitor} ${word}`, statistic: 'psi', value: values[word], threshold, rows: 500 }
}

describe('alerts', () => {
  let opened: TestDatabase
  const clock = createVirtualClock(START)
  const alerting = createAlerting()
  const projections = [findingsProjection, ...alerting.projections]
  const journal = createJournal({ clock, projections })
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  /** Records one day's findings of a model and lets alerting answer. */
  async function day(
    model: string,
    number: number,
    words: Readonly<Record<string, Word>>,
    { version = 1, role = 'champion' as 'champion' | 'challenger' } = {},
  ) {
    const from = START + number * DAY_MS
    const findings = Object.entries(words).map(([monitor, word]) => finding(monitor, word))
    const span = { window: `${number}/data`, kind: 'data', from, until: from + DAY_MS } as const
    const data = { model, version, role, ...span, findings }
    await opened.db.transaction((tx) =>
      journal.append(tx, null, [{ type: 'findings.recorded', project: 'default', subject: model, data }]),
    )
    const { steps } = alerting
    const flow = FLOW.filter((line) => line.step === 'alerting.evaluate')
    await createRunner({ db: opened.db, journal, clock, flow, steps }).settle()
  }
  const history = async (model: string) =>
    (await readJournal(opened.db, { subject: model, limit: 1000 }))
      .map((event) => event.type)
      .filter((type) => type !== 'findings.recorded')
  const key = (model: string) => ({ project: 'default', model, limit: 100 })

  test('a shift is pending, fires when it holds, and resolves after two steady windows', async () => {
    const words: Word[] = ['steady', 'shifted', 'shifted', 'steady', 'shifted', 'steady', 'steady']
    for (const [number, word] of words.entries()) await day('held', number, { 'drift:x': word })
    assert.deepEqual(await history('held'), [
      'alert.pending',
      'incident.opened',
      'alert.fired',
      'alert.resolved',
      'incident.closed',
    ])
    const [alert] = await readAlerts(opened.db, key('held'))
    assert.equal(alert?.state, 'resolved')
    assert.equal(alert?.onset, START + DAY_MS)
  })

  test('a single shifted window is cleared and opens no incident', async () => {
    const words: Word[] = ['shifted', 'steady', 'steady', 'steady']
    for (const [number, word] of words.entries()) await day('blip', number, { 'drift:x': word })
    assert.deepEqual(await history('blip'), ['alert.pending', 'alert.cleared'])
  })

  test('months without an answer resolve nothing', async () => {
    await day('dark', 0, { 'drift:x': 'large' })
    for (let number = 1; number < 40; number++) await day('dark', number, { 'drift:x': 'unknown' })
    assert.deepEqual(await history('dark'), ['incident.opened', 'alert.fired'])
    assert.equal((await healthOf(opened.db, key('dark'))).health, 'firing')
  })

  test('one broken column is one incident with all its alerts, and what follows from it joins', async () => {
    await day('column', 0, { 'drift:x': 'large', 'quality:x': 'large', 'drift:y': 'steady', performance: 'steady' })
    await day('column', 1, { 'drift:x': 'large', 'quality:x': 'large', 'drift:y': 'steady', performance: 'steady' })
    for (let number = 2; number < 8; number++)
      await day('column', number, {
        'drift:x': 'large',
        'quality:x': 'large',
        'drift:y': 'steady',
        performance: 'steady',
      })
    await day('column', 8, { 'drift:x': 'large', 'quality:x': 'large', 'drift:y': 'steady', performance: 'large' })
    const incidents = await readIncidents(opened.db, key('column'))
    assert.equal(incidents.length, 1)
    assert.equal(incidents[0]?.alerts.length, 3)
    assert.equal(incidents[0]?.title, 'drift of x and 1 more')
    await day('column', 9, { 'drift:x': 'large', 'quality:x': 'large', 'drift:y': 'large', performance: 'large' })
    assert.equal((await readIncidents(opened.db, { ...key('column'), open: true })).length, 2)
  })

  test('a challenger alerts nobody, and neither does a changed base rate', async () => {
    await day('quiet', 0, { 'drift:x': 'large' }, { version: 2, role: 'challenger' })
    await day('quiet', 0, { prior: 'large' })
    assert.deepEqual(await history('quiet'), [])
  })

  test('an older window that is judged late does not overrule a newer one', async () => {
    await day('late', 0, { performance: 'steady' })
    await day('late', 2, { performance: 'large' })
    await day('late', 1, { performance: 'steady' })
    assert.equal((await healthOf(opened.db, key('late'))).health, 'firing')
  })

  test('a version that is champion no longer has nothing left to answer for', async () => {
    await day('version', 0, { 'drift:x': 'steady', 'version:score': 'large' }, { version: 2 })
    await day('version', 1, { 'drift:x': 'steady' }, { version: 1 })
    assert.deepEqual(await history('version'), ['incident.opened', 'alert.fired', 'alert.resolved', 'incident.closed'])
  })

  test('a model of which nothing is known is not healthy', async () => {
    assert.equal((await healthOf(opened.db, key('stranger'))).health, 'unknown')
    await day('unjudged', 0, { 'drift:x': 'unknown', prediction: 'unknown' })
    assert.equal((await healthOf(opened.db, key('unjudged'))).health, 'unknown')
    await day('judged', 0, { 'drift:x': 'steady', prediction: 'unknown' })
    assert.equal((await healthOf(opened.db, key('judged'))).health, 'steady')
  })

  test('alerts and incidents are a fold of the journal', async () => {
    assert.deepEqual((await replay(opened.db, projections)).differed, [])
  })
})
