import { StatsError } from '../error.ts'
import { BETS, logMeanExp } from './bets.ts'

/**
 * Champion against challenger on the same rows, to be looked at as often as one likes. The state is three sums, so it
 * can be stored as JSON and added up.
 *
 * Laws. With x = challenger loss - champion loss, |x| <= R: for every mean μ the process
 * `exp(λ Σy - ψ(λ) Σy²)`, y = (x - μ) / (R + μ) >= -1, ψ(λ) = -ln(1 - λ) - λ, is a supermartingale when the conditional
 * mean of x is μ or less (Fan, Grama, Liu 2015), and so is its average over bets λ. By Ville's inequality it ever
 * exceeds 2 / alpha with probability alpha / 2. The means it does not exclude, from both sides, are the interval.
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
  return { alpha, margin, lossRange, rows: 0, sum: 0, sumOfSquares: 0 }
}

/**
 * Adds pairs in place: one per row, or one per block (mean losses of a day, say) where rows of a block depend on each
 * other. Do not mix the two in one comparison.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE for a loss outside 0 … lossRange; nothing is added then
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
  let sum = 0
  let sumOfSquares = 0
  for (let i = 0; i < pairs; i++) {
    const difference =
      lossAt(comparison, 'challenger', challengerLosses, i) - lossAt(comparison, 'champion', championLosses, i)
    sum += difference
    sumOfSquares += difference * difference
  }
  comparison.rows += pairs
  comparison.sum += sum
  comparison.sumOfSquares += sumOfSquares
}

/**
 * What can be said now.
 * @example verdict({ alpha: 0.01, margin: 0, lossRange: 1, rows: 2000, sum: -100, sumOfSquares: 200 }).kind // "better"
 */
export function verdict(comparison: PairedComparison): PairedVerdict {
  const { alpha, margin, lossRange, rows, sum } = comparison
  const mean = rows === 0 ? 0 : sum / rows
  const low = lowerBound(comparison)
  const high = -lowerBound({ ...comparison, sum: -sum })
  const kind = high < 0 ? 'better' : low > 0 ? 'worse' : margin > 0 && high < margin ? 'not-worse' : 'undecided'
  return { kind, difference: { mean, low: Math.max(low, -lossRange), high: Math.min(high, lossRange) }, rows, alpha }
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
  return logMeanExp(BETS.map((bet) => bet * first + (Math.log1p(-bet) + bet) * second))
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
