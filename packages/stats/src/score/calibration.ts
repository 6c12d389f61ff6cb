import type { Figure } from './figure.ts'
import type { Ranked } from './ranking.ts'
import { ANY, around, type Settings, SHARE, unknown } from './weighted.ts'

const CALIBRATION_BINS = 10
/** Probabilities nearer to 0 or 1 than this are taken for it: a logit or logarithm of 0 says nothing. */
export const LEAST_PROBABILITY = 1e-15

/**
 * Expected calibration error over ten bins of equal row counts (equal scores may straddle two bins). It is a sum of
 * absolute values, so noise alone makes it positive: `noise` of that is taken off the lower end of the interval.
 */
export function calibrationError(ranked: Ranked, settings: Settings): Figure {
  const { order, labels, scores, weights } = ranked
  const rows = order.length
  let total = 0
  for (const weight of weights) total += weight
  let value = 0
  let variance = 0
  let noise = 0
  for (let b = 0; b < CALIBRATION_BINS; b++) {
    const bin = order.subarray(
      Math.floor((b * rows) / CALIBRATION_BINS),
      Math.floor(((b + 1) * rows) / CALIBRATION_BINS),
    )
    let gap = 0
    let spread = 0
    for (const i of bin) {
      gap += weights[i]! * (labels[i]! - scores[i]!)
      spread += weights[i]! ** 2 * scores[i]! * (1 - scores[i]!)
    }
    value += Math.abs(gap) / total
    variance += spread / (total * total)
    noise += Math.sqrt((2 * spread) / Math.PI) / total
  }
  const figure = around(value, Math.sqrt(variance), rows, settings, SHARE)
  return figure.kind === 'known' ? { ...figure, low: Math.max(0, figure.low - noise) } : figure
}

/**
 * Slope b of the logistic regression label ~ a + b logit(score), by Newton's method, with its sandwich error.
 * 1 when calibrated; below 1 the scores are too bold. Unknown when classes are separated or the scores all equal.
 */
export function calibrationSlope(ranked: Ranked, settings: Settings): Figure {
  const { labels, scores, weights } = ranked
  const rows = scores.length
  const x = Float64Array.from({ length: rows }, (_, i) => logit(scores[i]!))
  let [a, b] = [0, 1]
  for (let iteration = 0; iteration < 50; iteration++) {
    const { gradient, hessian } = derivatives(x, labels, weights, a, b)
    const step = solve(hessian, gradient)
    if (!step) return unknown('scores-do-not-vary', rows)
    a += step[0]
    b += step[1]
    if (Math.abs(b) > 1e4) return unknown('classes-are-separated', rows)
    if (Math.abs(step[0]) + Math.abs(step[1]) < 1e-10)
      return around(b, sandwichError(x, labels, weights, a, b), rows, settings, ANY)
  }
  return unknown('classes-are-separated', rows)
}

type Symmetric = { readonly aa: number; readonly ab: number; readonly bb: number }

function derivatives(x: Float64Array, labels: ArrayLike<number>, weights: Float64Array, a: number, b: number) {
  const gradient: [number, number] = [0, 0]
  let [aa, ab, bb] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const p = 1 / (1 + Math.exp(-a - b * x[i]!))
    const residual = weights[i]! * (labels[i]! - p)
    const curve = weights[i]! * p * (1 - p)
    gradient[0] += residual
    gradient[1] += residual * x[i]!
    aa += curve
    ab += curve * x[i]!
    bb += curve * x[i]! * x[i]!
  }
  return { gradient, hessian: { aa, ab, bb } }
}

function sandwichError(
  x: Float64Array,
  labels: ArrayLike<number>,
  weights: Float64Array,
  a: number,
  b: number,
): number {
  const { hessian } = derivatives(x, labels, weights, a, b)
  const { aa, ab, bb } = hessian
  const determinant = aa * bb - ab * ab
  let meat = 0
  for (let i = 0; i < x.length; i++) {
    const p = 1 / (1 + Math.exp(-a - b * x[i]!))
    const influence = (aa * x[i]! - ab) / determinant
    meat += (weights[i]! * (labels[i]! - p) * influence) ** 2
  }
  return Math.sqrt(meat)
}

function solve({ aa, ab, bb }: Symmetric, [g, h]: readonly [number, number]): [number, number] | undefined {
  const determinant = aa * bb - ab * ab
  if (!(determinant > 1e-12 * aa * bb)) return undefined
  return [(bb * g - ab * h) / determinant, (aa * h - ab * g) / determinant]
}

function logit(p: number): number {
  const kept = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, p))
  return Math.log(kept / (1 - kept))
}
