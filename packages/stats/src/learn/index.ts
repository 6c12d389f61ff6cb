export { applyCalibrator } from './calibrate/apply.ts'
export { calibrated } from './calibrate/compose.ts'
export { type CalibrationData, fitIsotonic, type IsotonicOptions } from './calibrate/isotonic.ts'
export { fitPlatt } from './calibrate/platt.ts'
export type { Feature, FeatureSpec, LearningData, Task } from './data.ts'
export { LearnError, type LearnErrorCode } from './error.ts'
export { type Attributions, treeShap } from './explain/tree-shap.ts'
export { type Importance, importances } from './importance.ts'
export { fromJson, type ModelJson, toJson } from './json.ts'
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
export { exportScoreOnnx, type ScoreOfTrees } from './onnx/additive.ts'
export { exportOnnx, type OnnxOptions } from './onnx/export.ts'
export { exportPcaOnnx } from './onnx/pca.ts'
export { type CrossMoments, crossMoments, mergeCrossMoments } from './pca/cross-moments.ts'
export { fitPca, type PcaModel, type PcaOptions, projectPca, reconstructionErrors } from './pca/pca.ts'
export { predict } from './predict.ts'
export type { BoostedTreesOptions, RoundProgress } from './trees/options.ts'
export { trainBoostedTrees } from './trees/train.ts'
