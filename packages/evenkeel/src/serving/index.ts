export { forgetOutcomes, forgetPredictions, forgetProfiles, forgetWaitingLabels } from './forget-tables.ts'
export {
  countServed,
  type OutcomeSums,
  type Outcomes,
  readOutcomes,
  readProfiles,
  type ServedProfile,
  sumOutcomes,
} from './outcome-tables.ts'
export type {
  InvalidRequest,
  LabelRequest,
  Prediction,
  PredictRequest,
  Refusal,
} from './request.ts'
export type { RoutingState } from './routing.ts'
export {
  readPairedLosses,
  readRows,
} from './row-tables.ts'
export type { ServedState, Serving, ServingMetrics } from './service.ts'
export { createServing } from './serving.ts'
export { readOverrideSpans } from './tables.ts'
export { readTrainingRows } from './training-tables.ts'
