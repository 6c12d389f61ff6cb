export type * from './check.ts'
export { type CheckOutcome, type CheckResult, MAX_FAILING_ROWS, type Verdict } from './verdict.ts'
