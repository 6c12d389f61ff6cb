export { SERVING_LIMITS, type ServingLimits } from './limits.ts'
export type { OutcomeSums, Outcomes, PairedLosses, ServedProfile, ServedQuery, ServedRow } from './read.ts'
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
export type { ServedState, Serving, ServingMetrics, ServingOptions, ServingStep } from './service.ts'
