import type { Instant } from '../clock.ts'
import type { ActionType, CauseType, Evidence } from '../storage/index.ts'

/** A plan is a remedy on paper; a refused one is looked at again when its guardrail clears, a lapsed one never. */
export type PlanState = 'awaiting' | 'approved' | 'refused' | 'rejected' | 'started' | 'noted' | 'lapsed'

export interface Plan {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly incident: string
  readonly diagnosis: string
  readonly action: ActionType
  readonly cause: CauseType
  readonly parameters: Readonly<Record<string, unknown>>
  /** What would change, in words: the dry run. */
  readonly words: string
  readonly state: PlanState
  /** Why it was refused, awaits a person, or was rejected. */
  readonly why: string | null
  /** The person who decided; null where policy did. */
  readonly decidedBy: string | null
  readonly proposedAt: Instant
}

/** In force from `started`; an overdue one is still in force and still judged, and a person is called. */
export type RemedyState = 'started' | 'overdue' | 'succeeded' | 'reverted'

export interface Remedy {
  readonly id: string
  readonly project: string
  readonly model: string
  readonly plan: string
  readonly incident: string
  readonly action: ActionType
  readonly state: RemedyState
  readonly startedAt: Instant
  readonly reviewBy: Instant
  readonly endedAt: Instant | null
  readonly outcome: string | null
  readonly evidence: Evidence | null
}

export interface SwitchState {
  readonly automation: 'on' | 'off'
  readonly by: string
  readonly reason: string
  readonly at: Instant
}
