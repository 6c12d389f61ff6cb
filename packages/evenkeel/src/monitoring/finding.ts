import type { Instant } from '../clock.ts'
import type { FindingSummary } from '../storage/index.ts'
import type { WindowKind } from './window.ts'

/** What monitors of one version said about one window. */
export interface WindowFindings {
  readonly model: string
  readonly version: number
  readonly role: 'champion' | 'challenger' | 'shadow'
  readonly window: string
  readonly kind: WindowKind
  readonly from: Instant
  readonly until: Instant
  readonly at: Instant
  readonly event: number
  readonly findings: readonly FindingSummary[]
}

/**
 * Families of monitors; a monitor is its family, and a column where it watches one: `drift:distance`, `quality:origin`,
 * `prediction`, `volume`, `performance`, `calibration`, `prior`, `version:score`, `version:loss` (against the version before it,
 * on the same rows).
 */
export type MonitorFamily =
  | 'drift'
  | 'quality'
  | 'prediction'
  | 'volume'
  | 'performance'
  | 'calibration'
  | 'prior'
  | 'version'

/** @example familyOf('drift:distance') // "drift" */
export function familyOf(monitor: string): MonitorFamily {
  return monitor.split(':', 1)[0] as MonitorFamily
}

/** The column a monitor watches; null for monitors of the whole model. @example columnOf('drift:distance') // "distance" */
export function columnOf(monitor: string): string | null {
  const colon = monitor.indexOf(':')
  return colon < 0 || familyOf(monitor) === 'version' ? null : monitor.slice(colon + 1)
}

/** What a monitor that could judge says; `value` and `threshold` are of the same unit. */
export interface Judged {
  readonly statistic: string
  readonly value: number
  readonly threshold: number
  readonly rows: number
  readonly reason: string
}

export function steady(monitor: string, { statistic, value, threshold, rows, reason }: Judged): FindingSummary {
  return { monitor, verdict: 'steady', reason, statistic, value, threshold, rows }
}

/** Shifted when the value is above its threshold, else steady. */
export function judged(monitor: string, what: Judged): FindingSummary {
  return { ...steady(monitor, what), verdict: what.value > what.threshold ? 'shifted' : 'steady' }
}

export function unknown(monitor: string, reason: string, rows: number): FindingSummary {
  return { monitor, verdict: 'unknown', reason, statistic: '', value: null, threshold: null, rows }
}
