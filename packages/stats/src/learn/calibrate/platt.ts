import { requireTwoClasses } from '../data.ts'
import { buildDesign } from '../linear/design.ts'
import { logisticLoss, minimiseByNewton } from '../linear/newton.ts'
import type { PlattCalibrator } from '../model.ts'
import { logit } from './apply.ts'
import { type CalibrationData, checkCalibrationData } from './isotonic.ts'

/**
 * Platt scaling of the log odds: two numbers, so it needs far fewer rows than isotonic regression, and keeps the order.
 * Targets are pulled in to (positives + 1)/(positives + 2) and 1/(negatives + 2), so that separable rows stay finite.
 * @see Platt 1999; Lin, Lin and Weng 2007
 * @throws LearnError LEARN_DATA_INVALID naming the row, LEARN_TARGET_CONSTANT when only one outcome occurs
 * @example fitPlatt({ probabilities: Float64Array.of(.9, .9, .1, .1), outcomes: Float64Array.of(1, 0, 0, 1) }).slope < 0.01 // true
 */
export function fitPlatt(data: CalibrationData): PlattCalibrator {
  checkCalibrationData(data)
  const { outcomes, weights } = data
  const values = data.probabilities.map(logit)
  const features = [{ name: 'log odds', kind: 'numeric' as const, values }]
  const learning = { features, target: outcomes, ...(weights === undefined ? {} : { weights }) }
  requireTwoClasses(learning)
  const design = buildDesign(learning)
  let positives = 0
  let negatives = 0
  outcomes.forEach((outcome, row) => {
    positives += outcome * design.weights[row]!
    negatives += (1 - outcome) * design.weights[row]!
  })
  const target = outcomes.map((outcome) => (outcome === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)))
  const [intercept, slope] = minimiseByNewton(design, target, logisticLoss, 0) as unknown as [number, number]
  const scale = design.scales[0]!
  return { kind: 'platt', slope: slope / scale, intercept: intercept - (slope * design.means[0]!) / scale }
}
