export type * from './check.ts'
export { defaultChecks } from './defaults.ts'
export { validationResult } from './export.ts'
export { type JudgeContext, judge } from './judge.ts'
export {
  type BatchDecision,
  type BatchDescription,
  createQuality,
  type Quality,
  type QualityDependencies,
} from './quality.ts'
export type { QuarantinedRow } from './tables.ts'
export { type CheckOutcome, type CheckResult, MAX_FAILING_ROWS, type Verdict } from './verdict.ts'
