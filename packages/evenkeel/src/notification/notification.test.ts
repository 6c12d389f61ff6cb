import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts'
import { readJournal } from '../storage/index.ts'
import { backOffMs } from './notification.ts'
import { countNotifications, forgetNotifications, readNotifications } from './tables.ts'
import {
  awaiting,
  channelOf,
  closing,
  concluding,
  deciding,
  opening,
  openReceiver,
  openTestWorld,
  type Receiver,
  type TestWorld,
} from './testing.ts'

const START = Date.UTC(2001, 2, 2)
/** Base64 of 32 bytes. */
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

describe('people are told of incidents', () => {
  let world: TestWorld
  const receivers: Receiver[] = []
  before(async () => {
    world = await openTestWorld(START)
  })
  after(() => world.close())
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.close()
    // What a test left waiting is not the next one's business.
    await world.opened.db.query('delete from notifications')
  })

  async function receive(answer?: Parameters<typeof openReceiver>[0]): Promise<Receiver> {
    const receiver = await openReceiver(answer)
    receivers.push(receiver)
    return receiver
  }
  const webhook = ({ url }: Receiver, more = {}) => channelOf('webhook', { url, secret: SECRET, ...more })
  const heard = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body))
  const kinds = (receiver: Receiver) => heard(receiver).map(({ type }) => type)
  const rows = (model: string) => readNotifications(world.opened.db, { project: 'default', model, limit: 100 })
  const states = async (model: string) => (await rows(model)).map(({ news, state }) => `${news} ${state}`).reverse()

  test('an incident with several alerts is one message when it opens and one when it has recovered', async () => {
    const to = await receive()
    const notifying = world.notifying({ ops: webhook(to) })
    const [opened, fired] = opening('several', 's1')
    const [, other] = opening('several', 's1', 'quality:origin')
    await world.happen(notifying, opened!, fired!, other!)
    await world.happen(notifying, closing('several', 's1'))
    assert.deepEqual(kinds(to), ['incident.opened', 'incident.resolved'])
    assert.equal(heard(to)[0].data.severity, 'critical')
    assert.deepEqual(await states('several'), ['opened delivered', 'resolved delivered'])
  })

  test('the first message waits for the cause, and says it with what is asked of people', async () => {
    const to = await receive()
    const settings = { holdMs: 30_000, baseUrl: 'https://keel.example/team' }
    const notifying = world.notifying({ ops: webhook(to) }, { settings })
    await world.happen(notifying, ...opening('held', 'h1'))
    await world.happen(notifying, concluding('held', 'h1', ['origin']), awaiting('held', 'h1'))
    assert.equal(to.received.length, 0)
    world.clock.moveTo(world.clock.now() + 30_000)
    await world.happen(notifying)
    assert.deepEqual(kinds(to), ['incident.opened'])
    const { text, link } = heard(to)[0].data
    assert.match(text, /Model held has a warning incident that began 2001-03-01 00:00 UTC\./)
    assert.match(text, /origin is missing in most rows \(97 % likely\)/)
    assert.match(text, /approve or reject plan h1\/plan: move champion back from version 2 to version 1/)
    assert.equal(link, 'https://keel.example/team/v1/explain/incident/h1')
  })

  test('it is spoken of again when a cause is added, and not when the same cause is only likelier', async () => {
    const to = await receive()
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('again', 'a1'), concluding('again', 'a1', ['origin'], 0.7))
    await world.happen(notifying, concluding('again', 'a1', ['origin'], 0.99))
    await world.happen(notifying, concluding('again', 'a1', ['origin', 'distance']))
    assert.deepEqual(kinds(to), ['incident.opened', 'incident.updated'])
    assert.deepEqual(await states('again'), ['opened delivered', 'updated superseded', 'updated delivered'])
  })

  test('a channel hears of its models and severities only, and of the end only if it heard of the beginning', async () => {
    const [all, critical, others] = [await receive(), await receive(), await receive()]
    const notifying = world.notifying({
      all: webhook(all),
      critical: webhook(critical, { severity: 'critical' }),
      others: webhook(others, { models: ['another'] }),
    })
    await world.happen(notifying, ...opening('routed', 'r1'))
    await world.happen(notifying, closing('routed', 'r1'))
    assert.deepEqual([all, critical, others].map(kinds), [['incident.opened', 'incident.resolved'], [], []])
  })

  test('an incident that becomes critical is new to the channel for critical ones', async () => {
    const to = await receive()
    const notifying = world.notifying({ critical: webhook(to, { severity: 'critical' }) })
    await world.happen(notifying, ...opening('worse', 'w1'))
    const [, fired] = opening('worse', 'w1', 'quality:origin')
    const data = { model: 'worse', incident: 'w1', alert: 'w1/quality:origin' }
    await world.happen(notifying, fired!, { project: 'default', subject: 'worse', type: 'incident.joined', data })
    assert.deepEqual(kinds(to), ['incident.opened'])
  })

  test('what fails is tried again, each time later, with the same key and the same words', async () => {
    const to = await receive((count) => ({ status: count < 4 ? 503 : 200 }))
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('retried', 't1'))
    for (const wait of [5_000, 10_000, 20_000]) {
      world.clock.moveTo(world.clock.now() + wait - 1)
      const before = to.received.length
      await world.happen(notifying)
      assert.equal(to.received.length, before)
      world.clock.moveTo(world.clock.now() + 1)
      await world.happen(notifying)
    }
    assert.equal(to.received.length, 4)
    assert.equal(new Set(to.received.map(({ headers }) => headers['webhook-id'])).size, 1)
    assert.equal(new Set(to.received.map(({ body }) => body)).size, 1)
    assert.deepEqual(await states('retried'), ['opened delivered'])
  })

  test('who asks for patience is given it', async () => {
    const to = await receive((count) => ({ status: count === 1 ? 429 : 200, headers: { 'retry-after': '90' } }))
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('patient', 'p1'))
    world.clock.moveTo(world.clock.now() + 89_999)
    await world.happen(notifying)
    assert.equal(to.received.length, 1)
    world.clock.moveTo(world.clock.now() + 1)
    await world.happen(notifying)
    assert.equal(to.received.length, 2)
  })

  test('what would be refused again is given up at once, is counted, and goes when a person sends it again', async () => {
    const to = await receive((count) => ({ status: count === 1 ? 404 : 200 }))
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('refused', 'f1'))
    const [dead] = await rows('refused')
    assert.deepEqual([dead?.state, dead?.why, dead?.attempts], ['failed', 'answered 404', 1])
    assert.equal((await countNotifications(world.opened.db, 'default')).failed, 1)
    assert.match(world.troubles.at(-1) ?? '', /nobody was told on channel ops, after 1 attempt: refused:/)
    assert.equal(await notifying.retry(world.opened.db, { project: 'default', id: dead!.id }), true)
    await world.happen(notifying)
    assert.deepEqual(await states('refused'), ['opened delivered'])
    assert.equal(await notifying.retry(world.opened.db, { project: 'default', id: dead!.id }), false)
  })

  test('after the last attempt it is given up, and the journal says so with its cause', async () => {
    const to = await receive(() => ({ status: 500 }))
    const notifying = world.notifying({ ops: webhook(to) }, { settings: { maxAttempts: 3 } })
    await world.happen(notifying, ...opening('given-up', 'g1'))
    for (let day = 1; day < 5; day++) {
      world.clock.moveTo(world.clock.now() + HOUR_MS)
      await world.happen(notifying)
    }
    assert.equal(to.received.length, 3)
    const events = await readJournal(world.opened.db, { subject: 'given-up', limit: 100 })
    const failed = events.find(({ type }) => type === 'notification.failed')
    assert.equal(failed?.cause, events.find(({ type }) => type === 'incident.opened')?.id)
  })

  test('after a recovery nobody is told that it began', async () => {
    const to = await receive((count) => ({ status: count === 1 ? 503 : 200 }))
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('over', 'o1'))
    await world.happen(notifying, closing('over', 'o1'))
    assert.deepEqual(kinds(to), ['incident.opened', 'incident.resolved'])
    world.clock.moveTo(world.clock.now() + DAY_MS)
    await world.happen(notifying)
    assert.equal(to.received.length, 2)
    assert.deepEqual(await states('over'), ['opened superseded', 'resolved delivered'])
  })

  test('an attempt that was cut off by a kill is made again with the same key, after its lease', async () => {
    const to = await receive()
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('killed', 'k1'))
    await world.opened.db.query(
      `update notifications set state = 'waiting', ended_at = null, due_at = $1 where model = 'killed'`,
      [new Date(world.clock.now() + 2 * MINUTE_MS)],
    )
    await world.happen(notifying)
    assert.equal(to.received.length, 1)
    world.clock.moveTo(world.clock.now() + 2 * MINUTE_MS)
    await world.happen(notifying)
    assert.equal(to.received[0]?.headers['webhook-id'], to.received[1]?.headers['webhook-id'])
    assert.deepEqual(await states('killed'), ['opened delivered'])
  })

  test('a channel that does not answer holds up no other', async () => {
    const [silent, quick] = [await receive(() => null), await receive()]
    const notifying = world.notifying({ silent: webhook(silent, { timeoutMs: 150 }), quick: webhook(quick) })
    await world.happen(notifying, ...opening('slow', 'sl1'))
    assert.deepEqual(await states('slow'), ['opened waiting', 'opened delivered'])
    assert.equal((await rows('slow')).find(({ channel }) => channel === 'silent')?.why, 'no answer within 150 ms')
  })

  test('the queue of a channel has a limit, and what is dropped is counted', async () => {
    const to = await receive(() => ({ status: 503 }))
    const notifying = world.notifying({ ops: webhook(to) }, { settings: { maxWaiting: 2 } })
    for (const incident of ['q1', 'q2', 'q3'])
      await world.happen(notifying, ...opening('queue', incident, `drift:${incident}`))
    assert.deepEqual(await states('queue'), ['opened waiting', 'opened waiting', 'opened dropped'])
    assert.equal((await countNotifications(world.opened.db, 'default')).dropped, 1)
  })

  test('an open incident is spoken of again after a while if that is wanted, until it is over', async () => {
    const to = await receive()
    const notifying = world.notifying({ ops: webhook(to) }, { settings: { remindMs: DAY_MS } })
    await world.happen(notifying, ...opening('reminded', 'm1'))
    for (let day = 1; day <= 2; day++) {
      world.clock.moveTo(world.clock.now() + DAY_MS)
      await world.happen(notifying)
    }
    await world.happen(notifying, closing('reminded', 'm1'))
    world.clock.moveTo(world.clock.now() + 3 * DAY_MS)
    await world.happen(notifying)
    assert.deepEqual(kinds(to), ['incident.opened', 'incident.reminded', 'incident.reminded', 'incident.resolved'])
  })

  test('a reminder that waits holds up no news, and news put it off', async () => {
    const to = await receive()
    const notifying = world.notifying({ ops: webhook(to) }, { settings: { remindMs: DAY_MS } })
    await world.happen(notifying, ...opening('put-off', 'x1'))
    world.clock.moveTo(world.clock.now() + DAY_MS / 2)
    await world.happen(notifying, concluding('put-off', 'x1', ['origin']))
    assert.deepEqual(kinds(to), ['incident.opened', 'incident.updated'])
    world.clock.moveTo(world.clock.now() + DAY_MS - 1)
    await world.happen(notifying)
    assert.equal(to.received.length, 2)
    world.clock.moveTo(world.clock.now() + 1)
    await world.happen(notifying)
    assert.equal(kinds(to).at(-1), 'incident.reminded')
  })

  test('Alertmanager is told again until the incident is over, and a little longer', async () => {
    const to = await receive()
    const notifying = world.notifying({ prom: channelOf('alertmanager', { urls: [`${to.url}/prefix`] }) })
    await world.happen(notifying, ...opening('repeated', 'e1'))
    const minute = async () => {
      world.clock.moveTo(world.clock.now() + MINUTE_MS)
      await world.happen(notifying)
    }
    for (let passed = 0; passed < 3; passed++) await minute()
    assert.equal(to.received.length, 4)
    const ends = heard(to).map(([alert]) => Date.parse(alert.endsAt))
    assert.equal(ends[3], world.clock.now() + 4 * MINUTE_MS)
    await world.happen(notifying, closing('repeated', 'e1'))
    const closedAt = world.clock.now()
    for (let passed = 0; passed < 20; passed++) await minute()
    const after = heard(to).slice(4)
    assert.equal(after.length, 6)
    assert.ok(after.every(([alert]) => Date.parse(alert.endsAt) === closedAt))
    assert.equal(new Set(heard(to).map(([alert]) => JSON.stringify(alert.labels))).size, 1)
    assert.ok(to.received.every(({ path }) => path === '/prefix/api/v2/alerts'))
  })

  test('PagerDuty has one key for an incident: triggered, acknowledged by the person who decided, resolved', async () => {
    const to = await receive((_) => ({ status: 202 }))
    const channel = channelOf('pagerduty', { url: to.url, routingKey: 'R0UT1NG' })
    const notifying = world.notifying({ pager: channel })
    await world.happen(notifying, ...opening('paged', 'd1', 'quality:origin'), awaiting('paged', 'd1'))
    await world.happen(notifying, deciding('paged', 'd1', 'Ada'))
    await world.happen(notifying, closing('paged', 'd1'))
    assert.deepEqual(
      heard(to).map(({ event_action, dedup_key, routing_key }) => [event_action, dedup_key, routing_key]),
      ['trigger', 'acknowledge', 'resolve'].map((action) => [action, 'd1', 'R0UT1NG']),
    )
    assert.equal(heard(to)[0].payload.severity, 'critical')
  })

  test('no secret is in the table, the journal or the answer to who asks', async () => {
    const to = await receive(() => ({ status: 500 }))
    const url = `${to.url}/services/T0P/SECRET-PATH`
    const notifying = world.notifying(
      { ops: channelOf('slack', { url }), pager: channelOf('pagerduty', { url, routingKey: 'R0UT1NG' }) },
      { settings: { maxAttempts: 1 } },
    )
    await world.happen(notifying, ...opening('secret', 'c1'))
    const said = JSON.stringify([
      await world.opened.db.query('select * from notifications'),
      await world.opened.db.query('select * from journal'),
      world.troubles,
    ])
    assert.match(said, /notification\.failed/)
    assert.doesNotMatch(said, /SECRET-PATH|R0UT1NG|127\.0\.0\.1/)
  })

  test('with no channel nothing is queued, and another project than the configured one tells nobody here', async () => {
    const to = await receive()
    await world.happen(world.notifying({}), ...opening('mute', 'u1'))
    const elsewhere = world.notifying({ ops: webhook(to) }, { project: 'elsewhere' })
    await world.happen(elsewhere, ...opening('mute', 'u2', 'drift:distance'))
    assert.deepEqual(await states('mute'), [])
  })

  test('what is over is forgotten when it is too old, and what waits is not', async () => {
    const to = await receive((count) => ({ status: count === 1 ? 200 : 503 }))
    const notifying = world.notifying({ ops: webhook(to) })
    await world.happen(notifying, ...opening('old', 'l1'))
    await world.happen(notifying, ...opening('old', 'l2', 'drift:distance'))
    const query = { project: 'default', before: world.clock.now() + 1, limit: 10 }
    const gone = await world.opened.db.transaction((tx) => forgetNotifications(tx, query))
    assert.equal(gone.notifications, 1)
    assert.deepEqual(await states('old'), ['opened waiting'])
  })
})

test('the wait doubles up to its limit, and a random half is taken off', () => {
  const options = { firstRetryMs: 5_000, longestRetryMs: 60_000, retryAfterMs: null }
  const waits = (chance: number) => [1, 2, 3, 4, 5, 30].map((attempts) => backOffMs({ ...options, attempts, chance }))
  assert.deepEqual(waits(1), [5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  assert.deepEqual(waits(0), [2_500, 5_000, 10_000, 20_000, 30_000, 30_000])
  assert.equal(backOffMs({ ...options, attempts: 1, chance: 0, retryAfterMs: 1e9 }), 60_000)
})
