export { type Answers, incidentOf, readAnswers } from './answers.ts'
export { explain, explainAlert, explainRemedy, explainVersion } from './explain.ts'
export type { Plan } from './plan.ts'
export {
  DEFAULT_REMEDY_POLICY,
  type PolicyOverride,
} from './policy.ts'
export { createRemediation } from './remediation.ts'

export type { RemediationService } from './service.ts'
