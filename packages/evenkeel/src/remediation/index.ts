export { AUTOMATION } from './actions.ts'
export { describeEvent, type Explanation, explain, explainAlert, explainRemedy, explainVersion } from './explain.ts'
export type { Plan, PlanState, SwitchState } from './plan.ts'
export {
  type Autonomy,
  DEFAULT_REMEDY_POLICY,
  mergePolicy,
  type PolicyOverride,
  type RemedyPolicy,
  type Response,
} from './policy.ts'
export { createRemediation } from './remediation.ts'
export type { Remedy, RemedyState } from './remedy.ts'
export type {
  PlanDecision,
  RemediationOptions,
  RemediationService,
  RemediationStep,
  RemedyRevert,
  SwitchThrow,
} from './service.ts'
