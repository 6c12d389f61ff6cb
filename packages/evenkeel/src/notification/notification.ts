import type { Instant } from '../clock.ts'
import type { IncidentNews, Message } from './message.ts'

/**
 * One message to one channel. Its laws:
 * 1. Only `waiting` is ever sent; every other state is final, except that a person may send `failed` and `dropped` again.
 * 2. The messages of one incident to one channel leave in their order: a later one waits for the earlier.
 * 3. What it says is settled at the first attempt and never changes after it.
 */
export type NotificationState = 'waiting' | 'delivered' | 'superseded' | 'failed' | 'dropped'

export interface Notification {
  /** Also the idempotency key that the far side is given. */
  readonly id: string
  readonly project: string
  readonly model: string
  readonly incident: string
  readonly channel: string
  readonly news: IncidentNews
  readonly state: NotificationState
  readonly attempts: number
  /** Null until the first attempt. */
  readonly message: Message | null
  /** What went wrong the last time, or why it was not sent. */
  readonly why: string | null
  readonly createdAt: Instant
  readonly dueAt: Instant
  readonly endedAt: Instant | null
  /** When a channel that forgets is told again; null for those that do not, and once it is over. */
  readonly repeatAt: Instant | null
}

/** A message about to be queued. */
export interface NewNotification {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly incident: string
  readonly channel: string
  readonly news: IncidentNews
  /** The event that made it news. */
  readonly cause: number
  readonly state: 'waiting' | 'dropped'
  readonly why: string | null
  readonly createdAt: Instant
  readonly dueAt: Instant
}

export interface NotificationSettings {
  /** Where people reach this Evenkeel. */
  readonly baseUrl?: string | undefined
  /** How long a message waits before it is written, so that the cause is in it. */
  readonly holdMs: number
  /** How long after the last word on an open incident it is spoken of again; 0 for never. */
  readonly remindMs: number
  readonly maxAttempts: number
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Messages of one channel that wait at most; more are dropped, and counted (law 13). */
  readonly maxWaiting: number
}

export const DEFAULT_NOTIFICATION: NotificationSettings = {
  holdMs: 30_000,
  remindMs: 0,
  maxAttempts: 10,
  firstRetryMs: 5_000,
  longestRetryMs: 3_600_000,
  maxWaiting: 1_000,
}

/**
 * How long after a failed attempt the next one is made: doubled each time up to a limit, of which a random half is taken
 * off, so that many that failed together do not come back together. Who asks for longer is given it, up to the same limit.
 * @param attempts made so far, from 1  @param chance from 0 to 1
 * @example backOffMs({ attempts: 3, chance: 1, firstRetryMs: 5_000, longestRetryMs: 3_600_000, retryAfterMs: null }) // 20000
 */
export function backOffMs(options: {
  readonly attempts: number
  readonly chance: number
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  readonly retryAfterMs: number | null
}): number {
  const { attempts, chance, firstRetryMs, longestRetryMs, retryAfterMs } = options
  const doubled = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1))
  return Math.round(Math.max(doubled * (0.5 + 0.5 * chance), Math.min(longestRetryMs, retryAfterMs ?? 0)))
}
