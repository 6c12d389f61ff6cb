export {
  judgeTrial,
  TRANSITIONS,
} from './judge.ts'
export { DEFAULT_ROLLOUT_POLICY, type RolloutPolicy } from './policy.ts'
export type { Rollout } from './rollout.ts'
export { type AliasAccess, createRollout, type RolloutService } from './service.ts'
export {
  readProbation,
  readRollbackTarget,
  readRollouts,
  readRunningRollout,
} from './tables.ts'
