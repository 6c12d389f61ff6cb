import { logistic } from '../linear/newton.ts'
import type { Calibrator, IsotonicCalibrator } from '../model.ts'

/** Probabilities closer than this to 0 or 1 count as this close: a logit must be finite. */
const CLOSEST_TO_CERTAIN = 1e-15

/**
 * The corrected probability.
 * @example applyCalibrator({ kind: 'platt', slope: 1, intercept: 0 }, 0.25) // 0.25
 */
export function applyCalibrator(calibrator: Calibrator, probability: number): number {
  if (calibrator.kind === 'isotonic') return interpolate(calibrator, probability)
  return logistic(calibrator.slope * logit(probability) + calibrator.intercept)
}

export function logit(probability: number): number {
  const inside = Math.min(Math.max(probability, CLOSEST_TO_CERTAIN), 1 - CLOSEST_TO_CERTAIN)
  return Math.log(inside / (1 - inside))
}

function interpolate({ from, to }: IsotonicCalibrator, at: number): number {
  let low = 0
  let high = from.length - 1
  if (at <= from[low]!) return to[low]!
  if (at >= from[high]!) return to[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (from[middle]! < at) low = middle
    else high = middle
  }
  const share = (at - from[low]!) / (from[high]! - from[low]!)
  return to[low]! + share * (to[high]! - to[low]!)
}
