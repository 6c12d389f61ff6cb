export type * from './check.ts'

export {
  createQuality,
  type Quality,
} from './quality.ts'

export type { CheckResult } from './verdict.ts'
