import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createRandom } from '@evenkeel/stats'
import { createVirtualClock, DAY_MS, HOUR_MS, type Instant, type VirtualClock } from '../clock.ts'
import { parseConfig } from '../config/index.ts'
import { explain } from '../remediation/index.ts'
import { type AnyEvent, type EventType, EXTERNAL_TYPES, readCauses, readJournal, replay } from '../storage/index.ts'
import { type Evenkeel, openEvenkeel } from './open.ts'
import type { RunningServer, TrainOutcome } from './operations.ts'
import { serveHttp } from './serve.ts'
import { readStatus } from './status.ts'

const START = Date.UTC(2026, 0, 1)
const ROWS_PER_DAY = 300
const TRAINED_DAYS = 24
const CALM_DAYS = 9
const FAULTY_DAYS = 4
const REPLAYED_FROM = START + TRAINED_DAYS * DAY_MS
const FAULT = REPLAYED_FROM + CALM_DAYS * DAY_MS
const END = FAULT + FAULTY_DAYS * DAY_MS

const random = createRandom('a shop')
const CHANNELS = ['web', 'shop', 'phone'] as const

interface Order {
  readonly id: string
  readonly at: Instant
  readonly row: { readonly ordered_at: string; readonly amount: number; readonly age: number; readonly channel: string }
  readonly returned: string
}

/** Orders of one day: the larger, the younger and the more on the web, the more often it comes back. */
function ordersOf(day: Instant): Order[] {
  return Array.from({ length: ROWS_PER_DAY }, (_, index) => {
    const at = day + Math.floor(((index + random.next()) / ROWS_PER_DAY) * DAY_MS)
    const amount = Math.round(100 * Math.exp(3 + 0.6 * random.normal())) / 100
    const age = 18 + Math.floor(62 * random.next())
    const channel = CHANNELS[Math.floor(CHANNELS.length * random.next())]!
    const log = 0.05 * (amount - 24) - 0.04 * (age - 48) + (channel === 'web' ? 1 : -1)
    const returned = random.next() < 1 / (1 + Math.exp(-log)) ? 'yes' : 'no'
    return {
      id: `${day}-${index}`,
      at,
      row: { ordered_at: new Date(at).toISOString(), amount, age, channel },
      returned,
    }
  })
}

const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-loop-'))
const config = parseConfig(
  {
    dataDir,
    server: { port: 0 },
    sources: { orders: { columns: { amount: { unit: 'usd' }, returned: { role: 'label' } } } },
    models: {
      returns: {
        source: 'orders',
        label: 'returned',
        task: 'binary',
        features: { time: 'ordered_at', numeric: ['amount', 'age'], categorical: ['channel'] },
        training: { trees: 40, maxDepth: 4 },
      },
    },
  },
  'this test',
)

