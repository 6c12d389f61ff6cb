export {
  type Arrivals,
  type ArrivalTable,
  arrivedShare,
  createArrivalTable,
  type DelayCurve,
  delayCurve,
  mergeArrivalTables,
  updateArrivalTable,
} from './arrival.ts'
export { type AuditOptions, type AuditPlan, planAudit } from './audit.ts'
export {
  type CellEstimate,
  type CellOptions,
  type CellRows,
  type CellTable,
  createCellTable,
  estimateFromCells,
  mergeCellTables,
  updateCellTable,
} from './cells.ts'
export { type ImportanceOptions, type ImportanceWeights, importanceWeights } from './domain.ts'
export {
  type EstimatorOptions,
  estimatePerformance,
  fitPerformanceEstimator,
  type PerformanceEstimate,
  type PerformanceEstimator,
} from './estimator.ts'
export { type ExpectedOptions, type ExpectedPerformance, type ExpectedRows, expectedPerformance } from './expected.ts'
export {
  type ExpectedLoss,
  type ExpectedLossModel,
  type ExpectedLossOptions,
  estimateLoss,
  fitExpectedLoss,
  type LossRows,
} from './expected-loss.ts'
export { isBetterThan, judgeMaturity, type LateLabels, type MaturityOptions, type MaturityVerdict } from './maturity.ts'
export { fitPartition, groupsOf, type Partition } from './partition.ts'
export {
  createRectifier,
  type RectifiedEstimate,
  type RectifiedWindow,
  type Rectifier,
  type RectifierOptions,
  rectify,
} from './rectify.ts'
export type { LabelledRows, ScoredRows } from './rows.ts'
export { createTrustTest, type TrustOptions, type TrustTest, updateTrustTest } from './trust.ts'
