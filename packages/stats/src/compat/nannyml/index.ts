export type { Period } from './calendar.ts'
export { type CbpeOptions, type CbpeState, estimateCbpe, fitCbpe } from './cbpe/estimator.ts'
export { type Chunk, type Chunking, type ChunkRows, type Incomplete, splitChunks } from './chunking.ts'
export type { Column, Frame } from './frame.ts'
export { METHODS, type MethodName } from './methods.ts'
export type { ClassificationMetric } from './performance/binary.ts'
export {
  calculatePerformance,
  fitPerformance,
  type Metric,
  type MetricOptions,
  type PerformanceRow,
  type PerformanceState,
} from './performance/calculator.ts'
export type { RegressionMetric } from './performance/regression.ts'
export type { Outcomes, ProblemType } from './performance/rows.ts'
export {
  calculateQuality,
  fitQuality,
  type QualityCheck,
  type QualityFigure,
  type QualityOptions,
  type QualityState,
} from './quality.ts'
export { type AlertRank, type CorrelationRank, type RankOptions, rankByAlerts, rankByCorrelation } from './ranker.ts'
export {
  calculateReconstruction,
  fitReconstruction,
  type ReconstructionOptions,
  type ReconstructionState,
} from './reconstruction.ts'
export type { Bounded, Estimated, Judged, Measured, ResultRow } from './result.ts'
export {
  calculateSummary,
  fitSummary,
  type SummaryFigure,
  type SummaryOptions,
  type SummaryState,
  type SummaryStatistic,
} from './summary.ts'
export {
  constantThreshold,
  type StandardDeviationOptions,
  standardDeviationThreshold,
  type Threshold,
  type ThresholdCentre,
  type ThresholdLimits,
  type ThresholdValues,
  thresholdValues,
} from './threshold.ts'
export { type DleOptions, type DleState, estimateDle, fitDle } from './trees/direct-loss.ts'
export {
  calculateDomainClassifier,
  type DomainClassifierOptions,
  type DomainClassifierState,
  fitDomainClassifier,
} from './trees/domain-classifier.ts'
export {
  calculateUnivariate,
  fitUnivariate,
  type UnivariateOptions,
  type UnivariateState,
} from './univariate/calculator.ts'
export { type Measurement, measure } from './univariate/measure.ts'
export type { CategoricalMethod, ContinuousMethod, UnivariateMethod } from './univariate/method.ts'
