import { StatsError } from '../error.ts'
import { BETS, logMeanExp, logWeightedMeanExp, PAIRED_WEIGHTS } from './bets.ts'

/**
 * Champion against challenger on the same rows, to be looked at as often as one likes. The state is sums over the
 * pairs, so it can be stored as JSON and its size does not grow.
 *
 * Laws. Let x = challenger loss - champion loss, |x| <= R, and y = (x - μ) / (R + μ) >= -1. While the conditional mean
 * of x is μ or less,
 * 1. `Π (1 + λ y)` is a supermartingale for every bet λ < 1, and so is its average over bets (Waudby-Smith, Ramdas 2024);
 * 2. so is `exp(λ Σy - ψ(λ) Σy²)`, ψ(λ) = -ln(1 - λ) - λ, which is never larger (Fan, Grama, Liu 2015) but needs only
 *    the sums of x and x², for all μ at once;
 * 3. either ever reaches 2 / alpha with probability alpha / 2 at most (Ville).
 * The verdict asks 1 at μ = 0, from both sides, and at the margin. The interval is the means that 2 does not exclude,
 * cut at 0 and at the margin by what 1 excludes: there 1 excludes everything beyond too, as it is monotone in μ.
 */
export type PairedComparison = {
  readonly alpha: number
  /** How much higher a mean loss may be and still count as not worse. */
  readonly margin: number
  /** Losses lie in 0 … lossRange. */
  readonly lossRange: number
  /** Pairs, or blocks, seen. */
  rows: number
  sum: number
  sumOfSquares: number
  /** ln of the evidence of each bet that the difference is below 0, above 0, below the margin. */
  readonly below: number[]
  readonly above: number[]
  readonly belowMargin: number[]
}

export type PairedOptions = { readonly alpha?: number; readonly margin?: number; readonly lossRange?: number }

/** What a comparison can say, valid at whatever moment it is asked. */
export type PairedVerdict = {
  /**
   * better: the challenger's mean loss is lower; worse: higher; not-worse: at most `margin` higher. Each is wrong with
   * probability alpha at most, however often one looks. undecided: none of them yet.
   */
  readonly kind: 'better' | 'worse' | 'not-worse' | 'undecided'
  /** Mean of challenger loss minus champion loss, with its confidence sequence: below 0 the challenger is better. */
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number }
  readonly rows: number
  readonly alpha: number
}

/** @example verdict(createPairedComparison()).kind // "undecided" */
export function createPairedComparison(options: PairedOptions = {}): PairedComparison {
  const { alpha = 0.01, margin = 0, lossRange = 1 } = options
  if (!(alpha > 0 && alpha < 1 && margin >= 0 && margin < lossRange && lossRange < Infinity))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `a paired comparison needs 0 < alpha < 1 and 0 <= margin < lossRange, found alpha ${alpha}, margin ${margin}, lossRange ${lossRange}`,
    )
  const none = () => BETS.map(() => 0)
  return {
    alpha,
    margin,
    lossRange,
    rows: 0,
    sum: 0,
    sumOfSquares: 0,
    below: none(),
    above: none(),
    belowMargin: none(),
  }
}

/**
 * Adds pairs in place: one per row, or one per block (mean losses of a day, say) where rows of a block depend on each
 * other. Do not mix the two in one comparison.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE for a loss outside 0 … lossRange; nothing is added then
 * @example
 * const comparison = createPairedComparison()
 * update(comparison, [0, 1, 1], [0, 0, 1])
 * comparison.sum // -1
 */
export function update(
  comparison: PairedComparison,
  championLosses: ArrayLike<number>,
  challengerLosses: ArrayLike<number>,
): void {
  const pairs = championLosses.length
  if (challengerLosses.length !== pairs)
    throw new StatsError(
      'STATS_LENGTHS_DIFFER',
      `${pairs} champion losses but ${challengerLosses.length} challenger losses, expected one pair per row`,
    )
  const differences = Float64Array.from({ length: pairs }, (_, i) =>
    differenceAt(comparison, championLosses, challengerLosses, i),
  )
  for (const difference of differences) addDifference(comparison, difference)
  comparison.rows += pairs
}

/**
 * What can be said now.
 * @example verdict(createPairedComparison()).difference // {"mean": 0, "low": -1, "high": 1}
 */
