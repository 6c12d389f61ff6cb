import { createHash } from 'node:crypto'
import { readAlertsOf } from '../alerting/index.ts'
import { DAY_MS } from '../clock.ts'
import { incidentOf } from '../remediation/index.ts'
import type { AnyEvent, Transaction } from '../storage/index.ts'
import { type ChannelSettings, isFor, worstOf } from './channel.ts'
import type { IncidentNews } from './message.ts'
import type { NotificationSettings } from './notification.ts'
import type { TellOptions } from './service.ts'
import { countWaiting, endNotification, insertNotification, postpone, readThread } from './tables.ts'

/** What happened longer ago than this is history when it is read: nobody is called for it. */
const STALE_MS = DAY_MS

/** Queues what an event means for the people who are to know; what it says is settled when it leaves. */
export async function tell(tx: Transaction, event: AnyEvent, options: TellOptions): Promise<void> {
  const { clock, channels, project } = options
  if (Object.keys(channels).length === 0 || event.project !== project) return
  if (clock.now() - event.at > STALE_MS) return
  const news = await newsOf(tx, event)
  if (news === null) return
  const alerts = await readAlertsOf(tx, project, news.incident)
  const severity = worstOf(alerts.map((alert) => alert.severity))
  for (const [channel, settings] of Object.entries(channels)) {
    const isMeant = isFor(settings, { model: event.subject, severity })
    await queue(tx, { ...news, event, channel, settings, isMeant }, options)
  }
}

interface News {
  readonly kind: Exclude<IncidentNews, 'reminded'>
  readonly incident: string
}

async function newsOf(tx: Transaction, event: AnyEvent): Promise<News | null> {
  switch (event.type) {
    case 'incident.opened':
      return { kind: 'opened', incident: event.data.incident }
    case 'incident.closed':
      return { kind: 'resolved', incident: event.data.incident }
    case 'incident.joined':
    case 'diagnosis.concluded':
    case 'plan.awaiting':
    case 'plan.refused':
      return { kind: 'updated', incident: event.data.incident }
    case 'plan.decided':
      return update(await incidentOf(tx, event.project, { plan: event.data.plan }))
    case 'remedy.started':
    case 'remedy.overdue':
    case 'remedy.reverted':
      return update(await incidentOf(tx, event.project, { remedy: event.data.remedy }))
    default:
      return null
  }
}

function update(incident: string | null): News | null {
  return incident === null ? null : { kind: 'updated', incident }
}

interface Item extends News {
  readonly event: AnyEvent
  readonly channel: string
  readonly settings: ChannelSettings
  /** Whether the incident, as it is now, is this channel's business. */
  readonly isMeant: boolean
}

/** An end is told to those who were told of the beginning; what is unwritten yet will say the latest by itself. */
async function queue(tx: Transaction, item: Item, { clock, project, settings }: TellOptions): Promise<void> {
  const { kind, incident, event, channel, isMeant } = item
  const thread = await readThread(tx, { project, channel, incident })
  if (thread.length === 0 && (kind === 'resolved' || !isMeant)) return
  const waiting = thread.filter(({ state }) => state === 'waiting')
  const now = clock.now()
  if (kind === 'resolved')
    // One that was tried may be on its way at this moment: it is looked at again before the end is told.
    for (const { id, attempts } of waiting)
      await (attempts === 0
        ? endNotification(tx, { id, state: 'superseded', why: 'the incident was over first', at: now })
        : postpone(tx, { id, dueAt: now, why: null }))
  else if (waiting.some(({ message, news }) => message === null && news !== 'reminded')) return
  const news = thread.length === 0 ? 'opened' : kind
  const full = (await countWaiting(tx, { project, channel })) >= settings.maxWaiting
  await insertNotification(tx, {
    id: keyOf([project, channel, incident, news, String(event.id)]),
    project,
    model: event.subject,
    incident,
    channel,
    news,
    cause: event.id,
    state: full ? 'dropped' : 'waiting',
    why: full ? `more than ${settings.maxWaiting} messages were waiting for this channel` : null,
    createdAt: now,
    dueAt: now + holdMs(news, settings),
  })
}

/** A beginning waits for its cause, an end for nothing. */
function holdMs(news: IncidentNews, settings: NotificationSettings): number {
  return news === 'resolved' ? 0 : settings.holdMs
}

/** The same news to the same channel has the same key, on whatever machine it is made. */
export function keyOf(parts: readonly string[]): string {
  return `ntf_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`
}
