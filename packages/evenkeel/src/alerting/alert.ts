import type { Instant } from '../clock.ts'

export type AlertState = 'inactive' | 'pending' | 'firing' | 'resolved'

export type Severity = 'info' | 'warning' | 'critical'

/** One monitor of one model that has something to say. A resolved alert is history; the next one has a new id. */
export interface Alert {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly monitor: string
  readonly version: number
  readonly state: AlertState
  readonly severity: Severity
  readonly reason: string
  /** Start of the first window that breached. */
  readonly onset: Instant
  /** The latest window that was looked at. */
  readonly window: string
  readonly pendingAt: Instant
  readonly firedAt: Instant | null
  readonly resolvedAt: Instant | null
  readonly incident: string | null
}

/** Alerts that started together: one thing to look into. */
export interface Incident {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly title: string
  readonly alerts: readonly string[]
  readonly onset: Instant
  readonly openedAt: Instant
  readonly closedAt: Instant | null
  readonly outcome: string | null
}

/** How a model is: `unknown` when nothing could be judged lately, never healthy for want of data (law 5). */
export interface ModelHealth {
  readonly model: string
  readonly health: 'steady' | 'pending' | 'firing' | 'unknown'
  readonly reason: string
  readonly alerts: readonly Alert[]
  readonly incidents: readonly Incident[]
}
