import type { Severity } from '../alerting/index.ts'
import type { Instant } from '../clock.ts'
import type { Message } from './message.ts'

export type ChannelType = 'slack' | 'email' | 'pagerduty' | 'teams' | 'webhook' | 'alertmanager' | 'stdout'

/** How people are reached; which settings a type needs is held by the schema of the configuration. */
export interface ChannelSettings {
  readonly type: ChannelType
  /** Incidents below this severity are not told here. */
  readonly severity: Severity
  /** Models told of here; none means all. */
  readonly models: readonly string[]
  readonly url?: string | undefined
  readonly urls?: readonly string[] | undefined
  readonly secret?: string | undefined
  readonly routingKey?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly from?: string | undefined
  readonly to?: readonly string[] | undefined
  /** Addresses, or ranges of them (CIDR), that may be reached although they are not public. */
  readonly allow: readonly string[]
  /** Whether a connection without TLS will do. */
  readonly allowPlain: boolean
  readonly timeoutMs: number
  readonly repeatMs: number
}

/** One message on its way; all attempts carry the same key and say the same. */
export interface Delivery {
  /** Idempotency key, for those far sides that know one. */
  readonly key: string
  readonly message: Message
  /** Time of this attempt. */
  readonly at: Instant
}

/** What came of an attempt. What is `refused` would be refused again; what `failed` may pass. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** How long the far side wants to be left alone; null when it does not say. */
      readonly retryAfterMs: number | null
    }

export interface Channel {
  /** How often and how long it is told again; absent where once is enough. */
  readonly repeat?: { readonly everyMs: number; readonly resolvedForMs: number }
  /** Never throws for what the world does: that is an outcome. */
  send(delivery: Delivery): Promise<Outcome>
}

const RANK = { info: 0, warning: 1, critical: 2 } as const satisfies Record<Severity, number>

/** @example worstOf(['info', 'critical', 'warning']) // "critical" */
export function worstOf(severities: readonly Severity[]): Severity {
  return severities.toSorted((a, b) => RANK[b] - RANK[a])[0] ?? 'info'
}

/** Whether a channel is for incidents of this model and severity. */
export function isFor(
  { severity, models }: Pick<ChannelSettings, 'severity' | 'models'>,
  incident: { readonly model: string; readonly severity: Severity },
): boolean {
  return RANK[incident.severity] >= RANK[severity] && (models.length === 0 || models.includes(incident.model))
}
