export type { Plan, PlanState, Remedy, RemedyState, SwitchState } from './plan.ts'
export {
  type Autonomy,
  DEFAULT_REMEDY_POLICY,
  mergePolicy,
  type PolicyOverride,
  type RemedyPolicy,
  type Response,
} from './policy.ts'
export type {
  PlanDecision,
  RemediationOptions,
  RemediationService,
  RemediationStep,
  SwitchThrow,
} from './service.ts'
