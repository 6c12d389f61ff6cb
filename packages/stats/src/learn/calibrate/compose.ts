import { LearnError } from '../error.ts'
import type { BoostedTrees, CalibratedModel, Calibrator, LinearModel } from '../model.ts'

/**
 * A binary model with its probability corrected, to be predicted with, exported and stored as one.
 * @throws LearnError LEARN_MODEL_INVALID for a multiclass or regression model
 * @example
 * const x = { name: 'x', kind: 'numeric', values: Float64Array.of(1, 2, 3, 4) } as const
 * const model = trainLogisticRegression({ features: [x], target: Float64Array.of(0, 0, 1, 1) }, { task: 'binary' })
 * predict(calibrated(model, { kind: 'platt', slope: 0, intercept: 0 }), [x.values]).values[0] // 0.5
 */
export function calibrated(model: BoostedTrees | LinearModel, calibrator: Calibrator): CalibratedModel {
  if (model.task === 'binary') return { kind: 'calibrated', model, calibrator }
  throw new LearnError('LEARN_MODEL_INVALID', `found a ${model.task} model to calibrate, expected a binary one`)
}
