import { addRow, type Design, scoreRow } from './design.ts'
import { minimiseByLbfgs } from './lbfgs.ts'

/**
 * Softmax regression, one vector of coefficients for each class. Adding a constant to every intercept changes nothing,
 * so the intercepts are centred at the end. The loss is averaged inside: its scale must not decide when to stop.
 */
export function minimiseMultinomial(design: Design, target: Float64Array, classes: number, l2: number): Float64Array {
  const weightSum = design.weights.reduce((sum, weight) => sum + weight, 0)
  const scores = new Float64Array(classes)
  const { width } = design
  const coefficients = minimiseByLbfgs(classes * width, (at, gradient) => {
    let loss = 0
    gradient.fill(0)
    for (let row = 0; row < design.rows; row++) {
      const weight = design.weights[row]! / weightSum
      if (weight === 0) continue
      for (let k = 0; k < classes; k++) scores[k] = scoreRow(design, row, at, k * width)
      const label = target[row]!
      loss += weight * (softmaxInPlace(scores) - scoreRow(design, row, at, label * width))
      for (let k = 0; k < classes; k++) {
        addRow(design, row, weight * (scores[k]! - (k === label ? 1 : 0)), gradient, k * width)
      }
    }
    for (let i = 0; i < at.length; i++) {
      if (i % width === 0) continue
      loss += ((l2 / 2) * at[i]! ** 2) / weightSum
      gradient[i]! += (l2 * at[i]!) / weightSum
    }
    return loss
  })
  let centre = 0
  for (let k = 0; k < classes; k++) centre += coefficients[k * width]! / classes
  for (let k = 0; k < classes; k++) coefficients[k * width]! -= centre
  return coefficients
}

/** Turns scores into probabilities and returns the log of the sum of their exponentials. */
export function softmaxInPlace(scores: Float64Array): number {
  let largest = scores[0]!
  for (let k = 1; k < scores.length; k++) if (scores[k]! > largest) largest = scores[k]!
  let sum = 0
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k]! - largest)
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum
  return largest + Math.log(sum)
}
