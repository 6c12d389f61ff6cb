/**
 * Bet sizes, a geometric grid: whatever the effect, one of them is within a factor 1.5 of the best one. Averaging over
 * them costs ln 8 = 2.1 nats of evidence at most.
 */
export const BETS: readonly number[] = [0.75, 0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625]

/** ln of the mean of e^x, safe for large x. */
export function logMeanExp(logs: ArrayLike<number>): number {
  let largest = -Infinity
  for (let i = 0; i < logs.length; i++) largest = Math.max(largest, logs[i]!)
  let sum = 0
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i]! - largest)
  return largest + Math.log(sum / logs.length)
}
