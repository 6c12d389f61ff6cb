import type { Clock } from '../clock.ts'
import type { AliasAccess } from '../rollout/index.ts'
import type { Database, Journal, Projection, Queryable, Step } from '../storage/index.ts'
import type { Plan, SwitchState } from './plan.ts'
import type { PolicyOverride } from './policy.ts'
import type { Remedy } from './remedy.ts'

export interface RemediationOptions {
  readonly db: Database
  readonly journal: Journal
  readonly clock: Clock
  readonly aliases: Pick<AliasAccess, 'moveAlias' | 'readAlias'>
  readonly policyOf?: (project: string, model: string) => PolicyOverride
}

/** A person's word on a plan; `by` is a person's name and never automation's. */
export interface PlanDecision {
  readonly project: string
  readonly plan: string
  readonly decision: 'approved' | 'rejected'
  readonly by: string
  readonly reason: string
}

/** A person ends a remedy that is in force, and what it did is undone. */
export interface RemedyRevert {
  readonly project: string
  readonly remedy: string
  readonly by: string
  readonly reason: string
}

export interface SwitchThrow {
  readonly project: string
  readonly automation: 'on' | 'off'
  readonly by: string
  readonly reason: string
}

/** What to do about it, whether it may be done, and whether it helped. */
export interface RemediationService {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
  /** @throws EvenkeelError PLAN_UNKNOWN, PLAN_NOT_AWAITING, PLAN_SELF_APPROVAL */
  decidePlan(decision: PlanDecision): Promise<void>
  /** Works with the switch off as well. @throws EvenkeelError REMEDY_ENDED when it is not in force */
  revertRemedy(revert: RemedyRevert): Promise<void>
  throwSwitch(thrown: SwitchThrow): Promise<void>
  /** Newest first. */
  readPlans(q: Queryable, query: { readonly project: string; readonly limit: number }): Promise<readonly Plan[]>
  readRemedies(q: Queryable, query: { readonly project: string; readonly limit: number }): Promise<readonly Remedy[]>
  readSwitch(q: Queryable, project: string): Promise<SwitchState>
}
