/**
 * How rare a score is among those of the reference, as -ln of the share at or above it. Plain JSON.
 * `costs` are -ln(1 - ECDF) at `scores`, both ascending; beyond the last, the line goes on with `slope`.
 */
export type SurpriseCurve = {
  readonly scores: readonly number[]
  readonly costs: readonly number[]
  readonly slope: number
}

/** Knots, dense where scores are rare. */
const SHARES_ABOVE = [
  1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.075, 0.05, 0.035, 0.025, 0.015, 0.01, 0.005, 0.0025,
  0.001,
]
/** The tail that the slope is taken from. */
const TAIL = 0.05

/**
 * Learns the curve from the scores of the reference. A score beyond all of them costs more the further it lies, by the
 * rate of the tail (exponential), so that two of them are not the same.
 */
export function surpriseCurve(reference: Float64Array): SurpriseCurve {
  const sorted = reference.slice().sort()
  const rows = sorted.length
  const scores: number[] = []
  const costs: number[] = []
  const knot = (index: number, cost: number) => {
    const score = sorted[index]!
    // Of equal scores the last knot: as many rows lie at or above it as its share says at most.
    if (scores.at(-1) === score) costs[costs.length - 1] = cost
    else {
      scores.push(score)
      costs.push(cost)
    }
  }
  for (const share of SHARES_ABOVE) {
    if (share * rows >= 1) knot(rows - Math.ceil(share * rows), Math.log(1 / share))
  }
  knot(rows - 1, Math.log(rows + 1))
  return { scores, costs, slope: slopeOf(sorted) }
}

/** The cost of a score, >= 0, finite for any finite score. */
export function surpriseOf({ scores, costs, slope }: SurpriseCurve, score: number): number {
  const last = scores.length - 1
  if (score <= scores[0]!) return score === scores[0]! ? costs[0]! : 0
  if (score >= scores[last]!) return costs[last]! + slope * (score - scores[last]!)
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (scores[middle]! <= score) low = middle
    else high = middle
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!)
  return costs[low]! + share * (costs[high]! - costs[low]!)
}

/** Rate of an exponential tail: one over the mean excess above its start (the maximum-likelihood estimate). */
function slopeOf(sorted: Float64Array): number {
  const start = Math.min(sorted.length - 1, Math.floor((1 - TAIL) * sorted.length))
  let excess = 0
  for (let i = start; i < sorted.length; i++) excess += (sorted[i]! - sorted[start]!) / (sorted.length - start)
  return excess > 0 ? 1 / excess : 1
}
