import { checkData, classesOf, type LearningData, requireTwoClasses } from '../data.ts'
import { LearnError } from '../error.ts'
import type { LinearModel } from '../model.ts'
import { buildDesign, type Design, termsOf } from './design.ts'
import { minimiseMultinomial } from './multinomial.ts'
import { logisticLoss, minimiseByNewton, squaredLoss } from './newton.ts'

export interface LinearOptions {
  /**
   * Ridge penalty l2/2 · |coefficients|² added to the summed loss, on standardised numbers and one-hot categories;
   * 1 by default, which is scikit-learn's C = 1. With 0, columns that repeat one another are refused.
   */
  readonly l2?: number
}

export interface LogisticOptions extends LinearOptions {
  readonly task: 'binary' | 'multiclass'
  /** Number of classes of a multiclass target; the largest seen + 1 by default. */
  readonly classes?: number
}

/**
 * Ridge regression. Numbers are standardised, missing numbers count as the mean, categories are one-hot.
 * @throws LearnError LEARN_DATA_INVALID with the feature and row; LEARN_SINGULAR with l2 = 0 and repeated columns
 * @example
 * const metres = { name: 'metres', kind: 'numeric', values: Float64Array.of(1, 2, 3, 4) } as const
 * const model = trainLinearRegression({ features: [metres], target: Float64Array.of(3, 5, 7, 9) }, { l2: 0 })
 * predict(model, [Float64Array.of(10)]).values[0].toFixed(4) // '21.0000'
 */
export function trainLinearRegression(data: LearningData, options: LinearOptions = {}): LinearModel {
  checkData(data, 'regression')
  const design = buildDesign(data)
  const coefficients = minimiseByNewton(design, data.target, squaredLoss, penaltyOf(options))
  return linearModel(design, coefficients, { task: 'regression', classes: 0 })
}

/**
 * Logistic regression: binary by Newton's method, multiclass (softmax) by L-BFGS, both to the minimum.
 * @throws LearnError LEARN_TARGET_CONSTANT when only one class occurs, LEARN_DATA_INVALID with the feature and row
 * @example
 * const hours = { name: 'hours', kind: 'numeric', values: Float64Array.of(1, 2, 3, 4, 5, 6) } as const
 * const passed = Float64Array.of(0, 0, 1, 0, 1, 1)
 * const model = trainLogisticRegression({ features: [hours], target: passed }, { task: 'binary' })
 * predict(model, [Float64Array.of(6)]).values[1] > 0.7 // true
 */
export function trainLogisticRegression(data: LearningData, options: LogisticOptions): LinearModel {
  checkData(data, options.task)
  requireTwoClasses(data)
  const design = buildDesign(data)
  const classes = classesOf(data.target, options.task, options.classes)
  const l2 = penaltyOf(options)
  const coefficients =
    options.task === 'binary'
      ? minimiseByNewton(design, data.target, logisticLoss, l2)
      : minimiseMultinomial(design, data.target, classes, l2)
  return linearModel(design, coefficients, { task: options.task, classes })
}

function linearModel(
  design: Design,
  coefficients: Float64Array,
  { task, classes }: Pick<LinearModel, 'task' | 'classes'>,
): LinearModel {
  const outputs = coefficients.length / design.width
  return {
    kind: 'linear',
    task,
    features: design.features,
    classes,
    intercept: Array.from({ length: outputs }, (_, k) => coefficients[k * design.width]!),
    terms: termsOf(design, coefficients, outputs),
  }
}

function penaltyOf(options: LinearOptions): number {
  const l2 = options.l2 ?? 1
  if (Number.isFinite(l2) && l2 >= 0) return l2
  throw new LearnError('LEARN_OPTION_INVALID', `l2 is ${l2}, expected a finite number >= 0`)
}
