import type { Instant } from '../clock.ts'
import type { Evidence, FindingVerdict } from '../storage/index.ts'
import type { Act, FeatureTarget } from './plan.ts'

/**
 * A plan that is being carried out. Its laws:
 * 1. It is judged by the monitors that raised the alarm, on windows that began after it did (law 10).
 * 2. Unknown neither confirms nor condemns it (law 5): past its time it is `overdue`, in force, and a person is called.
 * 3. `started` and `overdue` are in force: no other remedy of the model starts (law 9).
 */
export type RemedyState = 'started' | 'overdue' | 'succeeded' | 'reverted'

/** What a review finds; the first that holds, in this order. */
export type RemedySign = 'recovered' | 'failed' | 'harmed' | 'late-condemned' | 'late' | 'quiet'

/** Total: what each sign makes of a remedy. */
export const REMEDY_TRANSITIONS = {
  started: {
    recovered: 'succeeded',
    failed: 'reverted',
    harmed: 'reverted',
    'late-condemned': 'reverted',
    late: 'overdue',
    quiet: 'started',
  },
  overdue: {
    recovered: 'succeeded',
    failed: 'reverted',
    harmed: 'reverted',
    'late-condemned': 'reverted',
    late: 'overdue',
    quiet: 'overdue',
  },
  succeeded: {
    recovered: 'succeeded',
    failed: 'succeeded',
    harmed: 'succeeded',
    'late-condemned': 'succeeded',
    late: 'succeeded',
    quiet: 'succeeded',
  },
  reverted: {
    recovered: 'reverted',
    failed: 'reverted',
    harmed: 'reverted',
    'late-condemned': 'reverted',
    late: 'reverted',
    quiet: 'reverted',
  },
} as const satisfies Record<RemedyState, Record<RemedySign, RemedyState>>

export interface Remedy {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly plan: string
  readonly incident: string
  readonly act: Act
  readonly state: RemedyState
  readonly startedAt: Instant
  readonly reviewBy: Instant
  readonly endedAt: Instant | null
  readonly outcome: string | null
  readonly evidence: Evidence | null
  /** Why what it asked for did not come about: the run failed, the challenger was reverted or kept out. */
  readonly failure: string | null
  /** Version that a retraining brought to champion. */
  readonly promoted: number | null
  /** Last verdict of the monitors that raised the alarm, on windows since it started; steady ones in a row. */
  readonly alarm: FindingVerdict | null
  readonly alarmSteady: number
  /** Whether the model performed well between onset and start, and since. */
  readonly modelBefore: FindingVerdict | null
  readonly modelAfter: FindingVerdict | null
}

/** An alarm of the remedy's incident. */
export interface Alarm {
  readonly monitor: string
  readonly firing: boolean
  /** Start of the first window that was well again. */
  readonly recoveredFrom: Instant | null
}

export function isInForce(state: RemedyState): boolean {
  return state === 'started' || state === 'overdue'
}

/** Two windows in a row: one good window after a rollback may be luck. */
const STEADY_WINDOWS = 2

/** What the monitors say of a remedy now. */
export function readSign(remedy: Remedy, alarms: readonly Alarm[], now: Instant): RemedySign {
  if (hasRecovered(remedy, alarms)) return 'recovered'
  if (remedy.failure !== null && remedy.promoted === null) return 'failed'
  if (targetsOf(remedy.act).length > 0 && remedy.modelBefore === 'steady' && remedy.modelAfter === 'shifted')
    return 'harmed'
  if (now < remedy.reviewBy) return 'quiet'
  return isCondemned(remedy) ? 'late-condemned' : 'late'
}

/**
 * A feature's override goes on for as long as its source sends wrong values, which its raw monitor says; a shifted raw
 * monitor is no fault of the remedy. A promoted challenger has beaten the champion on the same rows (law 7), so going
 * back to the loser is for a person to decide.
 */
function isCondemned({ act, alarm, promoted }: Remedy): boolean {
  if (act.action === 'rollback') return alarm === 'shifted'
  return act.action === 'retrain' && promoted === null
}

function hasRecovered({ act, alarm, alarmSteady }: Remedy, alarms: readonly Alarm[]): boolean {
  const judges = judgesOf(act, alarms)
  if (judges.length > 0 && judges.every((judge) => !judge.firing)) return true
  return act.action === 'rollback' && alarm === 'steady' && alarmSteady >= STEADY_WINDOWS
}

/** Alarms on the raw values of the features it touches, if there are any; else all of the incident. */
export function judgesOf(act: Act, alarms: readonly Alarm[]): readonly Alarm[] {
  const raw = alarms.filter(({ monitor }) => targetsOf(act).some(({ feature }) => monitor.endsWith(`:${feature}`)))
  return raw.length > 0 ? raw : alarms
}

/** The features an action overrides; none for the others. */
export function targetsOf(act: Act): readonly FeatureTarget[] {
  return act.action === 'quarantine' || act.action === 'repair' ? act.parameters.targets : []
}
