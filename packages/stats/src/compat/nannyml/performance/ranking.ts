import { createRandom } from '../../../random.ts'
import { deviation } from '../arithmetic.ts'
import { rowNumbers } from '../frame.ts'
import { ascendingOrder } from '../order.ts'

/** Area under the ROC curve, half a win for a tie; both classes are there. */
export function rocAuc(truth: Float64Array, scores: Float64Array): number {
  const { ones, zeros } = tiedGroups(truth, scores)
  let [positives, negatives, wins] = [0, 0, 0]
  for (let group = 0; group < ones.length; group++) {
    wins += zeros[group]! * (positives + ones[group]! / 2)
    positives += ones[group]!
    negatives += zeros[group]!
  }
  return wins / (positives * negatives)
}

/** Σ (recall step × precision) over the distinct scores from the highest; 0 without positives. */
export function averagePrecision(truth: Float64Array, scores: Float64Array): number {
  return stepArea(tiedGroups(truth, scores))
}

/**
 * NannyML's spread of the AUC, as standard deviation over the positives (the rarer class) of the share of negatives
 * ranked below them, and the share of positives. Wrong: of DeLong's two terms it has the one of the positives only,
 * 0.70 of the true standard error at equal classes; and it depends on how tied scores were sorted. `scoreBinary` has
 * both.
 */
export function aucSpread(truth: Float64Array, scores: Float64Array): { deviation: number; share: number } {
  const ones = truth.reduce((total, label) => total + label, 0)
  const flip = ones / truth.length > 0.5
  const order = ascendingOrder(flip ? scores.map((score) => 1 - score) : scores)
  const positives = flip ? truth.length - ones : ones
  const ranks: number[] = []
  for (let rank = 1; rank < order.length; rank++) if ((truth[order[rank]!] === 1) !== flip) ranks.push(rank)
  const below = ranks.map((rank, i) => (rank - i) / (truth.length - positives))
  return { deviation: deviation(below), share: positives / truth.length }
}

const BOOTSTRAPS = 50
const MOST_RESAMPLED = 50_000

/**
 * Standard deviation of the average precision over 50 bootstraps of half of the rows, and how many rows those are. The
 * peer's is unseeded: two runs of it differ by a tenth. Here the seed is fixed.
 */
export function precisionSpread(truth: Float64Array, scores: Float64Array): { deviation: number; rows: number } {
  const rows = Math.min(truth.length >> 1, MOST_RESAMPLED)
  const random = createRandom('nannyml average precision')
  const { ones, zeros } = tiedGroups(truth, scores)
  const groupOf = new Uint32Array(truth.length)
  const isOne = new Uint8Array(truth.length)
  let at = 0
  for (let group = 0; group < ones.length; group++) {
    groupOf.fill(group, at, at + ones[group]! + zeros[group]!)
    isOne.fill(1, at, at + ones[group]!)
    at += ones[group]! + zeros[group]!
  }
  const found = Array.from({ length: BOOTSTRAPS }, () => {
    const drawn = { ones: new Float64Array(ones.length), zeros: new Float64Array(ones.length) }
    for (let i = 0; i < rows; i++) {
      const row = random.integer(truth.length)
      drawn[isOne[row] === 1 ? 'ones' : 'zeros'][groupOf[row]!]!++
    }
    return stepArea(drawn)
  })
  return { deviation: deviation(found), rows }
}

/** Ones and zeros of each distinct score, from the highest. */
type Groups = { readonly ones: Float64Array; readonly zeros: Float64Array }

function tiedGroups(truth: Float64Array, scores: Float64Array): Groups {
  const order = rowNumbers(scores.length).sort((a, b) => scores[b]! - scores[a]!)
  const [ones, zeros] = [new Float64Array(order.length), new Float64Array(order.length)]
  let group = -1
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!
    if (i === 0 || scores[row] !== scores[order[i - 1]!]) group++
    if (truth[row] === 1) ones[group]!++
    else zeros[group]!++
  }
  return { ones: ones.subarray(0, group + 1), zeros: zeros.subarray(0, group + 1) }
}

function stepArea({ ones, zeros }: Groups): number {
  let [hits, rows, area] = [0, 0, 0]
  for (let group = 0; group < ones.length; group++) {
    hits += ones[group]!
    rows += ones[group]! + zeros[group]!
    if (rows > 0) area += ones[group]! * (hits / rows)
  }
  return hits === 0 ? 0 : area / hits
}
