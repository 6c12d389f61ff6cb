import { normalCdf } from '../special/index.ts'

/**
 * What is believed of Δ(t), the mean of loss - expected loss over window t, given the labels so far: a mixture of
 * normals, one for each supposition of how Δ behaves (its habit) and of the window in which it last jumped.
 *
 * Δ(t) = B(t) + u(t). u is the window's own, N(0, own²). B wanders by N(0, wander²) a window and, with probability
 * `jump`, starts anew at N(0, slab²): the concept has changed. At first it is N(0, spike²), the estimate being right,
 * or in `doubt` of the cases N(0, slab²). Habits weigh as much as they foretold the labels; so the pooling over past
 * windows reaches back as far as the labels themselves bear out, and no further than the last jump.
 * @see Adams and MacKay 2007 (change points by run length); Angelopoulos et al. 2023 (prediction-powered inference);
 * Mitchell and Beauchamp 1988 (spike and slab)
 */
export type Belief = readonly Supposition[]

type Supposition = {
  /** Index into HABITS. */
  readonly habit: number
  readonly logWeight: number
  /** Of B, in units of the prior. */
  readonly mean: number
  readonly variance: number
}

/** Mean residual of a window's labelled rows and the variance of that mean; both in units of the prior. */
export type Sighting = { readonly mean: number; readonly variance: number }

export type Mixture = readonly { readonly weight: number; readonly mean: number; readonly variance: number }[]

/** In shares of a 0/1 loss (0.01 = a point); other losses are scaled to it. Chosen on the tuned half of bench/estimate. */
const PRIOR = { spike: 0.005, slab: 0.08, doubt: 0.1, jump: 0.04 } as const
const OWN = { sizes: [0.0025, 0.01, 0.03, 0.07], shares: [0.6, 0.2, 0.12, 0.08] } as const
const WANDER = { sizes: [0, 0.005, 0.02], shares: [0.6, 0.3, 0.1] } as const
const HABITS: readonly { readonly own: number; readonly wander: number; readonly share: number }[] = OWN.sizes.flatMap(
  (own, i) => WANDER.sizes.map((wander, j) => ({ own, wander, share: OWN.shares[i]! * WANDER.shares[j]! })),
)
/** Suppositions beyond these weigh next to nothing. */
const KEPT = 120
const LEAST_WEIGHT = 1e-4

export function firstBelief(): Belief {
  return HABITS.flatMap(({ share }, habit) => [
    { habit, logWeight: Math.log(share * (1 - PRIOR.doubt)), mean: 0, variance: PRIOR.spike ** 2 },
    { habit, logWeight: Math.log(share * PRIOR.doubt), mean: 0, variance: PRIOR.slab ** 2 },
  ])
}

/** A window passes: B wanders, or jumps. */
export function afterWindow(belief: Belief): Belief {
  const stayed = belief.map((each) => ({
    ...each,
    logWeight: each.logWeight + Math.log(1 - PRIOR.jump),
    variance: each.variance + HABITS[each.habit]!.wander ** 2,
  }))
  const jumped = [...new Set(belief.map(({ habit }) => habit))].map((habit) => ({
    habit,
    logWeight: logSum(belief.filter((each) => each.habit === habit)) + Math.log(PRIOR.jump),
    mean: 0,
    variance: PRIOR.slab ** 2,
  }))
  return [...stayed, ...jumped]
}

/**
 * The belief after a sighting (or none), and what is then believed of this window's Δ.
 * @param further variance of u beyond the habit's, where the window is far from the reference
 */
export function learnFrom(
  belief: Belief,
  sighting: Sighting | undefined,
  further: number,
): { readonly belief: Belief; readonly delta: Mixture } {
  const learnt = belief.map((each) => learnOne(each, sighting, further))
  const norm = logSum(learnt.map(({ after }) => after))
  learnt.sort((a, b) => b.after.logWeight - a.after.logWeight)
  const least = learnt[0]!.after.logWeight + Math.log(LEAST_WEIGHT)
  const kept = learnt.slice(0, KEPT).filter(({ after }) => after.logWeight > least)
  return {
    belief: kept.map(({ after }) => ({ ...after, logWeight: after.logWeight - norm })),
    delta: kept.map(({ after, delta }) => ({ weight: Math.exp(after.logWeight - norm), ...delta })),
  }
}

function learnOne(before: Supposition, sighting: Sighting | undefined, further: number) {
  const own = HABITS[before.habit]!.own ** 2 + further
  const { mean, variance } = before
  if (sighting === undefined) return { after: before, delta: { mean, variance: variance + own } }
  const total = variance + own + sighting.variance
  const surprise = sighting.mean - mean
  const gain = variance / total
  const whole = (variance + own) / total
  return {
    after: {
      habit: before.habit,
      logWeight: before.logWeight - (Math.log(total) + (surprise * surprise) / total) / 2,
      mean: mean + gain * surprise,
      variance: variance * (1 - gain),
    },
    delta: { mean: mean + whole * surprise, variance: (variance + own) * (1 - whole) },
  }
}

export function mixtureMean(mixture: Mixture): number {
  let [sum, weight] = [0, 0]
  for (const part of mixture) {
    sum += part.weight * part.mean
    weight += part.weight
  }
  return sum / weight
}

/** The q-quantile of the mixture with `noise` added to every part's variance, by bisection. */
export function mixtureQuantile(mixture: Mixture, q: number, noise = 0): number {
  let [low, high, weight] = [Infinity, -Infinity, 0]
  const spreads = mixture.map((part) => Math.sqrt(part.variance + noise))
  mixture.forEach((part, k) => {
    low = Math.min(low, part.mean - 6 * spreads[k]!)
    high = Math.max(high, part.mean + 6 * spreads[k]!)
    weight += part.weight
  })
  for (let i = 0; i < 36; i++) {
    const middle = (low + high) / 2
    let below = 0
    mixture.forEach((part, k) => {
      below += part.weight * normalCdf((middle - part.mean) / spreads[k]!)
    })
    if (below < q * weight) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function logSum(parts: readonly { readonly logWeight: number }[]): number {
  let largest = -Infinity
  for (const { logWeight } of parts) largest = Math.max(largest, logWeight)
  let sum = 0
  for (const { logWeight } of parts) sum += Math.exp(logWeight - largest)
  return largest + Math.log(sum)
}
