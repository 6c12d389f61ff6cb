import type { FindingSummary } from '../storage/index.ts'
import type { AlertState } from './alert.ts'

/**
 * What the latest windows say to an alert.
 * breached: shifted, but not yet for long. held: shifted for as many windows as the policy asks, or by so much that one
 * is enough. recovered: steady for as many windows as the policy asks. unknown: not judged, or not yet steady for long
 * enough; it changes nothing, in any state (law 5).
 */
export type AlertSignal = 'breached' | 'held' | 'recovered' | 'unknown'

/** The whole of it; `docs/specs/alerting.md` has the same table in words. */
export const TRANSITIONS = {
  inactive: { breached: 'pending', held: 'firing', recovered: 'inactive', unknown: 'inactive' },
  pending: { breached: 'pending', held: 'firing', recovered: 'inactive', unknown: 'pending' },
  firing: { breached: 'firing', held: 'firing', recovered: 'resolved', unknown: 'firing' },
  resolved: { breached: 'pending', held: 'firing', recovered: 'resolved', unknown: 'resolved' },
} as const satisfies Record<AlertState, Record<AlertSignal, AlertState>>

export interface AlertPolicy {
  /** Shifted windows in a row before an alert fires. */
  readonly holdWindows: number
  /** Steady windows in a row before it resolves: it takes more to come back than one calm day. */
  readonly recoverWindows: number
  /** A value this many times its threshold fires at once. */
  readonly largeRatio: number
  /** Alerts whose onsets lie this close together have one cause. */
  readonly togetherMs: number
}

/** Reads the signal off a monitor's findings, latest first. Windows that are unknown neither add to a row nor break it. */
export function signalOf(findings: readonly FindingSummary[], policy: AlertPolicy): AlertSignal {
  const [latest] = findings
  if (latest === undefined || latest.verdict === 'unknown') return 'unknown'
  const known = findings.filter((finding) => finding.verdict !== 'unknown')
  const end = known.findIndex((finding) => finding.verdict !== latest.verdict)
  const row = end < 0 ? known.length : end
  if (latest.verdict === 'steady') return row >= policy.recoverWindows ? 'recovered' : 'unknown'
  return row >= policy.holdWindows || isLarge(latest, policy) ? 'held' : 'breached'
}

function isLarge({ value, threshold }: FindingSummary, policy: AlertPolicy): boolean {
  return value !== null && threshold !== null && value >= policy.largeRatio * threshold
}
