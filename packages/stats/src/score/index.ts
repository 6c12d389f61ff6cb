export {
  type AveragedPerformance,
  type Averaging,
  type ConfusionMatrix,
  confusionMatrix,
  scoreAveraged,
} from './averaging.ts'
export { type BinaryOptions, type BinaryPerformance, type BinaryRows, scoreBinary } from './binary.ts'
export { type Blocks, blockDifference, clusteredMeanInterval } from './blocks.ts'
export { type BootstrapOptions, bootstrapFigure } from './bootstrap.ts'
export {
  addConfusions,
  businessValue,
  type Confusion,
  type ConfusionPerformance,
  type CostMatrix,
  scoreConfusion,
} from './confusion.ts'
export { createErrorSums, type ErrorSums, mergeErrorSums, scoreErrorSums, updateErrorSums } from './errors.ts'
export { exactShare } from './exact.ts'
export type { Figure, FigureOptions, KnownFigure, UnknownFigure } from './figure.ts'
export { type MulticlassPerformance, type MulticlassRows, scoreMulticlass } from './multiclass.ts'
export { type RankedQuery, type RankingOptions, type RankingPerformance, scoreRanking } from './queries.ts'
export { type RegressionPerformance, type RegressionRows, scoreRegression } from './regression.ts'
export { createSliceSums, type SlicePerformance, type SliceSums, scoreSlices, updateSliceSums } from './slices.ts'
export {
  bestThreshold,
  type ReliabilityBin,
  scoreTablePerformance,
  type TablePerformance,
  type ThresholdPoint,
  thresholdSweep,
} from './table.ts'
