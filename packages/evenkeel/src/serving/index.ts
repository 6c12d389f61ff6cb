export { SERVING_LIMITS, type ServingLimits } from './limits.ts'
export {
  countServed,
  type OutcomeSums,
  type Outcomes,
  readOutcomes,
  readProfiles,
  type ServedProfile,
  type ServedQuery,
  sumOutcomes,
} from './read.ts'
export {
  type PairedLosses,
  type PairedQuery,
  type RowsQuery,
  readPairedLosses,
  readRows,
  type ServedRow,
} from './readRows.ts'
export { readTrainingRows, type TrainingQuery } from './readTraining.ts'
export type {
  InvalidRequest,
  LabelOutcome,
  LabelRequest,
  Prediction,
  PredictOutcome,
  PredictRequest,
  Refusal,
} from './request.ts'
export { type ArmRole, chooseRoute, type Route, type RoutingState } from './routing.ts'
export type { RefreshProblem, ServedState, Serving, ServingMetrics, ServingOptions, ServingStep } from './service.ts'
export { createServing } from './serving.ts'
export { type OverrideSpan, readOverrideSpans } from './tables.ts'
