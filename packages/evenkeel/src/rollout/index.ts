export {
  judgeTrial,
  placeOf,
  type RolloutJudgement,
  type RolloutMove,
  type RolloutPlace,
  type RolloutSignal,
  TRANSITIONS,
  type TrialFacts,
} from './judge.ts'
export { DEFAULT_ROLLOUT_POLICY, type RolloutPolicy, type StageRule } from './policy.ts'
export type { Rollout, RolloutKind, RolloutState } from './rollout.ts'
export { type AliasAccess, type AliasName, createRollout, type RolloutOptions, type RolloutService } from './service.ts'
export {
  readProbation,
  readRollbackTarget,
  readRollout,
  readRollouts,
  readRunningRollout,
  rolloutsProjection,
} from './tables.ts'
