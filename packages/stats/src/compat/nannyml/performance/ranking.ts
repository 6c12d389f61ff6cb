import { createRandom } from '../../../random.ts'
import { deviation } from '../arithmetic.ts'
import { ascendingOrder } from '../order.ts'

/** Area under the ROC curve, half a win for a tie; both classes are there. */
export function rocAuc(truth: Float64Array, scores: Float64Array): number {
  let [positives, negatives, wins] = [0, 0, 0]
  for (const { ones, zeros } of tiedGroups(truth, scores)) {
    wins += zeros * positives + (zeros * ones) / 2
    positives += ones
    negatives += zeros
  }
  return wins / (positives * negatives)
}

/** Σ (recall step × precision) over the distinct scores from the highest; 0 without positives. */
export function averagePrecision(truth: Float64Array, scores: Float64Array): number {
  return stepArea(tiedGroups(truth, scores))
}

/**
 * NannyML's spread of the AUC, as standard deviation over the positives (the rarer class) of the share of negatives
 * ranked below them, and the share of positives. Wrong: of DeLong's two terms it has the one of the positives only, 0.70 of the
 * true standard error at equal classes; and it depends on how tied scores were sorted. `@evenkeel/stats` has both terms in `score`.
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
 * Standard deviation of the average precision over 50 bootstraps of half of the rows, and how many rows those are. The peer's is
 * unseeded: two runs of it differ by a tenth. Here the seed is fixed.
 */
export function precisionSpread(truth: Float64Array, scores: Float64Array): { deviation: number; rows: number } {
  const rows = Math.min(truth.length >> 1, MOST_RESAMPLED)
  const random = createRandom('nannyml average precision')
  const groups = tiedGroups(truth, scores)
  const groupOf = new Uint32Array(truth.length)
  const isOne = new Uint8Array(truth.length)
  let at = 0
  groups.forEach(({ ones, zeros }, group) => {
    groupOf.fill(group, at, at + ones + zeros)
    isOne.fill(1, at, at + ones)
    at += ones + zeros
  })
  const found = Array.from({ length: BOOTSTRAPS }, () => {
    const drawn = groups.map(() => ({ ones: 0, zeros: 0 }))
    for (let i = 0; i < rows; i++) {
      const row = random.integer(truth.length)
      drawn[groupOf[row]!]![isOne[row] === 1 ? 'ones' : 'zeros']++
    }
    return stepArea(drawn)
  })
  return { deviation: deviation(found), rows }
}

type Group = { readonly ones: number; readonly zeros: number }

/** Ones and zeros of each distinct score, from the highest. */
function tiedGroups(truth: Float64Array, scores: Float64Array): readonly Group[] {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!)
  const groups: { ones: number; zeros: number }[] = []
  order.forEach((row, i) => {
    if (i === 0 || scores[row] !== scores[order[i - 1]!]) groups.push({ ones: 0, zeros: 0 })
    groups.at(-1)![truth[row] === 1 ? 'ones' : 'zeros']++
  })
  return groups
}

function stepArea(groups: readonly Group[]): number {
  let [hits, rows, area] = [0, 0, 0]
  for (const { ones, zeros } of groups) {
    hits += ones
    rows += ones + zeros
    if (rows > 0) area += ones * (hits / rows)
  }
  return hits === 0 ? 0 : area / hits
}
