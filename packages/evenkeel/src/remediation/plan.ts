import type { Instant } from '../clock.ts'
import type { ActionType, FeatureRepair } from '../storage/index.ts'

/**
 * A plan is a remedy on paper. Its laws:
 * 1. Only `approved` is carried out, and only if every guardrail still allows it at that moment.
 * 2. `refused` is looked at again when a guardrail clears; a plan is never refused twice in a row for the same reason.
 * 3. `rejected`, `lapsed`, `started` and `noted` are final: the same plan is not proposed again for the same incident.
 */
export type PlanState = 'awaiting' | 'approved' | 'refused' | 'rejected' | 'started' | 'noted' | 'lapsed'

/** `overtaken`: refused for good, because the world is no longer as the plan found it. */
export type PlanEvent =
  | 'plan.approved'
  | 'plan.awaiting'
  | 'plan.refused'
  | 'decided-approved'
  | 'decided-rejected'
  | 'remedy.started'
  | 'overtaken'
  | 'incident.closed'

/** Total: what each event makes of a plan. What cannot happen leaves it as it is. */
export const PLAN_TRANSITIONS = {
  awaiting: {
    'plan.approved': 'approved',
    'plan.awaiting': 'awaiting',
    'plan.refused': 'refused',
    'decided-approved': 'approved',
    'decided-rejected': 'rejected',
    'remedy.started': 'awaiting',
    overtaken: 'lapsed',
    'incident.closed': 'lapsed',
  },
  approved: {
    'plan.approved': 'approved',
    'plan.awaiting': 'awaiting',
    'plan.refused': 'refused',
    'decided-approved': 'approved',
    'decided-rejected': 'approved',
    'remedy.started': 'started',
    overtaken: 'lapsed',
    'incident.closed': 'lapsed',
  },
  refused: {
    'plan.approved': 'approved',
    'plan.awaiting': 'awaiting',
    'plan.refused': 'refused',
    'decided-approved': 'refused',
    'decided-rejected': 'rejected',
    'remedy.started': 'refused',
    overtaken: 'lapsed',
    'incident.closed': 'lapsed',
  },
  rejected: final('rejected'),
  started: final('started'),
  noted: final('noted'),
  lapsed: final('lapsed'),
} as const satisfies Record<PlanState, Record<PlanEvent, PlanState>>

function final<State extends PlanState>(state: State): Record<PlanEvent, State> {
  return {
    'plan.approved': state,
    'plan.awaiting': state,
    'plan.refused': state,
    'decided-approved': state,
    'decided-rejected': state,
    'remedy.started': state,
    overtaken: state,
    'incident.closed': state,
  }
}

/** A plan that nobody has judged yet. */
export interface Draft {
  readonly model: string
  readonly incident: string
  readonly diagnosis: string
  readonly act: Act
  readonly approval: Approval
  /** What would change, in words: the dry run. */
  readonly words: string
}

/** Why a plan is refused that no guardrail will ever let through: the champion is another version by now. */
export const OVERTAKEN = 'overtaken'

/** Whether a person is asked first. */
export type Approval = 'automatic' | 'person'

export interface Plan extends Draft {
  readonly id: string
  readonly project: string
  readonly state: PlanState
  /** Why it was refused, awaits a person, or was rejected. */
  readonly why: string | null
  /** The person who decided; null where policy did. */
  readonly decidedBy: string | null
  readonly proposedAt: Instant
}

/** What is done, and all that doing and undoing it needs. */
export type Act =
  | { readonly action: 'quarantine'; readonly parameters: { readonly targets: readonly FeatureTarget[] } }
  | { readonly action: 'repair'; readonly parameters: { readonly targets: readonly RepairTarget[] } }
  | { readonly action: 'rollback'; readonly parameters: { readonly from: number; readonly to: number } }
  | { readonly action: 'retrain'; readonly parameters: { readonly windowMs: number | null } }
  | { readonly action: 'hold' | 'notify'; readonly parameters: { readonly cause: string } }

/** One feature of one source, wrong since `from`. */
export interface FeatureTarget {
  readonly source: string
  readonly feature: string
  readonly from: Instant
}

export interface RepairTarget extends FeatureTarget {
  readonly repair: FeatureRepair
}

/** True for actions that change what is served or trained: those the guardrails are about. */
export function isMutating(action: ActionType): action is 'quarantine' | 'repair' | 'rollback' | 'retrain' {
  return action !== 'hold' && action !== 'notify'
}

/** Two plans with one key would do the same thing. */
export function planKey({ action, parameters }: Act): string {
  const { targets, ...rest } = parameters as { targets?: readonly FeatureTarget[] }
  const places = targets?.map(({ source, feature }) => `${source}/${feature}`).sort()
  return JSON.stringify([action, places ?? rest])
}

export interface SwitchState {
  readonly automation: 'on' | 'off'
  readonly by: string
  readonly reason: string
  readonly at: Instant
}
