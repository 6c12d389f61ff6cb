export { openSession } from './inference.ts'
export { checkGraph, openMatrixGraph } from './matrix.ts'
export { makeReference, twinsOf } from './profile.ts'
export {
  CLASS_COLUMN,
  decodeReference,
  encodeReference,
  type Reference,
  SCORE_COLUMN,
} from './reference.ts'
export type { Measured, Run, Task, VersionFacts } from './run.ts'
export type {
  Recipe,
  Training,
  TrainingProgress,
  TrainingRows,
  TrainingRowsRequest,
} from './service.ts'
export { DEFAULT_TRAINING } from './settings.ts'
export { readRun } from './tables.ts'
export { createTraining } from './training.ts'
