import type { Task } from '../data.ts'
import { softmaxInPlace } from '../linear/multinomial.ts'
import { logistic, logisticLoss } from '../linear/newton.ts'

/** A class without rows gets this share: its log must be finite. */
const LEAST_PRIOR = 1e-6
/** Where the weights of one class drown the other's, its share rounds to 0 or 1. */
const LEAST_SHARE = 1e-15

/** Gradients and hessians of raw scores (rows × outputs, by row), written by output: `out[k * rows + row]`. */
export interface BoostingLoss {
  readonly outputs: number
  /** Raw scores before the first tree, as float32. */
  base(target: Float64Array, weights: Float64Array): number[]
  derive(scores: Float64Array, target: Float64Array, weights: Float64Array, out: Derivatives): void
  /** Weighted mean log loss, or squared error. */
  mean(scores: Float64Array, target: Float64Array, weights: Float64Array): number
}

export interface Derivatives {
  readonly gradients: Float64Array
  readonly hessians: Float64Array
}

export function lossOf(task: Task, classes: number): BoostingLoss {
  if (task === 'regression') return squared
  return task === 'binary' ? binaryLogistic : softmaxOf(classes)
}

const squared: BoostingLoss = {
  outputs: 1,
  base: (target, weights) => [Math.fround(weightedMean(weights, (row) => target[row]!))],
  derive(scores, target, weights, { gradients, hessians }) {
    for (let row = 0; row < target.length; row++) {
      gradients[row] = weights[row]! * (scores[row]! - target[row]!)
      hessians[row] = weights[row]!
    }
  },
  mean: (scores, target, weights) => weightedMean(weights, (row) => (scores[row]! - target[row]!) ** 2),
}

const binaryLogistic: BoostingLoss = {
  outputs: 1,
  base(target, weights) {
    const share = weightedMean(weights, (row) => target[row]!)
    const held = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
    return [Math.fround(Math.log(held / (1 - held)))]
  },
  derive(scores, target, weights, { gradients, hessians }) {
    for (let row = 0; row < target.length; row++) {
      const probability = logistic(scores[row]!)
      gradients[row] = weights[row]! * (probability - target[row]!)
      hessians[row] = weights[row]! * probability * (1 - probability)
    }
  },
  mean: (scores, target, weights) => weightedMean(weights, (row) => logisticLoss.loss(scores[row]!, target[row]!)),
}

/** Hessian classes/(classes-1) · p(1-p), Friedman's diagonal for the redundant softmax, as LightGBM has it. */
function softmaxOf(classes: number): BoostingLoss {
  const factor = classes / (classes - 1)
  const buffer = new Float64Array(classes)
  return {
    outputs: classes,
    base(target, weights) {
      const shares = Array.from({ length: classes }, (_, k) => weightedMean(weights, (row) => +(target[row] === k)))
      return shares.map((share) => Math.fround(Math.log(Math.max(share, LEAST_PRIOR))))
    },
    derive(scores, target, weights, { gradients, hessians }) {
      const rows = target.length
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < classes; k++) buffer[k] = scores[row * classes + k]!
        softmaxInPlace(buffer)
        for (let k = 0; k < classes; k++) {
          const probability = buffer[k]!
          gradients[k * rows + row] = weights[row]! * (probability - (target[row] === k ? 1 : 0))
          hessians[k * rows + row] = weights[row]! * factor * probability * (1 - probability)
        }
      }
    },
    mean: (scores, target, weights) =>
      weightedMean(weights, (row) => {
        for (let k = 0; k < classes; k++) buffer[k] = scores[row * classes + k]!
        return softmaxInPlace(buffer) - scores[row * classes + target[row]!]!
      }),
  }
}

function weightedMean(weights: Float64Array, at: (row: number) => number): number {
  let sum = 0
  let weight = 0
  for (let row = 0; row < weights.length; row++) {
    sum += weights[row]! * at(row)
    weight += weights[row]!
  }
  return sum / weight
}
