import type { FeatureSpec, Task } from './data.ts'

/**
 * One tree as parallel arrays; node 0 is the root. A numeric node sends `value <= threshold` left; a categorical node
 * sends the codes in `listed` left and every other code, unseen ones included, right. A missing value goes left where
 * `missingLeft` is 1 (never at a categorical node, where missing goes with the unseen).
 */
export interface Tree {
  /** Index of the feature split on, -1 in a leaf. */
  readonly feature: Int32Array
  /** Largest value that goes left, exactly representable in float32. */
  readonly threshold: Float64Array
  readonly missingLeft: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** Contribution to the raw score in a leaf (learning rate included), exactly representable in float32. */
  readonly value: Float64Array
  /** Loss removed by the split, 0 in a leaf. */
  readonly gain: Float64Array
  /** Training rows (sampled ones) that reached the node. */
  readonly rows: Float64Array
  /** Codes that go left, ascending; undefined at numeric nodes and leaves. */
  readonly listed: readonly (readonly number[] | undefined)[]
}

/** Raw score of output k = base[k] + sum over `rounds[r][k]`; then logistic, softmax or nothing, by the task. */
export interface BoostedTrees {
  readonly kind: 'boosted-trees'
  readonly task: Task
  readonly features: readonly FeatureSpec[]
  /** Number of classes, 0 for regression. */
  readonly classes: number
  readonly base: readonly number[]
  /** One tree per raw output and round: 1 for binary and regression, `classes` for multiclass. */
  readonly rounds: readonly (readonly Tree[])[]
  /** Validation loss after each round, if a validation set was given (log loss, or squared error); longer than `rounds` when stopped early. */
  readonly validationLoss: readonly number[]
}

/**
 * Linear in standardised numbers and one-hot categories:
 * score[k] = intercept[k] + Σ numeric (x - mean) / scale · coefficient[k] + Σ categorical coefficient[k][code].
 * A missing number counts as its mean; a missing or unseen category contributes nothing.
 */
export interface LinearModel {
  readonly kind: 'linear'
  readonly task: Task
  readonly features: readonly FeatureSpec[]
  readonly classes: number
  /** One per raw output: 1 for binary and regression, `classes` for multiclass. */
  readonly intercept: readonly number[]
  readonly terms: readonly LinearTerm[]
}

/** The part of one feature, in the order of `features`; coefficients by raw output. */
export type LinearTerm =
  | {
      readonly kind: 'numeric'
      readonly mean: number
      readonly scale: number
      readonly coefficients: readonly number[]
    }
  | { readonly kind: 'categorical'; readonly coefficients: readonly (readonly number[])[] }

/** probability = 1 / (1 + exp(-(slope · logit(p) + intercept))). */
export interface PlattCalibrator {
  readonly kind: 'platt'
  readonly slope: number
  readonly intercept: number
}

/** Non-decreasing, linear between knots, constant outside them. `from` ascends strictly. */
export interface IsotonicCalibrator {
  readonly kind: 'isotonic'
  readonly from: readonly number[]
  readonly to: readonly number[]
}

export type Calibrator = PlattCalibrator | IsotonicCalibrator

/** A binary model whose probability is corrected by a calibrator fitted on rows the model was not trained on. */
export interface CalibratedModel {
  readonly kind: 'calibrated'
  readonly model: BoostedTrees | LinearModel
  readonly calibrator: Calibrator
}

export type Model = BoostedTrees | LinearModel | CalibratedModel

/**
 * Predictions of a model, one row after the other: `values[row * outputs + k]`.
 * Classification: the probability of class k, `outputs` = classes (2 for binary). Regression: `outputs` = 1.
 */
export interface Predictions {
  readonly outputs: number
  readonly values: Float64Array
}
