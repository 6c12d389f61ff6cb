/**
 * Bet sizes, a geometric grid: whatever the effect, one of them is within a factor 1.5 of the best one. Averaging over
 * them costs ln 8 = 2.1 nats of evidence at most.
 */
export const BETS: readonly number[] = [0.75, 0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625]

/**
 * Weights of the bets of a paired comparison: most on effects of a tenth to a half of the pairs that differ, which is
 * where challengers worth a decision lie. Uniform ones took a tenth more pairs there.
 */
export const PAIRED_WEIGHTS: readonly number[] = [0.06, 0.16, 0.22, 0.2, 0.14, 0.1, 0.07, 0.05]

/** ln of the weighted mean of e^x, safe for large x; the weights sum to 1. */
export function logWeightedMeanExp(logs: ArrayLike<number>, weights: readonly number[]): number {
  let largest = -Infinity
  for (let i = 0; i < logs.length; i++) largest = Math.max(largest, logs[i]!)
  let sum = 0
  for (let i = 0; i < logs.length; i++) sum += weights[i]! * Math.exp(logs[i]! - largest)
  return largest + Math.log(sum)
}

/** ln of the mean of e^x, safe for large x. */
export function logMeanExp(logs: ArrayLike<number>): number {
  let largest = -Infinity
  for (let i = 0; i < logs.length; i++) largest = Math.max(largest, logs[i]!)
  let sum = 0
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i]! - largest)
  return largest + Math.log(sum / logs.length)
}
