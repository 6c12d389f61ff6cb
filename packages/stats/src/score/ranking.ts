import type { Figure, UnknownFigure } from './figure.ts'
import { type Settings, unknown, wilsonLike } from './weighted.ts'

/** Rows of a binary score, ordered by score descending, with ties grouped when they are read. */
export type Ranked = {
  readonly order: Uint32Array
  readonly labels: ArrayLike<number>
  readonly scores: ArrayLike<number>
  readonly weights: Float64Array
}

export function rank(labels: ArrayLike<number>, scores: ArrayLike<number>, weights: Float64Array): Ranked {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => scores[b]! - scores[a]!)
  return { order, labels, scores, weights }
}

/**
 * Area under the ROC curve with DeLong's variance, both terms (DeLong 1988, in the midrank form of Sun and Xu 2014,
 * with weights carried through). The interval is Wilson-shaped, so it stays within 0 and 1 and has width at 1.
 */
export function rocAuc(ranked: Ranked, settings: Settings): Figure {
  const { placements, sides } = placementsOf(ranked)
  const rows = ranked.order.length
  if (sides.some((side) => side.rows < 2)) return oneClass(rows)
  const [negatives, positives] = sides
  const value = positives!.sum / positives!.weight
  let variance = 0
  for (const side of [0, 1] as const) {
    const { weight, rows: size } = sides[side]!
    let squares = 0
    for (let i = 0; i < rows; i++)
      if ((ranked.labels[i] === 1 ? 1 : 0) === side) squares += (ranked.weights[i]! * (placements[i]! - value)) ** 2
    variance += (squares * size) / (size - 1) / (weight * weight)
  }
  const decisive = Math.min(negatives!.rows, positives!.rows)
  return wilsonLike(value, { variance, rows, decisive }, settings)
}

/**
 * Average precision, sum of precision times gain in recall over the distinct scores (scikit-learn's definition). Its
 * error comes from each row's influence on it, positives and negatives alike.
 */
export function averagePrecision(ranked: Ranked, settings: Settings): Figure {
  const { order, labels, scores, weights } = ranked
  const rows = order.length
  const groups = tieGroups(order, scores)
  const totalPositive = sumWhere(labels, weights, 1)
  if (totalPositive === 0) return oneClass(rows)
  const precision = new Float64Array(groups.length)
  const gain = new Float64Array(groups.length)
  const reached = new Float64Array(groups.length)
  let positive = 0
  let all = 0
  for (const [g, { from, until }] of groups.entries()) {
    const before = positive
    for (let k = from; k < until; k++) {
      all += weights[order[k]!]!
      if (labels[order[k]!] === 1) positive += weights[order[k]!]!
    }
    precision[g] = all === 0 ? 0 : positive / all
    gain[g] = (positive - before) / totalPositive
    reached[g] = all
  }
  const value = precision.reduce((sum, p, g) => sum + p * gain[g]!, 0)
  const variance = influenceVariance(ranked, { groups, precision, gain, reached, value, totalPositive })
  return wilsonLike(
    value,
    { variance, rows, decisive: Math.min(totalPositive, rows - totalPositive) || totalPositive },
    settings,
  )
}

type Curve = {
  readonly groups: readonly Group[]
  readonly precision: Float64Array
  readonly gain: Float64Array
  readonly reached: Float64Array
  readonly value: number
  readonly totalPositive: number
}

/**
 * Derivative of the average precision to a row's weight: at its own place through recall, and at every later place
 * through the precision there, (y - precision) / rows reached.
 */
function influenceVariance(ranked: Ranked, curve: Curve): number {
  const { order, labels, weights } = ranked
  let later1 = 0
  let later0 = 0
  let variance = 0
  for (let g = curve.groups.length - 1; g >= 0; g--) {
    const p = curve.precision[g]!
    if (curve.reached[g]! > 0) {
      later1 += (curve.gain[g]! * (1 - p)) / curve.reached[g]!
      later0 -= (curve.gain[g]! * p) / curve.reached[g]!
    }
    const { from, until } = curve.groups[g]!
    for (let k = from; k < until; k++) {
      const influence = labels[order[k]!] === 1 ? later1 + (p - curve.value) / curve.totalPositive : later0
      variance += (weights[order[k]!]! * influence) ** 2
    }
  }
  return variance
}

type Side = { weight: number; rows: number; sum: number }

/** For each row the share of the other class that it beats (ties half), by one pass over the order. */
function placementsOf(ranked: Ranked): { readonly placements: Float64Array; readonly sides: readonly [Side, Side] } {
  const { order, labels, scores, weights } = ranked
  const sides: [Side, Side] = [
    { weight: 0, rows: 0, sum: 0 },
    { weight: 0, rows: 0, sum: 0 },
  ]
  for (let i = 0; i < order.length; i++) {
    const side = sides[labels[i] === 1 ? 1 : 0]
    side.weight += weights[i]!
    side.rows++
  }
  const placements = new Float64Array(order.length)
  let positiveAbove = 0
  let negativeBelow = sides[0].weight
  for (const { from, until } of tieGroups(order, scores)) {
    const tied = [0, 0]
    for (let k = from; k < until; k++) tied[labels[order[k]!] === 1 ? 1 : 0]! += weights[order[k]!]!
    negativeBelow -= tied[0]!
    for (let k = from; k < until; k++) {
      const i = order[k]!
      placements[i] =
        labels[i] === 1
          ? (negativeBelow + tied[0]! / 2) / sides[0].weight
          : (positiveAbove + tied[1]! / 2) / sides[1].weight
      sides[labels[i] === 1 ? 1 : 0].sum += weights[i]! * placements[i]!
    }
    positiveAbove += tied[1]!
  }
  return { placements, sides }
}

type Group = { readonly from: number; readonly until: number }

function tieGroups(order: Uint32Array, scores: ArrayLike<number>): readonly Group[] {
  const groups: Group[] = []
  for (let from = 0; from < order.length; ) {
    let until = from + 1
    while (until < order.length && scores[order[until]!] === scores[order[from]!]) until++
    groups.push({ from, until })
    from = until
  }
  return groups
}

function sumWhere(labels: ArrayLike<number>, weights: Float64Array, label: number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) if (labels[i] === label) sum += weights[i]!
  return sum
}

function oneClass(rows: number): UnknownFigure {
  return unknown('one-class-only', rows)
}
