import { StatsError } from '../error.ts'

/**
 * One bet against "the rows come from within a tolerance of the reference".
 *
 * Null: the average q of the rows' distributions in a bucket lies in the ball B = { q : KL(p || q) <= kappa } around the
 * reference p. It may wander inside B in any way, for ever. Alternative: any guess r made before the bucket.
 *
 * 1. Of all q in B the one that explains r best, the reverse information projection, is a mixture
 *    `q* = (1 - w) p + w r`, with w = 1 where r is in B, else so that KL(p || q*) = kappa (Lagrange).
 * 2. B is convex and q* its best point, so `Σ q r / q* <= 1` for every q in B (Karush, Kuhn, Tucker): r / q* is an
 *    e-value of one row (Grünwald, de Heide, Koolen 2024).
 * 3. Of rows that are independent given the past, with average q: `E Π r/q* <= (Σ q r/q*)^n <= 1` (arithmetic and
 *    geometric mean), so only the bucket's average need lie in B, and `Π (r/q*)^counts` is an e-value of the bucket.
 * 4. A w above the root projects onto a larger ball, which contains B: still an e-value. Newton's method on a convex
 *    function comes from above, so it may be stopped at any step.
 */

/** Newton stops when a step moves the weight by less than this share of it; what is left costs evidence, not validity. */
const WEIGHT_TOLERANCE = 2e-3

/**
 * Weight w of the guess in its projection onto the ball: 1 when the guess lies inside.
 * @param reference p, above 0 wherever the guess is, sums to 1
 * @param excess r / p - 1 per bin, above -1, with `Σ p · excess = 0`
 * @param kappa radius in nats, above 0
 */
export function mixingWeight(reference: Float64Array, excess: Float64Array, bins: number, kappa: number): number {
  if (divergenceBound(reference, excess, bins) <= kappa) return 1
  let divergence = 0
  let slope = 0
  for (let j = 0; j < bins; j++) {
    const ratio = 1 + excess[j]!
    divergence -= reference[j]! * Math.log(ratio)
    slope -= (reference[j]! * excess[j]!) / ratio
  }
  if (divergence <= kappa) return 1
  // A first step on the square root, which is nearly a line, may fall short; the next one, of Newton, ends above the root.
  const start = 1 - (2 * (divergence - Math.sqrt(divergence * kappa))) / slope
  return newton(reference, excess, bins, kappa, Math.max(start, kappa / divergence))
}

function newton(reference: Float64Array, excess: Float64Array, bins: number, kappa: number, start: number): number {
  let weight = start
  for (let i = 0; i < 40; i++) {
    let divergence = 0
    let slope = 0
    for (let j = 0; j < bins; j++) {
      const ratio = 1 + weight * excess[j]!
      divergence -= reference[j]! * Math.log(ratio)
      slope -= (reference[j]! * excess[j]!) / ratio
    }
    const next = Math.min(1, weight + (kappa - divergence) / slope)
    if (Math.abs(next - weight) <= WEIGHT_TOLERANCE * weight) {
      if (divergence > 1.1 * kappa) break
      return Math.max(next, weight)
    }
    weight = next
  }
  return bisect(reference, excess, bins, kappa)
}

/** Where a bin has all but vanished from the guess, the function is a wall that Newton's steps hardly leave. */
function bisect(reference: Float64Array, excess: Float64Array, bins: number, kappa: number): number {
  let low = 0
  let high = 1
  while (high - low > WEIGHT_TOLERANCE * high && high > 1e-12) {
    const middle = (low + high) / 2
    let divergence = 0
    for (let j = 0; j < bins; j++) divergence -= reference[j]! * Math.log(1 + middle * excess[j]!)
    if (divergence < kappa) low = middle
    else high = middle
  }
  return high
}

/** Upper bound of KL(p || r) without a logarithm: -ln(1 + x) <= -x + x²/2, divided by 1 + x where x is below 0. */
function divergenceBound(reference: Float64Array, excess: Float64Array, bins: number): number {
  let sum = 0
  for (let j = 0; j < bins; j++) {
    const x = excess[j]!
    const term = reference[j]! * x * x
    sum += x < 0 ? term / (1 + x) : term
  }
  return sum / 2
}

