import { LearnError } from '../error.ts'
import type { BoostedTrees, CalibratedModel, Calibrator, LinearModel } from '../model.ts'

/**
 * A binary model with its probability corrected, to be predicted with, exported and stored as one.
 * @throws LearnError LEARN_MODEL_INVALID for a multiclass or regression model
 * @example calibrated(model, { kind: 'platt', slope: 0.8, intercept: 0.1 })
 */
export function calibrated(model: BoostedTrees | LinearModel, calibrator: Calibrator): CalibratedModel {
  if (model.task === 'binary') return { kind: 'calibrated', model, calibrator }
  throw new LearnError('LEARN_MODEL_INVALID', `found a ${model.task} model to calibrate, expected a binary one`)
}
