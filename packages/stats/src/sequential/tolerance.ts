import { betaQuantile } from '../special/index.ts'
import type { ExpectedBuckets } from './concentration.ts'

/** The rarest wander that is reckoned with, about once in a year of 1,000 streams, and the nats it may bring a bet. */
const RAREST = 1e-7
const RAREST_GAIN = 3
/** A peak lasts a small part of the time over which the wander is forgotten: the more so, the rarer it is. */
const PEAK = 1 / 25

/**
 * Radius in nats of a ball that contains buckets that wander with concentration C, but for a share `outside`.
 *
 * KL(p || q) of such a bucket is about chi-square(bins - 1) / 2C. C is an estimate, so F takes the place of chi-square,
 * with as many degrees of freedom below as the buckets have independent ones; few buckets, or buckets that wander
 * slowly, make the ball wider. Beyond the radius a bet that follows a wander of chi-square x gains
 * `rows (√x - √radius)² / 2C` nats in a bucket, for as long as the wander lasts; the radius moves out until the rarest
 * wander gains little. Deviation from a fixed quantile (1 - 1e-5): that was needlessly wide where buckets hold few rows.
 */
export function wanderRadius(buckets: ExpectedBuckets, concentration: number, outside: number): number {
  const freedom = Math.max(1, buckets.bins - 1)
  const persistence = persistenceOf(buckets, concentration)
  const below = (freedom * buckets.rows.length * (1 - persistence ** 2)) / (1 + persistence ** 2)
  const rows = buckets.rows.reduce((sum, n) => sum + n, 0) / buckets.rows.length
  const usual = Math.sqrt(tail(outside, freedom, below))
  const rarest = Math.sqrt(tail(Math.min(outside, RAREST), freedom, below))
  const lasting = (PEAK * (1 + persistence)) / (1 - persistence)
  const root = Math.max(usual, rarest - Math.sqrt((2 * RAREST_GAIN * concentration) / (rows * lasting)))
  return (root * root) / (2 * concentration)
}

/** Upper quantile of `freedom` times Fisher's F, by the beta distribution: chi-square over an estimated scale. */
export function tail(share: number, freedom: number, below: number): number {
  const b = betaQuantile(share, below / 2, freedom / 2)
  return (below * (1 - b)) / b
}

/**
 * Correlation of the wander from one bucket to the next, 0 to 0.99. Chance is independent between buckets, so products
 * of neighbours' deviations hold wander only; C says how much of it there is.
 */
function persistenceOf({ bins, rows, counts, expected }: ExpectedBuckets, concentration: number): number {
  let sum = 0
  for (let b = 1; b < rows.length; b++) {
    for (let j = 0; j < bins; j++) {
      const [i, before] = [b * bins + j, (b - 1) * bins + j]
      const share = expected[i]! / rows[b]!
      sum += ((counts[i]! / rows[b]! - share) * ((counts[before]! - expected[before]!) / rows[b - 1]!)) / share
    }
  }
  const covariance = sum / Math.max(1, rows.length - 1)
  const variance = Math.max(1, bins - 1) / (concentration + 1)
  return Math.min(0.99, Math.max(0, covariance / variance))
}
