import { chiSquareQuantile, createPairedComparison, type PairedVerdict, verdict } from '@evenkeel/stats'
import type { PairedDay } from './reference.ts'

export interface PairedOptions {
  /** Probability of a wrong *better* or *worse*, however often one looks. */
  readonly alpha: number
  /** Rise of the mean loss that still counts as not worse; 0 for none. */
  readonly margin: number
}

export interface DailyVerdict {
  readonly verdict: PairedVerdict
  readonly days: number
  /** Pairs. */
  readonly rows: number
  readonly championLoss: number
  readonly challengerLoss: number
  /** Rows per independent row that the comparison reckoned with. */
  readonly designEffect: number
}

/** Losses beyond this quantile of both arms are clipped: betting needs a bound, and one row must not decide. */
const CLIP_QUANTILE = 0.999
/** Days are few, so the design effect is taken at the upper end of what they allow: a 90 % bound of a variance. */
const DISPERSION_TAIL = 0.1

/**
 * Two versions on the same rows, with days as blocks. Rows of one day share their weather, so the anytime-valid
 * comparison of rows is tempered: its sums are divided by the design effect, the variance of the days' means over what
 * independent rows would show, at its upper bound. Betting on days as single observations was tried first: a bet on a
 * mean difference a hundredth of the range needs months of days.
 * @returns null with fewer than two days of pairs
 */
export function compareDaily(pairs: readonly PairedDay[], options: PairedOptions): DailyVerdict | null {
  const days = pairs.filter((day) => day.champion.length > 0)
  if (days.length < 2) return null
  const bound = clipBound(days)
  const sums = days.map((day) => sumsOf(day, bound))
  const total = sums.reduce(addSums)
  const designEffect = designEffectOf(sums, total)
  const comparison = createPairedComparison({
    alpha: options.alpha,
    margin: Math.min(options.margin, bound / 2),
    lossRange: bound,
  })
  comparison.rows = total.rows / designEffect
  comparison.sum = total.sum / designEffect
  comparison.sumOfSquares = total.squares / designEffect
  return {
    verdict: verdict(comparison),
    days: days.length,
    rows: total.rows,
    championLoss: total.champion / total.rows,
    challengerLoss: total.challenger / total.rows,
    designEffect,
  }
}

interface PairSums {
  readonly rows: number
  /** Of challenger minus champion. */
  readonly sum: number
  readonly squares: number
  readonly champion: number
  readonly challenger: number
}

function sumsOf(day: PairedDay, bound: number): PairSums {
  const sums = { rows: day.champion.length, sum: 0, squares: 0, champion: 0, challenger: 0 }
  for (let i = 0; i < sums.rows; i++) {
    const champion = Math.min(bound, day.champion[i]!)
    const challenger = Math.min(bound, day.challenger[i]!)
    sums.sum += challenger - champion
    sums.squares += (challenger - champion) ** 2
    sums.champion += champion
    sums.challenger += challenger
  }
  return sums
}

function addSums(a: PairSums, b: PairSums): PairSums {
  return {
    rows: a.rows + b.rows,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    champion: a.champion + b.champion,
    challenger: a.challenger + b.challenger,
  }
}

/** Variance between days over variance between rows, at its upper bound, never below 1. */
function designEffectOf(days: readonly PairSums[], total: PairSums): number {
  const mean = total.sum / total.rows
  const variance = total.squares / total.rows - mean * mean
  if (!(variance > 0)) return 1
  const df = days.length - 1
  const between = days.reduce((sum, day) => sum + day.rows * (day.sum / day.rows - mean) ** 2, 0)
  return Math.max(1, between / chiSquareQuantile(DISPERSION_TAIL, df) / variance)
}

function clipBound(days: readonly PairedDay[]): number {
  const losses = Float64Array.from(days.flatMap((day) => [...day.champion, ...day.challenger])).sort()
  return Math.max(1e-9, losses[Math.floor(CLIP_QUANTILE * (losses.length - 1))]!)
}
