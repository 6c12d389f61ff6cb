import { DAY_MS, type Instant } from '../clock.ts'
import { type Act, type Approval, isMutating, planKey } from './plan.ts'
import type { RemedyPolicy } from './policy.ts'

/** What the guardrails look at: one model, now. */
export interface Situation {
  readonly now: Instant
  readonly automation: 'on' | 'off'
  /** Remedies in force, and plans approved but not yet carried out, other than the one that is judged. */
  readonly inForce: readonly string[]
  /** A fault of the data itself that has not ended. */
  readonly integrityOpen: boolean
  /** Remedies of the last `repeatAfterMs` or day, whichever is longer. */
  readonly history: readonly PastRemedy[]
}

export interface PastRemedy {
  readonly key: string
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly reverted: boolean
}

export type Guardrail =
  | 'switch-off'
  | 'autonomy'
  | 'integrity-open'
  | 'remedy-in-force'
  | 'recently-reverted'
  | 'cool-down'
  | 'daily-budget'

export type Ruling =
  | { readonly kind: 'approved' }
  | { readonly kind: 'awaiting'; readonly why: string }
  | { readonly kind: 'refused'; readonly guardrail: Guardrail; readonly why: string }

/** Each guardrail says why not, or null; the first that objects decides. Persons are held to all but autonomy. */
const GUARDRAILS: Readonly<Record<Guardrail, (act: Act, policy: RemedyPolicy, situation: Situation) => string | null>> =
  {
    'switch-off': (_, __, { automation }) => (automation === 'on' ? null : 'automation is switched off'),
    autonomy: (_, { autonomy }) => (autonomy === 'observe' ? 'the policy of the model says observe only' : null),
    'integrity-open': ({ action }, _, { integrityOpen }) =>
      action === 'retrain' && integrityOpen ? 'a fault of the data is open: a model trained now would learn it' : null,
    'remedy-in-force': (_, __, { inForce }) =>
      inForce.length === 0 ? null : `another remedy of the model is in force: ${inForce.join(', ')}`,
    'recently-reverted': (act, { repeatAfterMs }, { history, now }) =>
      history.some(
        (past) =>
          past.reverted && past.key === planKey(act) && past.endedAt !== null && now - past.endedAt < repeatAfterMs,
      )
        ? 'the same was tried and reverted a short while ago'
        : null,
    'cool-down': (_, { cooldownMs }, { history, now }) =>
      history.some((past) => past.endedAt !== null && now - past.endedAt < cooldownMs)
        ? 'another remedy ended a short while ago'
        : null,
    'daily-budget': (_, { dailyBudget }, { history, now }) =>
      history.filter((past) => now - past.startedAt < DAY_MS).length >= dailyBudget
        ? `${dailyBudget} remedies were started within 24 hours`
        : null,
  }

export const GUARDRAIL_ORDER = Object.keys(GUARDRAILS) as readonly Guardrail[]

export interface Proposal {
  readonly act: Act
  /** What the policy says of the cause. */
  readonly approval: Approval
  /** A person has already approved it. */
  readonly decided: boolean
}

/** May this be done now? Pure and total: the same answer for the same state, and an answer for every state. */
export function judgePlan({ act, approval, decided }: Proposal, policy: RemedyPolicy, situation: Situation): Ruling {
  if (act.action === 'notify') return { kind: 'approved' }
  if (!isMutating(act.action)) return { kind: 'awaiting', why: 'a person must look at this' }
  for (const guardrail of GUARDRAIL_ORDER) {
    if (guardrail === 'autonomy' && decided) continue
    const why = GUARDRAILS[guardrail](act, policy, situation)
    if (why !== null && !waitsFor(guardrail, approval, decided)) return { kind: 'refused', guardrail, why }
  }
  if (decided) return { kind: 'approved' }
  if (policy.autonomy === 'suggest') return { kind: 'awaiting', why: 'the policy of the model says suggest only' }
  if (approval === 'person') return { kind: 'awaiting', why: 'the policy asks a person before this' }
  return { kind: 'approved' }
}

/** A plan that waits for a person anyway may wait through a cool-down: everything is judged again when they decide. */
function waitsFor(guardrail: Guardrail, approval: Proposal['approval'], decided: boolean): boolean {
  return approval === 'person' && !decided && (guardrail === 'cool-down' || guardrail === 'daily-budget')
}
