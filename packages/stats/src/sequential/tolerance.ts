import { betaQuantile } from '../special/index.ts'
import { type ExpectedBuckets, fitConcentration } from './concentration.ts'

/** How far the buckets of one stream wander on one scale, and how well that is known. */
export type Wander = {
  /** Dirichlet-multinomial concentration around what a reference without the bucket expects. */
  readonly concentration: number
  readonly buckets: number
  /** Mean effective rows of a bucket. */
  readonly rows: number
  /** Correlation of the wander from one bucket to the next, 0 to 0.99. */
  readonly persistence: number
  /** Degrees of freedom that the concentration is known with, and the variance of its logarithm. */
  readonly freedom: number
  readonly variance: number
}

export function fitWander(buckets: ExpectedBuckets): Wander {
  const concentration = fitConcentration(buckets)
  const found = buckets.rows.length
  const rows = buckets.rows.reduce((sum, n) => sum + n, 0) / found
  const persistence = persistenceOf(buckets, concentration)
  const all = Math.max(1, buckets.bins - 1) * found
  const freedom = (all * (1 - persistence ** 2)) / (1 + persistence ** 2)
  // Slow wander has few independent values; the chance on top of it is new in every bucket.
  const variance = 2 / freedom + (2 / all) * ((1 + concentration / rows) ** 2 - 1)
  return { concentration, buckets: found, rows, persistence, freedom, variance }
}

/** The rarest wander that is reckoned with, about once in a year of 1,000 streams, and the nats it may bring a bet. */
const RAREST = 1e-7
const RAREST_GAIN = 2.6
/** A peak lasts a small part of the time over which the wander is forgotten: the more so, the rarer it is. */
const PEAK = 1 / 25

/**
 * Radius in nats of a ball that contains buckets that wander so, but for a share `outside`.
 *
 * KL(p || q) of such a bucket is about chi-square(bins - 1) / 2C. C is an estimate, so F takes the place of chi-square:
 * few buckets, or buckets that wander slowly, make the ball wider. Beyond the radius a bet that follows a wander of
 * chi-square x gains `rows (√x - √radius)² / 2C` nats in a bucket, for as long as the wander lasts; the radius moves out
 * until the rarest wander gains little. Deviation from a fixed quantile (1 - 1e-5): that was needlessly wide where
 * buckets hold few rows.
 */
export function wanderRadius(wander: Wander, bins: number, outside: number): number {
  const { concentration, rows, persistence, freedom } = wander
  const above = Math.max(1, bins - 1)
  const usual = Math.sqrt(tail(outside, above, freedom))
  const rarest = Math.sqrt(tail(Math.min(outside, RAREST), above, freedom))
  const lasting = (PEAK * (1 + persistence)) / (1 - persistence)
  const root = Math.max(usual, rarest - Math.sqrt((2 * RAREST_GAIN * concentration) / (rows * lasting)))
  return (root * root) / (2 * concentration)
}

/** Upper quantile of `above` times Fisher's F, by the beta distribution: chi-square over an estimated scale. */
export function tail(share: number, above: number, below: number): number {
  const b = betaQuantile(share, below / 2, above / 2)
  return (below * (1 - b)) / b
}

/** What the streams of a model have in common on one scale: mean and variance of ln C between them. */
export type Family = { readonly mean: number; readonly between: number }

/** Fewer streams that wander are no family. */
const LEAST_STREAMS = 5
/** Wander below a twentieth of chance is hardly wander: such a stream neither tells nor learns. */
const FAINT = 20

/** Mean and variance between streams by the method of moments (DerSimonian and Laird 1986), none where too few wander. */
export function familyOf(wanders: readonly Wander[]): Family | undefined {
  const known = wanders
    .filter(isWandering)
    .map(({ concentration, variance }) => ({ y: Math.log(concentration), variance }))
  if (known.length < LEAST_STREAMS) return undefined
  const pooled = (between: number) => {
    let [weights, sum] = [0, 0]
    for (const { y, variance } of known) {
      weights += 1 / (variance + between)
      sum += y / (variance + between)
    }
    return { mean: sum / weights, weights }
  }
  const { mean, weights } = pooled(0)
  const squares = known.reduce((sum, { variance }) => sum + 1 / variance ** 2, 0)
  const spread = known.reduce((sum, { y, variance }) => sum + (y - mean) ** 2 / variance, 0)
  const between = Math.max(0, (spread - (known.length - 1)) / (weights - squares / weights))
  const final = pooled(between)
  return { mean: final.mean, between: between + 1 / final.weights }
}

/**
 * The wander of a stream, given that of its family: ln C moves towards the family's mean by as much as it is uncertain,
 * compared with how much the streams differ. Six weeks of slow wander fix C to a sixth; a thousand streams fix it to less.
 */
export function amongFamily(wander: Wander, family: Family | undefined): Wander {
  if (!family || !isWandering(wander)) return wander
  const variance = 1 / (1 / wander.variance + 1 / family.between)
  const logC = variance * (Math.log(wander.concentration) / wander.variance + family.mean / family.between)
  return { ...wander, concentration: Math.exp(logC), variance, freedom: Math.max(wander.freedom, 2 / variance) }
}

function isWandering({ concentration, rows }: Wander): boolean {
  return concentration < FAINT * rows
}

/** Chance is independent between buckets, so products of neighbours' deviations hold wander only; C says how much there is. */
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
