import { clusteredMeanInterval } from '@evenkeel/stats'
import type { PairedDay } from './reference.ts'

export interface PairedOptions {
  /** Probability of a wrong *better*, and of a wrong *worse*, over all looks together. */
  readonly alpha: number
  /** Rise of the mean loss that still counts as not worse; 0 for none. */
  readonly margin: number
}

/** Two versions on the same rows: the difference is challenger minus champion, so below 0 the challenger is better. */
export interface DailyVerdict {
  readonly kind: 'better' | 'not-worse' | 'worse' | 'undecided'
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number }
  readonly days: number
  /** Pairs. */
  readonly rows: number
  readonly championLoss: number
  readonly challengerLoss: number
}

/** A standard deviation of two days says nothing yet. */
const FIRST_LOOK = 3

/**
 * Compares two versions on the same rows, to be looked at once a day for as long as one likes. Rows of one day share
 * their weather, so days are the observations: a t-interval of the days' mean differences, at the level that is this
 * look's part of `alpha`. The look at day k spends 2 alpha / (k (k - 1)), which adds up to alpha over all days from the
 * third on; a wrong verdict is never likelier than that, whenever one stops.
 *
 * Tried before: betting on rows, with the evidence divided by the upper bound of the design effect. With 14 days of 400
 * rows that differ by half the effect it was still undecided, where this says *better* (the test beside has that world).
 * Betting on days as bounded observations needs months: a mean difference is a hundredth of the losses' range.
 * @returns null with fewer than three days of pairs
 */
export function compareDaily(pairs: readonly PairedDay[], options: PairedOptions): DailyVerdict | null {
  const days = pairs.filter((day) => day.champion.length > 0)
  const k = days.length
  if (k < FIRST_LOOK) return null
  const champion = days.map((day) => meanOf(day.champion))
  const challenger = days.map((day) => meanOf(day.challenger))
  const weights = days.map((day) => day.champion.length)
  const differences = challenger.map((loss, i) => loss - champion[i]!)
  const figure = clusteredMeanInterval(differences, weights, 1 - (4 * options.alpha) / (k * (k - 1)))
  if (figure.kind === 'unknown') return null
  const { value: mean, low, high } = figure
  return {
    kind: high < 0 ? 'better' : low > 0 ? 'worse' : high < options.margin ? 'not-worse' : 'undecided',
    difference: { mean, low, high },
    days: k,
    rows: weights.reduce((sum, rows) => sum + rows, 0),
    championLoss: weightedMean(champion, weights),
    challengerLoss: weightedMean(challenger, weights),
  }
}

function meanOf(losses: Float64Array): number {
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

function weightedMean(means: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return means.reduce((sum, mean, i) => sum + mean * weights[i]!, 0) / total
}