describe('the loop, from the first batch to the remedy', () => {
  const troubles: string[] = []
  let clock: VirtualClock
  let evenkeel: Evenkeel
  let server: RunningServer

  before(async () => {
    clock = createVirtualClock(REPLAYED_FROM)
    const onTrouble = ({ message, error }: { message: string; error: unknown }) => troubles.push(`${message}: ${error}`)
    evenkeel = await openEvenkeel(config, { clock, onTrouble })
    server = await serveHttp(evenkeel)
  })
  after(async () => {
    await server.close()
    await evenkeel.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const post = async (route: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${server.address}${route}`, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.ok(response.ok, `${route}: ${response.status} ${await response.clone().text()}`)
    return response.json()
  }
  const get = async (route: string) => (await fetch(`${server.address}${route}`)).json() as Promise<never>
  const events = (): Promise<AnyEvent[]> => readJournal(evenkeel.db, { limit: 10_000 })
  const eventsOf = async <Type extends AnyEvent['type']>(type: Type) =>
    (await events()).filter((event): event is Extract<AnyEvent, { type: Type }> => event.type === type)

  /** Lets days pass: every order is asked about when it is made, and known to be returned or not a day later. */
  async function live(from: Instant, until: Instant, rowAsSent: (order: Order) => Order['row']): Promise<void> {
    for (let day = from; day < until; day += DAY_MS) {
      clock.moveTo(day + DAY_MS - 1)
      const orders = ordersOf(day)
      const ids = orders.map(({ id }) => id)
      await post('/v1/models/returns/predict', { source: 'shop', id: ids, rows: orders.map(rowAsSent) })
      await evenkeel.driver.settle()
      clock.moveTo(day + DAY_MS + 2 * HOUR_MS)
      await post('/v1/models/returns/labels', { labels: orders.map(({ id, returned }) => ({ id, label: returned })) })
      await evenkeel.driver.settle()
    }
  }

  test('a batch is judged, a model is trained on it, and the first version is champion', async () => {
    const days = Array.from({ length: TRAINED_DAYS }, (_, day) => ordersOf(START + day * DAY_MS)).flat()
    await post(
      '/v1/sources/orders/batches',
      days.map(({ row, returned }) => ({ ...row, returned })),
    )
    const { run } = (await post('/v1/models/returns/runs', { reason: 'the first model' })) as { run: string }
    assert.deepEqual(await get(`/v1/runs/${run}`), { run: null, outcome: null })
    await evenkeel.driver.settle()
    const { outcome } = (await get(`/v1/runs/${run}`)) as { outcome: TrainOutcome }
    assert.deepEqual([outcome.version, outcome.champion], [1, 1])
    assert.deepEqual(
      (await eventsOf('batch.accepted')).map(({ data }) => data.rows),
      [days.length],
    )
    const { aliases } = await get('/v1/models/returns/aliases')
    assert.deepEqual(
      (aliases as { alias: string; version: number }[]).map(({ alias, version }) => [alias, version]),
      [['champion', 1]],
    )
  })

  test('nine calm days are judged steady, and nothing fires', async () => {
    await live(REPLAYED_FROM, FAULT, ({ row }) => row)
    assert.ok((await eventsOf('findings.recorded')).length >= CALM_DAYS - 1)
    assert.deepEqual(await eventsOf('alert.fired'), [])
    const [model] = (await readStatus(evenkeel)).models
    assert.deepEqual([model?.health, model?.predictions], ['steady', CALM_DAYS * ROWS_PER_DAY])
  })

  test('amounts that come in cents are noticed, explained as a change of unit, and a plan is made for them', async () => {
    await live(FAULT, END, ({ row }) => ({ ...row, amount: 100 * row.amount }))
    const [fired] = await eventsOf('alert.fired')
    assert.equal(fired?.data.monitor, 'drift:amount')
    const [diagnosis] = await eventsOf('diagnosis.concluded')
    assert.deepEqual(
      [diagnosis?.data.causes[0]?.type, diagnosis?.data.causes[0]?.features],
      ['unit-change', ['amount']],
    )
    const plan = (await events()).find((event) => event.type === 'plan.approved' || event.type === 'plan.awaiting')
    assert.equal(plan?.cause, diagnosis?.id)
    assert.equal((await readStatus(evenkeel)).models[0]?.health, 'shifted')
  })

  const typesOf = (told: readonly AnyEvent[]) => told.map(({ type }) => type)
  const causesOf = async (event: AnyEvent | undefined) => typesOf(await readCauses(evenkeel.db, event!.id))

  test('the chain of an alert reaches from the predictions to what was done about it', async () => {
    const [fired] = await eventsOf('alert.fired')
    const story = (await explain(evenkeel.db, 'default', fired!.data.alert))!
    assert.deepEqual(await causesOf(story.events.find(({ type }) => type === 'feature.quarantined')), [
      ...['predictions.logged', 'window.closed', 'findings.recorded', 'alert.fired'],
      ...['diagnosis.concluded', 'plan.approved', 'feature.quarantined'],
    ])
    const [, ...rest] = story.events
    assert.deepEqual([story.events[0]?.type, story.events[0]?.cause], ['predictions.logged', null])
    assert.ok(typesOf(rest).includes('remedy.started') && !typesOf(rest).includes('clock.ticked'))
    assert.deepEqual(await get(`/v1/explain/alert/${fired!.data.alert}`), story)
    assert.equal(await explain(evenkeel.db, 'default', 'nobody'), null)
  })

  test('the chain of a version reaches from the request of its run to the alias that points to it', async () => {
    const story = (await explain(evenkeel.db, 'default', 'returns@1'))!
    const moved = story.events.find(({ type }) => type === 'alias.moved')
    assert.deepEqual(await causesOf(moved), ['run.requested', 'run.finished', 'alias.moved'])
    assert.ok(typesOf(story.events).includes('version.registered'))
  })

  test('findings about outcomes follow from the labels that matured', async () => {
    const judged = (await eventsOf('findings.recorded')).find(({ data }) => data.kind === 'labels')
    assert.deepEqual(await causesOf(judged), [
      ...['labels.arrived', 'labels.joined', 'window.closed', 'findings.recorded'],
    ])
  })

  test('every event but an external one names its cause, and the cause came before it (law 4)', async () => {
    const told = await events()
    const orphans = told.filter(({ cause, type }) => cause === null && !EXTERNAL_TYPES.includes(type))
    assert.deepEqual(typesOf(orphans), [])
    assert.ok(told.every(({ id, cause }) => cause === null || cause < id))
    const caused: EventType[] = ['batch.accepted', 'labels.joined', 'window.closed', 'alert.fired', 'remedy.started']
    for (const type of caused) assert.ok(typesOf(told).includes(type), type)
  })

  test('every table of the control plane is what the journal says (law 2)', async () => {
    const { events: folded, tables, differed } = await replay(evenkeel.db, evenkeel.journal.projections)
    assert.deepEqual(differed, [])
    assert.ok(folded > 10 && tables.includes('alerts') && tables.includes('plans') && tables.includes('aliases'))
    assert.deepEqual(troubles, [])
  })
})
