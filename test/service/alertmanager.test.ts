import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../packages/evenkeel/src/clock.ts'
import { openChannel } from '../../packages/evenkeel/src/notification/channels/open.ts'
import { channelOf, messageOf } from '../../packages/evenkeel/src/notification/testing.ts'

const url = process.env['EVENKEEL_ALERTMANAGER_URL']
assert.ok(url, 'EVENKEEL_ALERTMANAGER_URL is set by test/service/run.ts')

interface Shown {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
}

async function alerts(): Promise<readonly Shown[]> {
  const answer = await fetch(`${url}/api/v2/alerts`)
  return (await answer.json()) as readonly Shown[]
}

test('a real Alertmanager shows an incident once, however often it is told, until it is over', async () => {
  const channel = openChannel(channelOf('alertmanager', { urls: [url] }), { print: () => {} })
  const openedAt = systemClock.now() - 60_000
  const send = async (more: object = {}) =>
    channel.send({ key: 'ntf_1', message: messageOf({ openedAt, ...more }), at: systemClock.now() })
  assert.deepEqual(await send(), { kind: 'delivered' })
  const [first] = await alerts()
  assert.deepEqual(await send(), { kind: 'delivered' })
  const [second, ...others] = await alerts()
  assert.deepEqual(others, [])
  assert.equal(second?.labels['alertname'], 'EvenkeelIncident')
  assert.match(second?.annotations['description'] ?? '', /origin is missing in most rows \(97 % likely\)/)
  assert.equal(Date.parse(second?.startsAt ?? ''), openedAt)
  assert.ok(Date.parse(second?.endsAt ?? '') > Date.parse(first?.endsAt ?? ''))
  assert.deepEqual(await send({ news: 'resolved', closedAt: systemClock.now() - 1 }), { kind: 'delivered' })
  assert.deepEqual(await alerts(), [])
})
