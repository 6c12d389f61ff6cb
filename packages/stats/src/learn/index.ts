export type { Feature, FeatureSpec, LearningData, Task } from './data.ts'
export { LearnError, type LearnErrorCode } from './error.ts'
export {
  type LinearOptions,
  type LogisticOptions,
  trainLinearRegression,
  trainLogisticRegression,
} from './linear/train.ts'
export type {
  BoostedTrees,
  CalibratedModel,
  Calibrator,
  IsotonicCalibrator,
  LinearModel,
  LinearTerm,
  Model,
  PlattCalibrator,
  Predictions,
  Tree,
} from './model.ts'
export { predict } from './predict.ts'
export type { BoostedTreesOptions, RoundProgress } from './trees/options.ts'
export { trainBoostedTrees } from './trees/train.ts'
