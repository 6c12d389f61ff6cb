import { StatsError } from '../error.ts'
import type { Figure } from './figure.ts'
import { checkLength, tFor, unknown } from './weighted.ts'

/**
 * Mean of block means (days, say) with a t-interval over the blocks: right when rows of a block depend on each other
 * and blocks do not. An interval over the rows would be too narrow by the root of the design effect.
 * @param means one per block @param weights rows per block, or 1s
 * @example clusteredMeanInterval([0.1, 0.2, 0.3], [1, 1, 1]).value // 0.2
 */
export function clusteredMeanInterval(means: ArrayLike<number>, weights: ArrayLike<number>, level = 0.95): Figure {
  const { blocks, mean, variance } = blockMoments('clusteredMeanInterval', means, weights)
  if (blocks < 2) return unknown('too-few-blocks', blocks)
  return interval(mean, Math.sqrt(variance), { df: blocks - 1, blocks, level })
}

export type Blocks = { readonly means: ArrayLike<number>; readonly weights: ArrayLike<number> }

/**
 * Current minus reference, over block means, with Welch's interval.
 * @example blockDifference({ means: [1, 2, 3], weights: [1, 1, 1] }, { means: [2, 3, 4], weights: [1, 1, 1] }).value // 1
 */
export function blockDifference(reference: Blocks, current: Blocks, level = 0.95): Figure {
  const before = blockMoments('blockDifference', reference.means, reference.weights)
  const after = blockMoments('blockDifference', current.means, current.weights)
  const blocks = before.blocks + after.blocks
  if (before.blocks < 2 || after.blocks < 2) return unknown('too-few-blocks', blocks)
  const variance = before.variance + after.variance
  const parts = before.variance ** 2 / (before.blocks - 1) + after.variance ** 2 / (after.blocks - 1)
  const df = parts > 0 ? variance ** 2 / parts : blocks - 2
  return interval(after.mean - before.mean, Math.sqrt(variance), { df, blocks, level })
}

type Interval = { readonly df: number; readonly blocks: number; readonly level: number }

function interval(value: number, error: number, { df, blocks, level }: Interval): Figure {
  const half = tFor(level, df) * error
  if (![value, value - half, value + half].every(Number.isFinite)) return unknown('not-finite', blocks)
  return { kind: 'known', value, low: value - half, high: value + half, rows: blocks, level }
}

/** Weighted mean of the blocks of some weight, and the variance of that mean (ratio estimator over clusters). */
function blockMoments(where: string, means: ArrayLike<number>, weights: ArrayLike<number>) {
  checkLength(where, 'weights', weights.length, means.length)
  let blocks = 0
  let total = 0
  let sum = 0
  for (let i = 0; i < means.length; i++) {
    if (!(weights[i]! >= 0 && weights[i]! < Infinity && Number.isFinite(means[i])))
      throw new StatsError(
        'STATS_OUT_OF_RANGE',
        `block ${i} of ${where} has mean ${means[i]} and weight ${weights[i]}, expected finite numbers`,
        { block: i },
      )
    if (weights[i] === 0) continue
    blocks++
    total += weights[i]!
    sum += weights[i]! * means[i]!
  }
  const mean = blocks === 0 ? 0 : sum / total
  let squares = 0
  for (let i = 0; i < means.length; i++) squares += (weights[i]! * (means[i]! - mean)) ** 2
  return { blocks, mean, variance: blocks < 2 ? 0 : (squares * blocks) / (blocks - 1) / (total * total) }
}