/** ln of the e-value of a bucket: `Σ counts · ln(r / q*)`, before it is tempered by the design effect. */
export function logRatio(counts: Float64Array, excess: Float64Array, bins: number, weight: number): number {
  let sum = 0
  for (let j = 0; j < bins; j++) {
    const rows = counts[j]!
    if (rows > 0) sum += rows * Math.log((1 + excess[j]!) / (1 + weight * excess[j]!))
  }
  return sum
}

export type BallProjection = {
  /** Share of the guess in the projection, 1 where the guess is inside the ball. */
  readonly weight: number
  /** q*, sums to 1. */
  readonly projected: Float64Array
}

/**
 * The distribution within `kappa` nats of the reference that explains the guess best.
 * @param reference p per bin, above 0, sums to 1
 * @param guess r per bin, above 0, sums to 1
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_OPTION where a share is not above 0 or the sum not 1
 * @example
 * const { weight, projected } = reverseProjection([0.5, 0.5], [0.8, 0.2], 0.02)
 * weight // 0.3304
 * projected[0] // 0.5991
 */
export function reverseProjection(
  reference: ArrayLike<number>,
  guess: ArrayLike<number>,
  kappa: number,
): BallProjection {
  if (reference.length !== guess.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `the reference has ${reference.length} bins and the guess ${guess.length}`,
    )
  if (!(kappa > 0 && kappa < Infinity))
    throw new StatsError('STATS_BAD_OPTION', `kappa is ${kappa}, expected a finite number of nats above 0`, { kappa })
  const p = checkedShares('reference', reference)
  const r = checkedShares('guess', guess)
  const excess = p.map((share, j) => r[j]! / share - 1)
  const weight = mixingWeight(p, excess, p.length, kappa)
  return { weight, projected: p.map((share, j) => (1 - weight) * share + weight * r[j]!) }
}

/**
 * ln of the e-value of a bucket against the null that its rows come from within `kappa` nats of the reference. Its mean
 * under that null is an e-value's, `E[e^…] <= 1`, whatever the guess, which must have been made before the bucket.
 * @param counts rows per bin; @param designEffect how many rows count as one, 1 or more
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_BAD_COUNT, STATS_BAD_OPTION
 * @example
 * bucketEvidence([80, 20], { reference: [0.5, 0.5], guess: [0.8, 0.2], kappa: 0.02 }) // 9.224
 * bucketEvidence([50, 50], { reference: [0.5, 0.5], guess: [0.52, 0.48], kappa: 0.02 }) // 0
 */
export function bucketEvidence(
  counts: ArrayLike<number>,
  bet: {
    readonly reference: ArrayLike<number>
    readonly guess: ArrayLike<number>
    readonly kappa: number
    readonly designEffect?: number
  },
): number {
  const { designEffect = 1 } = bet
  if (!(designEffect >= 1 && designEffect < Infinity))
    throw new StatsError('STATS_BAD_OPTION', `the design effect is ${designEffect}, expected a finite number from 1`)
  const { projected } = reverseProjection(bet.reference, bet.guess, bet.kappa)
  if (counts.length !== projected.length)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `the bucket has ${counts.length} bins and the reference ${projected.length}`,
    )
  let sum = 0
  for (let j = 0; j < counts.length; j++) {
    const rows = counts[j]!
    if (!(rows >= 0 && rows <= Number.MAX_SAFE_INTEGER))
      throw new StatsError('STATS_BAD_COUNT', `bin ${j} has ${rows} rows, expected a finite number from 0`, { bin: j })
    // Two logs: a share may be so small that the quotient leaves the doubles.
    if (rows > 0) sum += rows * (Math.log(bet.guess[j]!) - Math.log(projected[j]!))
  }
  return sum / designEffect
}

function checkedShares(name: string, shares: ArrayLike<number>): Float64Array {
  const checked = Float64Array.from(shares)
  let sum = 0
  for (let j = 0; j < checked.length; j++) {
    if (!(checked[j]! > 0))
      throw new StatsError('STATS_BAD_OPTION', `share ${j} of the ${name} is ${checked[j]}, expected above 0`, {
        bin: j,
      })
    sum += checked[j]!
  }
  if (!(Math.abs(sum - 1) < 1e-9))
    throw new StatsError('STATS_BAD_OPTION', `the shares of the ${name} sum to ${sum}, expected 1`, { sum })
  return checked
}
