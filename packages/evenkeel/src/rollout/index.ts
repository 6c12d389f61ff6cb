export type {
  AliasAccess,
  Rollout,
  RolloutKind,
  RolloutOptions,
  RolloutPolicy,
  RolloutService,
  RolloutState,
  StageRule,
} from './rollout.ts'
