export {
  CLASS_COLUMN,
  decodeReference,
  type Measured,
  SCORE_COLUMN,
  type Task,
} from '../training/index.ts'
export { diffVersions } from './difference.ts'
export { predictBatch } from './predict-batch.ts'
export { createRegistry } from './registry.ts'
export type {
  ForeignModel,
  LoadedVersion,
  Registry,
} from './service.ts'
export type { ModelVersion, RegisteredModel } from './version.ts'
