import { MINUTE_MS } from '../clock.ts'
import type { NewEvent, Transaction } from '../storage/index.ts'
import type { Channel, Outcome } from './channel.ts'
import { composeMessage, type Message, substanceOf } from './message.ts'
import { backOffMs } from './notification.ts'
import type { DeliverOptions } from './service.ts'
import { readSituation } from './situation.ts'
import {
  beginAttempt,
  type Claimed,
  claimDue,
  claimRepeat,
  endNotification,
  insertNotification,
  postpone,
  readLastSubstance,
  readThread,
  setRepeat,
} from './tables.ts'
import { keyOf } from './tell.ts'

/** Where a delivery goes. */
interface Way {
  readonly name: string
  readonly channel: Channel
}

/** Longer than any attempt takes: one that was cut off by a kill is made again after this. */
const LEASE_MS = 2 * MINUTE_MS

/** Deals with one message to this channel that is due; resolves to 0 when there is none. */
export async function deliverNext(options: DeliverOptions, way: Way): Promise<number> {
  const { db, clock } = options
  const claimed = await db.transaction((tx) => claim(tx, options, way.name))
  if (claimed === null) return repeatNext(options, way)
  if (claimed.message === null) return 1
  const { row, message } = claimed
  const outcome = await attempt(way.channel, { key: row.id, message, at: clock.now() })
  await db.transaction((tx) => record(tx, options, way, { row, message, outcome }))
  return 1
}

interface Attempt {
  readonly row: Claimed
  readonly message: Message
}

/** The message that is due, settled and counted; its message is null when it turned out to be needed no more. */
async function claim(
  tx: Transaction,
  { clock, project, settings }: DeliverOptions,
  channel: string,
): Promise<Attempt | { readonly message: null } | null> {
  const now = clock.now()
  const row = await claimDue(tx, { project, channel }, now)
  if (row === null) return null
  const { id, incident } = row
  const situation = await readSituation(tx, { project, incident, baseUrl: settings.baseUrl ?? null })
  const supersede = async (why: string) => {
    await endNotification(tx, { id, state: 'superseded', why, at: now })
    return { message: null }
  }
  if (situation === null) return supersede('the incident is known no more')
  if (situation.incident.closedAt !== null && row.news !== 'resolved') return supersede('the incident was over first')
  const substance = substanceOf(situation)
  if (row.message === null && row.news === 'updated')
    if ((await readLastSubstance(tx, { project, channel, incident })) === substance)
      return supersede('there was nothing new to say')
  const message = row.message ?? composeMessage(row.news, situation, now)
  await beginAttempt(tx, { id, message, substance, leaseUntil: now + LEASE_MS })
  return { row: { ...row, attempts: row.attempts + 1 }, message }
}

/** A channel that breaks its promise and throws has failed like one that said so. */
async function attempt(channel: Channel, delivery: Parameters<Channel['send']>[0]): Promise<Outcome> {
  return channel.send(delivery).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown'
    return { kind: 'failed', reason: `the channel failed: ${reason}`, retryAfterMs: null }
  })
}

async function record(
  tx: Transaction,
  options: DeliverOptions,
  { name, channel }: Way,
  { row, message, outcome }: Attempt & { readonly outcome: Outcome },
): Promise<void> {
  const { clock, settings, random, journal, onTrouble } = options
  const at = clock.now()
  const { id, attempts } = row
  if (outcome.kind === 'delivered') {
    const repeatAt = channel.repeat === undefined ? null : at + channel.repeat.everyMs
    if (!(await endNotification(tx, { id, state: 'delivered', why: null, at, repeatAt }))) return
    await journal.append(tx, row.cause, [told(row, name, null)])
    return remind(tx, options, row)
  }
  const { reason } = outcome
  if (outcome.kind === 'failed' && attempts < settings.maxAttempts) {
    const wait = backOffMs({ ...settings, attempts, chance: random(), retryAfterMs: outcome.retryAfterMs })
    return postpone(tx, { id, dueAt: at + wait, why: reason })
  }
  if (!(await endNotification(tx, { id, state: 'failed', why: reason, at }))) return
  await journal.append(tx, row.cause, [told(row, name, reason)])
  const tries = `${attempts} attempt${attempts === 1 ? '' : 's'}`
  onTrouble({ message: `nobody was told on channel ${name}, after ${tries}: ${message.title}`, error: reason })
}

function told({ id, project, model, incident, news }: Claimed, channel: string, error: string | null): NewEvent {
  const data = { model, incident, notification: id, channel, news }
  return error === null
    ? { type: 'notification.delivered', project, subject: model, data }
    : { type: 'notification.failed', project, subject: model, data: { ...data, error } }
}

/** One reminder waits behind the last word on an incident that is open. */
async function remind(tx: Transaction, { clock, settings }: DeliverOptions, row: Claimed): Promise<void> {
  if (settings.remindMs === 0 || row.news === 'resolved') return
  const now = clock.now()
  const dueAt = now + settings.remindMs
  const thread = await readThread(tx, row)
  const waiting = thread.find(({ state, news }) => state === 'waiting' && news === 'reminded')
  if (waiting !== undefined) return postpone(tx, { id: waiting.id, dueAt, why: null })
  const { project, channel, incident, model, cause } = row
  const id = keyOf([project, channel, incident, 'reminded', row.id])
  const news = { news: 'reminded', state: 'waiting', why: null } as const
  await insertNotification(tx, { id, project, model, incident, channel, cause, ...news, createdAt: now, dueAt })
}

/** Says again what a channel would forget, until something else was said or the incident has been over for a while. */
async function repeatNext({ db, clock, project }: DeliverOptions, { name, channel }: Way): Promise<number> {
  const { repeat } = channel
  if (repeat === undefined) return 0
  const again = await db.transaction(async (tx) => {
    const now = clock.now()
    const row = await claimRepeat(tx, { project, channel: name }, now)
    if (row === null) return null
    const isOver = row.news === 'resolved' && now - (row.endedAt ?? now) > repeat.resolvedForMs
    const ends = row.overtaken || isOver || row.message === null
    await setRepeat(tx, row.id, ends ? null : now + repeat.everyMs)
    return { ...row, ends }
  })
  if (again === null) return 0
  if (!again.ends && again.message !== null)
    await attempt(channel, { key: again.id, message: again.message, at: clock.now() })
  return 1
}
