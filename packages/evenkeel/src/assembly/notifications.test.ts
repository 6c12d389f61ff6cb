import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { createVirtualClock, MINUTE_MS } from '../clock.ts'
import { parseConfig } from '../config/index.ts'
import { channelOf, opening, openReceiver } from '../notification/testing.ts'
import { replay } from '../storage/index.ts'
import { openEvenkeel, serveHttp } from './index.ts'
import { readStatus } from './status.ts'

test('an incident reaches the channel of the configuration; what failed is listed, counted and sent again', async () => {
  const to = await openReceiver((count) => ({ status: count === 1 ? 403 : 200 }))
  const dataDir = mkdtempSync(path.join(tmpdir(), 'evenkeel-notifications-'))
  const channels = { ops: channelOf('slack', { url: `${to.url}/hush` }) }
  const config = parseConfig({ dataDir, server: { port: 0 }, channels }, 'the test')
  const clock = createVirtualClock(Date.UTC(2001, 2, 2))
  const troubles: string[] = []
  const evenkeel = await openEvenkeel(config, { clock, onTrouble: ({ message }) => troubles.push(message) })
  const server = await serveHttp(evenkeel)
  const { db, journal, driver } = evenkeel
  await db.transaction((tx) => journal.append(tx, null, opening('flights', 'i1')))
  await driver.settle()
  assert.equal(to.received.length, 0)
  clock.moveTo(clock.now() + MINUTE_MS)
  await driver.settle()
  assert.equal((await readStatus(evenkeel)).notifications.failed, 1)
  assert.match(troubles.join(), /nobody was told on channel ops/)

  const list = async () => (await (await fetch(`${server.address}/v1/notifications?model=flights`)).text()) as string
  const [dead] = JSON.parse(await list()).notifications
  assert.deepEqual([dead.state, dead.why, dead.news, dead.channel], ['failed', 'answered 403', 'opened', 'ops'])
  assert.doesNotMatch(await list(), /hush/)
  const again = (id: string) => fetch(`${server.address}/v1/notifications/${id}/retry`, { method: 'POST' })
  assert.equal((await again('ntf_0')).status, 404)
  assert.equal((await again(dead.id)).status, 202)
  await driver.settle()
  assert.equal(to.received.length, 2)
  assert.equal((await readStatus(evenkeel)).notifications.failed, 0)
  assert.deepEqual((await replay(db, journal.projections)).differed, [])

  await server.close()
  await evenkeel.close()
  await to.close()
  rmSync(dataDir, { recursive: true, force: true })
})
