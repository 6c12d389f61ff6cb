import { applyCalibrator } from './calibrate/apply.ts'
import { LearnError } from './error.ts'
import { softmaxInPlace } from './linear/multinomial.ts'
import { logistic } from './linear/newton.ts'
import { linearScores } from './linear/score.ts'
import type { BoostedTrees, CalibratedModel, LinearModel, Model, Predictions } from './model.ts'
import { treeScores } from './trees/score.ts'

/**
 * Predicts from columns in the order of `featuresOf(model)`, NaN = missing. A whole code that
 * training did not know counts as unseen. An infinite number lies beyond every border of a tree, and counts as missing in
 * a linear model: neither has said anything about it, and no prediction is a NaN. The ONNX export answers the same to float32 rounding.
 * @throws LearnError LEARN_DATA_INVALID when the number or the lengths of columns do not fit
 * @example
 * const flag = { name: 'flag', kind: 'numeric', values: Float64Array.of(0, 0, 1, 1) } as const
 * const model = trainLinearRegression({ features: [flag], target: Float64Array.of(1, 1, 3, 3) }, { l2: 0 })
 * predict(model, [Float64Array.of(0, 1)]).values.map(Math.round) // Float64Array [1, 3]
 */
export function predict(model: Model, columns: readonly Float64Array[]): Predictions {
  if (model.kind === 'calibrated') return predictCalibrated(model, columns)
  return toPredictions(model, scoresOf(model, columns))
}

function scoresOf(model: BoostedTrees | LinearModel, columns: readonly Float64Array[]): Float64Array {
  checkColumns(model, columns)
  return model.kind === 'boosted-trees' ? treeScores(model, columns) : linearScores(model, columns)
}

/** Platt scaling works on the raw log odds: a probability that rounded to 1 has lost them. */
function predictCalibrated({ model, calibrator }: CalibratedModel, columns: readonly Float64Array[]): Predictions {
  const scores = scoresOf(model, columns)
  if (calibrator.kind === 'platt') {
    return toPredictions(
      model,
      scores.map((score) => calibrator.slope * score + calibrator.intercept),
    )
  }
  const { values, outputs } = toPredictions(model, scores)
  for (let row = 0; row < values.length; row += 2) {
    values[row + 1] = applyCalibrator(calibrator, values[row + 1]!)
    values[row] = 1 - values[row + 1]!
  }
  return { outputs, values }
}

function toPredictions(model: BoostedTrees | LinearModel, scores: Float64Array): Predictions {
  if (model.task === 'regression') return { outputs: 1, values: scores }
  if (model.task === 'multiclass') return { outputs: model.classes, values: softmaxRows(scores, model.classes) }
  const values = new Float64Array(scores.length * 2)
  for (let row = 0; row < scores.length; row++) {
    values[2 * row] = logistic(-scores[row]!)
    values[2 * row + 1] = logistic(scores[row]!)
  }
  return { outputs: 2, values }
}

function softmaxRows(scores: Float64Array, classes: number): Float64Array {
  for (let start = 0; start < scores.length; start += classes) softmaxInPlace(scores.subarray(start, start + classes))
  return scores
}

/** One column of the same length for each feature, in the order of the model. */
export function checkColumns(model: BoostedTrees | LinearModel, columns: readonly Float64Array[]): void {
  if (columns.length !== model.features.length) {
    const names = model.features.map((feature) => feature.name).join(', ')
    throw new LearnError('LEARN_DATA_INVALID', `found ${columns.length} columns, expected ${names}, in this order`)
  }
  const rows = columns[0]!.length
  columns.forEach((column, j) => {
    if (column.length === rows) return
    const name = model.features[j]!.name
    throw new LearnError('LEARN_DATA_INVALID', `column ${name} has ${column.length} rows, expected ${rows}`)
  })
}
