export { openSession } from './inference.ts'
export { checkGraph, type MatrixGraph, openMatrixGraph } from './matrix.ts'
export { inputsOf } from './prepare.ts'
export { makeReference, twinsOf } from './profile.ts'
export {
  CLASS_COLUMN,
  decodeReference,
  encodeReference,
  type Reference,
  type ReferenceDay,
  SCORE_COLUMN,
} from './reference.ts'
export type { Lineage, Measured, Run, RunState, Task, VersionFacts } from './run.ts'
export type {
  Recipe,
  Training,
  TrainingOptions,
  TrainingProgress,
  TrainingRows,
  TrainingRowsRequest,
  TrainingStep,
  TrainRequest,
} from './service.ts'
export { DEFAULT_TRAINING, type TrainingSettings } from './settings.ts'
export { readRun } from './tables.ts'
export { createTraining } from './training.ts'