export function verdict(comparison: PairedComparison): PairedVerdict {
  const { alpha, margin, lossRange, rows, sum } = comparison
  const certain = (logs: readonly number[]) => mixed(logs) >= Math.log(2 / alpha)
  const isBelow = certain(comparison.below)
  const isAbove = certain(comparison.above)
  const isBelowMargin = margin > 0 && certain(comparison.belowMargin)
  const low = Math.max(lowerBound(comparison), isAbove ? 0 : -lossRange)
  const high = Math.min(-lowerBound({ ...comparison, sum: -sum }), isBelow ? 0 : isBelowMargin ? margin : lossRange)
  const kind = isBelow ? 'better' : isAbove ? 'worse' : isBelowMargin ? 'not-worse' : 'undecided'
  return { kind, difference: { mean: rows === 0 ? 0 : sum / rows, low, high }, rows, alpha }
}

/** Evidence in nats; where its claim is false, each ever reaches ln(1 / alpha) with probability alpha at most. */
export type PairedEvidence = {
  /** That the challenger's mean loss is lower, that it is higher, and that it is less than `margin` higher. */
  readonly better: number
  readonly worse: number
  readonly notWorse: number
}

/**
 * The e-processes of the comparison, for a ladder of exposure that spends its alpha step by step: stop where `worse`
 * reaches ln(1 / alpha of the step), go on where `notWorse` does. For zero-one losses `better` and `worse` are mixtures
 * of eight binomial likelihood ratios on the pairs in which exactly one of the two is wrong; other pairs say nothing.
 * @example
 * const comparison = createPairedComparison()
 * update(comparison, new Float64Array(20), new Float64Array(20).fill(1))
 * pairedEvidence(comparison).worse // 8.412
 */
export function pairedEvidence({ below, above, belowMargin, margin }: PairedComparison): PairedEvidence {
  const better = mixed(below)
  const notWorse = margin > 0 ? logMeanExp([better, mixed(belowMargin)]) : better
  return { better, worse: mixed(above), notWorse }
}

/** The largest mean that the evidence excludes from below, by bisection: evidence falls as the supposed mean rises. */
function lowerBound(comparison: PairedComparison): number {
  const { lossRange, rows, sum, alpha } = comparison
  if (rows === 0) return -lossRange
  const needed = Math.log(2 / alpha)
  let low = -lossRange
  let high = sum / rows
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (logEvidenceAbove(comparison, middle) >= needed) low = middle
    else high = middle
  }
  return low
}

/** ln of the evidence that the mean difference is above `mean`. */
function logEvidenceAbove(comparison: PairedComparison, mean: number): number {
  const { rows, sum, sumOfSquares, lossRange } = comparison
  const scale = lossRange + mean
  if (scale <= 0) return Infinity
  const first = (sum - rows * mean) / scale
  const second = (sumOfSquares - 2 * mean * sum + rows * mean * mean) / (scale * scale)
  return mixed(BETS.map((bet) => bet * first + (Math.log1p(-bet) + bet) * second))
}

/** ln of the evidence of all bets together. */
function mixed(logs: readonly number[]): number {
  return logWeightedMeanExp(logs, PAIRED_WEIGHTS)
}

function addDifference(comparison: PairedComparison, difference: number): void {
  const { margin, lossRange } = comparison
  comparison.sum += difference
  comparison.sumOfSquares += difference * difference
  if (margin > 0) bet(comparison.belowMargin, (margin - difference) / (lossRange - margin))
  if (difference === 0) return
  bet(comparison.below, -difference / lossRange)
  bet(comparison.above, difference / lossRange)
}

function bet(logs: number[], gain: number): void {
  for (let k = 0; k < BETS.length; k++) logs[k]! += Math.log1p(BETS[k]! * gain)
}

function differenceAt(
  comparison: PairedComparison,
  championLosses: ArrayLike<number>,
  challengerLosses: ArrayLike<number>,
  i: number,
): number {
  return lossAt(comparison, 'challenger', challengerLosses, i) - lossAt(comparison, 'champion', championLosses, i)
}

function lossAt(comparison: PairedComparison, side: string, losses: ArrayLike<number>, i: number): number {
  const loss = losses[i]!
  if (loss >= 0 && loss <= comparison.lossRange) return loss
  throw new StatsError(
    'STATS_OUT_OF_RANGE',
    `${side} loss of pair ${i} is ${loss}, expected 0 to ${comparison.lossRange}; clip or scale losses first`,
    { side, row: i, found: loss },
  )
}
