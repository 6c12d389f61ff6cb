import type { Instant } from '../clock.ts'
import { columnOf, familyOf } from '../monitoring/index.ts'
import type { Incident, Severity } from './alert.ts'

/** What follows from a cause rather than being one: it may show days later, when labels mature. */
const CONSEQUENCES = new Set(['prediction', 'performance', 'calibration'])

interface Onset {
  readonly monitor: string
  readonly onset: Instant
}

/**
 * The open incident an alert belongs to, null for a new one. Causes (drift, quality, volume, version) join when they
 * started together with the incident, within `togetherMs`; consequences (prediction, performance, calibration) join
 * any open incident that did not start after them. A cause that starts later is something else. Of several the one
 * that started nearest.
 */
export function findIncident<Open extends Pick<Incident, 'onset'>>(
  alert: Onset,
  open: readonly Open[],
  togetherMs: number,
): Open | null {
  const fits = open.filter((incident) => {
    const lag = alert.onset - incident.onset
    return lag >= -togetherMs && (lag <= togetherMs || CONSEQUENCES.has(familyOf(alert.monitor)))
  })
  const nearest = fits.toSorted((a, b) => Math.abs(alert.onset - a.onset) - Math.abs(alert.onset - b.onset))
  return nearest[0] ?? null
}

/** @example titleOf(['quality:origin', 'drift:origin']) // "quality of origin and 1 more" */
export function titleOf(monitors: readonly string[]): string {
  const [first = ''] = monitors
  const column = columnOf(first)
  const words = column === null ? first.replace(':', ' ') : `${familyOf(first)} of ${column}`
  return monitors.length < 2 ? words : `${words} and ${monitors.length - 1} more`
}

const SEVERITY = {
  drift: 'warning',
  quality: 'critical',
  prediction: 'warning',
  volume: 'warning',
  performance: 'critical',
  calibration: 'warning',
  prior: 'info',
  version: 'critical',
} as const satisfies Record<ReturnType<typeof familyOf>, Severity>

/** What harms or breaks is critical, what may be harmless is a warning. @example severityOf('drift:x') // "warning" */
export function severityOf(monitor: string): Severity {
  return SEVERITY[familyOf(monitor)]
}

/** A changed base rate is reported only: where it does harm, calibration shows it. */
export function isAlerting(monitor: string): boolean {
  return familyOf(monitor) !== 'prior'
}
