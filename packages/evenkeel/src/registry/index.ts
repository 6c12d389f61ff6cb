export {
  CLASS_COLUMN,
  decodeReference,
  type Lineage,
  type Measured,
  type Reference,
  SCORE_COLUMN,
  type Task,
} from '../training/index.ts'
export { diffVersions, type VersionDifference } from './difference.ts'
export { predictBatch, type RowPredictor } from './predictBatch.ts'
export { createRegistry } from './registry.ts'
export type {
  AliasName,
  ForeignModel,
  LoadedVersion,
  MoveRequest,
  Registry,
  RegistryOptions,
  RegistryStep,
  VersionName,
} from './service.ts'
export type { Alias, AliasMove, ModelVersion, RegisteredModel } from './version.ts'
