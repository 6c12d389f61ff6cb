import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createVirtualClock, DAY_MS, HOUR_MS } from '../clock.ts'
import { createRunner, FLOW } from '../loop/index.ts'
import { createJournal, type Event, type NewEvent, readJournal, replay } from '../storage/index.ts'
import { openTestDatabase, type TestDatabase } from '../storage/testing.ts'
import { createMonitoring, readFindings, readMonitor } from './index.ts'
import { settleSettings } from './settings.ts'
import { createWorld, type World, type WorldRow } from './testing.ts'

const START = Date.UTC(2001, 1, 1)

/** A day of 400 rows: the label is likelier where the score is higher. */
function dayOfRows(
  seed: string,
  day: number,
  change: Partial<WorldRow> & { rows?: number; delayMs?: number } = {},
): WorldRow[] {
  const random = createRandom(seed).fork(day)
  const { rows = 400, delayMs = 12 * HOUR_MS, ...fixed } = change
  return Array.from({ length: rows }, (_, i) => {
    const x = random.normal()
    const score = 1 / (1 + Math.exp(1.4 - x))
    const at = START + day * DAY_MS + Math.floor((i * DAY_MS) / rows)
    const label = random.next() < score ? 1 : 0
    const colour = random.next() < 0.5 ? 'red' : 'blue'
    return { at, version: 1, role: 'champion', x, colour, score, label, labelAt: at + delayMs, ...fixed }
  })
}

describe('windows', () => {
  let opened: TestDatabase
  const clock = createVirtualClock(START)
  before(async () => {
    opened = await openTestDatabase()
  })
  after(() => opened.close())

  const held = Array.from({ length: 7 }, (_, day) => dayOfRows('held', day - 10, { rows: 2000 })).flat()

  function watch(model: string, world: World) {
    const monitoring = createMonitoring({
      clock,
      records: world.records,
      readReference: async () => world.reference,
      readProbation: async () => null,
    })
    const journal = createJournal({ clock, projections: monitoring.projections })
    const steps = monitoring.steps
    const flow = FLOW.filter((line) => steps.some((step) => step.name === line.step))
    const append = (...events: NewEvent[]) => opened.db.transaction((tx) => journal.append(tx, null, events))
    return {
      projections: monitoring.projections,
      async serve(rows: readonly WorldRow[]) {
        world.add(rows)
        const times = rows.map((row) => row.at)
        const [from, until] = [Math.min(...times), Math.max(...times)]
        const data = { model, rows: rows.length, from, until, versions: {} }
        await append({ type: 'predictions.logged', project: 'default', subject: model, data })
      },
      async tickAt(at: number) {
        clock.moveTo(at)
        await append({ type: 'clock.ticked', project: 'default', subject: 'clock', data: {} })
        await createRunner({ db: opened.db, journal, clock, flow, steps }).settle()
      },
      closed: async () =>
        (await readJournal(opened.db, { types: ['window.closed'], subject: model, limit: 1000 })).map(
          (event) => (event as Event<'window.closed'>).data,
        ),
      findings: () => readFindings(opened.db, { project: 'default', model, limit: 1000 }),
      monitor: (monitor: string) => readMonitor(opened.db, { project: 'default', model, monitor, limit: 100 }),
    }
  }

  test('data is judged when late rows have come, labels when they have matured, each once', async () => {
    const model = watch('punctual', createWorld(clock, held))
    await model.serve(dayOfRows('live', 0))
    await model.tickAt(START + DAY_MS)
    assert.deepEqual(await model.closed(), [])
    await model.tickAt(START + DAY_MS + HOUR_MS)
    await model.tickAt(START + DAY_MS + 2 * HOUR_MS)
    assert.deepEqual(
      (await model.closed()).map(({ kind, from, rows }) => [kind, from, rows]),
      [['data', START, 400]],
    )
    await model.tickAt(START + 3 * DAY_MS)
    const labels = (await model.closed()).filter(({ kind }) => kind === 'labels')
    assert.deepEqual(
      labels.map(({ from }) => from),
      [START],
    )
    const [calibration] = await model.monitor('calibration')
    assert.equal(calibration?.finding.verdict, 'unknown')
    assert.equal(calibration?.finding.reason, 'too-few-days')
  })

  test('a day without traffic closes too: volume is shifted, everything else unknown', async () => {
    const model = watch('silent', createWorld(clock, held))
    const first = 10
    for (let day = first; day < first + 9; day++) {
      await model.serve(dayOfRows('live', day))
      await model.tickAt(START + (day + 1) * DAY_MS + HOUR_MS)
    }
    await model.tickAt(START + (first + 10) * DAY_MS + HOUR_MS)
    const [silent] = (await model.findings()).filter(({ kind }) => kind === 'data')
    assert.equal(silent?.from, START + (first + 9) * DAY_MS)
    const verdicts = new Map(silent?.findings.map(({ monitor, verdict }) => [monitor, verdict]))
    assert.equal(verdicts.get('volume'), 'shifted')
    assert.equal(verdicts.get('drift:x'), 'unknown')
    assert.ok([...verdicts].every(([monitor, verdict]) => monitor === 'volume' || verdict === 'unknown'))
  })

  test('a new unit is found on its first day, in the column and nowhere else', async () => {
    const model = watch('units', createWorld(clock, held))
    const first = 30
    await model.serve(dayOfRows('live', first))
    await model.tickAt(START + (first + 1) * DAY_MS + HOUR_MS)
    await model.serve(dayOfRows('live', first + 1).map((row) => ({ ...row, x: row.x * 2.54 })))
    await model.tickAt(START + (first + 2) * DAY_MS + HOUR_MS)
    const [changed, calm] = await model.findings()
    const shifted = (window: typeof changed) =>
      window?.findings.filter(({ verdict }) => verdict === 'shifted').map(({ monitor }) => monitor)
    assert.deepEqual(shifted(calm), [])
    assert.deepEqual(shifted(changed), ['drift:x', 'quality:x'])
  })

  test('labels that come late are waited for, and the window is judged again when they are there', async () => {
    const world = createWorld(clock, held)
    const model = watch('patient', world)
    const first = 40
    for (let day = first; day < first + 6; day++) {
      await model.serve(dayOfRows('live', day, day === first + 5 ? { delayMs: 3 * DAY_MS } : {}))
      await model.tickAt(START + (day + 1) * DAY_MS + HOUR_MS)
    }
    const until = START + (first + 6) * DAY_MS
    await model.tickAt(until + 2 * DAY_MS)
    const late = async () => (await model.monitor('performance')).find((point) => point.until === until)?.finding
    assert.equal((await late())?.reason, 'immature-labels')
    await model.tickAt(until + 4 * DAY_MS)
    assert.equal((await late())?.verdict, 'steady')
  })

  test('a window is made of whole hours, for traffic is kept by the hour', () => {
    assert.equal(settleSettings('m', { windowMs: 6 * HOUR_MS }).minRows, 200)
    assert.throws(() => settleSettings('m', { windowMs: 90 * 60_000 }), { code: 'MONITORING_WINDOW_INVALID' })
  })

  test('the findings are a fold of the journal', async () => {
    const { projections } = watch('replayed', createWorld(clock, held))
    assert.deepEqual((await replay(opened.db, projections)).differed, [])
  })
})
