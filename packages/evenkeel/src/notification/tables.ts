import type { Instant } from '../clock.ts'
import type { ForgetQuery, Queryable, Transaction } from '../storage/index.ts'
import type { Message } from './message.ts'
import type { NewNotification, Notification, NotificationState } from './notification.ts'

const COLUMNS = `id, project, model, incident, channel, event as "news", state, attempts, message, why,
  created_at as "createdAt", due_at as "dueAt", ended_at as "endedAt", repeat_at as "repeatAt"`

/** A message that is claimed for an attempt. */
export interface Claimed extends Notification {
  readonly cause: number
}

interface Place {
  readonly project: string
  readonly channel: string
}

interface Thread extends Place {
  readonly incident: string
}

/** Queues a message, once for its id. */
export async function insertNotification(tx: Transaction, one: NewNotification): Promise<void> {
  const { id, project, model, incident, channel, news, cause, state, why, createdAt, dueAt } = one
  const endedAt = state === 'waiting' ? null : createdAt
  await tx.query(
    `insert into notifications (id, project, model, incident, channel, event, cause, state, why, created_at, due_at, ended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
    [id, project, model, incident, channel, news, cause, state, why, toDate(createdAt), toDate(dueAt), toDate(endedAt)],
  )
}

export async function countWaiting(q: Queryable, { project, channel }: Place): Promise<number> {
  const [row] = await q.query<{ count: number }>(
    `select count(*) as count from notifications where project = $1 and channel = $2 and state = 'waiting'`,
    [project, channel],
  )
  return row?.count ?? 0
}

/** The messages of one incident to one channel, oldest first. */
export async function readThread(q: Queryable, { project, channel, incident }: Thread): Promise<Notification[]> {
  return q.query<Notification>(
    `select ${COLUMNS} from notifications where project = $1 and incident = $2 and channel = $3 order by seq`,
    [project, incident, channel],
  )
}

/** What was last delivered of an incident to a channel said this; null when nothing was. */
export async function readLastSubstance(q: Queryable, { project, channel, incident }: Thread): Promise<string | null> {
  const [row] = await q.query<{ substance: string }>(
    `select substance from notifications where project = $1 and incident = $2 and channel = $3 and state = 'delivered'
     order by seq desc limit 1`,
    [project, incident, channel],
  )
  return row?.substance ?? null
}

/** The message that is due first, locked; of one incident the oldest only, so that none overtakes another but a reminder. */
export async function claimDue(tx: Transaction, { project, channel }: Place, now: Instant): Promise<Claimed | null> {
  const [row] = await tx.query<Claimed>(
    `select ${COLUMNS}, cause from notifications as one
     where project = $1 and channel = $2 and state = 'waiting' and due_at <= $3 and not exists (
       select 1 from notifications as earlier where earlier.project = one.project and earlier.channel = one.channel
         and earlier.incident = one.incident and earlier.state = 'waiting' and earlier.seq < one.seq
         and earlier.event <> 'reminded')
     order by due_at, seq limit 1 for update skip locked`,
    [project, channel, toDate(now)],
  )
  return row ?? null
}

/** Counts an attempt and settles what it says; until `leaseUntil` nobody else makes one. */
export async function beginAttempt(
  tx: Transaction,
  attempt: {
    readonly id: string
    readonly message: Message
    readonly substance: string
    readonly leaseUntil: Instant
  },
): Promise<void> {
  await tx.query(
    `update notifications set attempts = attempts + 1, message = $2, substance = $3, due_at = $4 where id = $1`,
    [attempt.id, JSON.stringify(attempt.message), attempt.substance, toDate(attempt.leaseUntil)],
  )
}

/** Ends a message that is waiting; false when it had ended before. */
export async function endNotification(
  tx: Transaction,
  end: {
    readonly id: string
    readonly state: Exclude<NotificationState, 'waiting'>
    readonly why: string | null
    readonly at: Instant
    readonly repeatAt?: Instant | null
  },
): Promise<boolean> {
  const ended = await tx.query(
    `update notifications set state = $2, why = $3, ended_at = $4, repeat_at = $5
     where id = $1 and state = 'waiting' returning id`,
    [end.id, end.state, end.why, toDate(end.at), toDate(end.repeatAt ?? null)],
  )
  return ended.length > 0
}

export async function postpone(
  tx: Transaction,
  { id, dueAt, why }: { readonly id: string; readonly dueAt: Instant; readonly why: string | null },
): Promise<void> {
  await tx.query(`update notifications set due_at = $2, why = $3 where id = $1 and state = 'waiting'`, [
    id,
    toDate(dueAt),
    why,
  ])
}

/** What is to be said again now, locked, with whether a later message of the incident was delivered. */
export async function claimRepeat(
  tx: Transaction,
  { project, channel }: Place,
  now: Instant,
): Promise<(Notification & { readonly overtaken: boolean }) | null> {
  const [row] = await tx.query<Notification & { readonly overtaken: boolean }>(
    `select ${COLUMNS}, exists (
       select 1 from notifications as later where later.project = one.project and later.channel = one.channel
         and later.incident = one.incident and later.state = 'delivered' and later.seq > one.seq) as overtaken
     from notifications as one
     where project = $1 and channel = $2 and repeat_at <= $3 order by repeat_at, seq limit 1 for update skip locked`,
    [project, channel, toDate(now)],
  )
  return row ?? null
}

export async function setRepeat(tx: Transaction, id: string, repeatAt: Instant | null): Promise<void> {
  const again = repeatAt === null ? 0 : 1
  await tx.query('update notifications set repeat_at = $2, repeats = repeats + $3 where id = $1', [
    id,
    toDate(repeatAt),
    again,
  ])
}

/** Newest first. */
export async function readNotifications(
  q: Queryable,
  query: {
    readonly project: string
    readonly model?: string | undefined
    readonly state?: NotificationState | undefined
    readonly limit: number
  },
): Promise<Notification[]> {
  return q.query<Notification>(
    `select ${COLUMNS} from notifications
     where project = $1 and ($2::text is null or model = $2) and ($3::text is null or state = $3)
     order by seq desc limit $4`,
    [query.project, query.model ?? null, query.state ?? null, query.limit],
  )
}

/** How many messages are in each state. */
export async function countNotifications(
  q: Queryable,
  project: string,
): Promise<Readonly<Record<NotificationState, number>>> {
  const rows = await q.query<{ state: NotificationState; count: number }>(
    'select state, count(*) as count from notifications where project = $1 group by state',
    [project],
  )
  const none = { waiting: 0, delivered: 0, superseded: 0, failed: 0, dropped: 0 }
  return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) }
}

/** Lets a message that was given up be tried again; false when there is none of that id that was. */
export async function reviveNotification(
  q: Queryable,
  { project, id, at }: { readonly project: string; readonly id: string; readonly at: Instant },
): Promise<boolean> {
  const revived = await q.query(
    `update notifications set state = 'waiting', attempts = 0, due_at = $3, ended_at = null, why = null
     where project = $1 and id = $2 and state in ('failed', 'dropped') returning id`,
    [project, id, toDate(at)],
  )
  return revived.length > 0
}

/** Deletes messages that ended before `before`, at most `limit`; resolves to how many. */
export async function forgetNotifications(
  tx: Transaction,
  { project, before, limit }: ForgetQuery,
): Promise<{ readonly notifications: number }> {
  const gone = await tx.query(
    `delete from notifications where id = any (array(
       select id from notifications where project = $1 and ended_at < $2 and repeat_at is null order by seq limit $3))
     returning 1 as gone`,
    [project, new Date(before), limit],
  )
  return { notifications: gone.length }
}

function toDate(instant: Instant | null): Date | null {
  return instant === null ? null : new Date(instant)
}
