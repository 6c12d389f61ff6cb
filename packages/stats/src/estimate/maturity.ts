import { StatsError } from '../error.ts'
import type { Figure } from '../score/index.ts'
import { normalQuantile } from '../special/index.ts'
import { type ArrivalTable, arrivedShare } from './arrival.ts'
import { checkSame, outOfRange } from './rows.ts'

/** A window of which some labels are still to come. */
export type LateLabels = {
  /** Time since each row's event, in the unit of the arrival table. */
  readonly ages: ArrayLike<number>
  /** Class of the label, 0 …; NaN = not there yet. */
  readonly outcomes: ArrayLike<number>
  /** Loss of each row whose label is there, 0 … lossRange; not looked at elsewhere. */
  readonly losses: ArrayLike<number>
}

export type MaturityOptions = {
  /** Losses lie in 0 … lossRange. Default 1. */
  readonly lossRange?: number
  /** From this share of each outcome's labels a window is mature. Default 0.95. */
  readonly matureShare?: number
  /** Below this share of any outcome's labels it is immature: nothing is said of it. Default 0.2. */
  readonly leastShare?: number
  /** Confidence of the interval. Default 0.95. */
  readonly level?: number
  /** With fewer labels the figure is unknown. Default 30. */
  readonly minLabels?: number
}

export type MaturityVerdict = {
  readonly maturity: 'immature' | 'partial' | 'mature'
  /** Share of the rows whose label is there. */
  readonly labelledShare: number
  /** Lowest share, over outcomes, of labels that should be there by now. */
  readonly expectedShare: number
  /** Mean loss of all rows: each label there stands for all of its outcome and age that should have come. */
  readonly figure: Figure
  /** Mean loss if every label still missing turned out right, or wrong. No assumption at all. */
  readonly bounds: { readonly low: number; readonly high: number }
}

/**
 * Mean loss while labels are still coming in, when bad news may come later than good: a label of outcome y and age a
 * counts 1 / P(arrived by a | y), with that probability from cohorts old enough to be complete.
 * @throws StatsError STATS_LENGTHS_DIFFER, STATS_OUT_OF_RANGE naming the row, STATS_BAD_OPTION
 * @see Horvitz and Thompson 1952; Manski 1989 for the bounds
 * @example
 * const table = createArrivalTable({ edges: [0, 10, 20] })
 * updateArrivalTable(table, { ages: [30, 30, 30, 30], delays: [5, 5, 5, 15], outcomes: [0, 0, 0, 1] })
 * judgeMaturity(table, { ages: [5, 5], outcomes: [0, NaN], losses: [0, NaN] }).maturity // "immature"
 */
export function judgeMaturity(table: ArrivalTable, window: LateLabels, options: MaturityOptions = {}): MaturityVerdict {
  const { lossRange = 1, matureShare = 0.95, leastShare = 0.2, level = 0.95, minLabels = 30 } = options
  if (!(level > 0 && level < 1 && leastShare > 0 && leastShare <= matureShare && matureShare <= 1 && lossRange > 0))
    throw new StatsError(
      'STATS_BAD_OPTION',
      `expected 0 < level < 1, 0 < leastShare <= matureShare <= 1, lossRange > 0; found ${level}, ${leastShare}, ${matureShare}, ${lossRange}`,
    )
  const { ages, outcomes, losses } = window
  checkWindow(table, window, lossRange)
  const rows = ages.length
  const isThere = (i: number) => !Number.isNaN(outcomes[i]!)
  let [there, sum, expectedShare] = [0, 0, 1]
  for (let i = 0; i < rows; i++) {
    if (isThere(i)) {
      there++
      sum += losses[i]!
    }
    for (let outcome = 0; outcome < table.outcomes; outcome++)
      expectedShare = Math.min(expectedShare, arrivedShare(table, outcome, ages[i]!))
  }
  const bounds = {
    low: rows > 0 ? sum / rows : 0,
    high: rows > 0 ? Math.min(lossRange, (sum + lossRange * (rows - there)) / rows) : lossRange,
  }
  const isMature = expectedShare >= matureShare && (rows === 0 || there / rows >= matureShare * matureShare)
  const maturity = expectedShare < leastShare || rows === 0 ? 'immature' : isMature ? 'mature' : 'partial'
  const labelledShare = rows > 0 ? there / rows : 0
  const unknown = (reason: string): Figure => ({ kind: 'unknown', reason, rows: there })
  if (maturity === 'immature') return { maturity, labelledShare, expectedShare, figure: unknown('immature'), bounds }
  if (there < Math.max(2, minLabels))
    return { maturity, labelledShare, expectedShare, figure: unknown('too-few-labels'), bounds }
  const { value, error } = weightedLoss(table, window)
  const half = normalQuantile(0.5 + level / 2) * error
  const within = (figure: number) => Math.min(bounds.high, Math.max(bounds.low, figure))
  const figure: Figure = {
    kind: 'known',
    value: within(value),
    low: within(value - half),
    high: within(value + half),
    rows: there,
    level,
  }
  return { maturity, labelledShare, expectedShare, figure, bounds }
}

/**
 * Whether a window may be called better than a limit (lower mean loss). A mature one by its interval; any other only if
 * it would be better still with every missing label wrong. So no window is ever called better because its bad labels
 * are late, whatever the arrival table says.
 * @example
 * const unknown = { kind: 'unknown', reason: 'immature', rows: 0 } as const
 * isBetterThan({ maturity: 'partial', labelledShare: 0.5, expectedShare: 0.5, figure: unknown, bounds: { low: 0, high: 0.5 } }, 0.3) // false
 */
export function isBetterThan({ maturity, figure, bounds }: MaturityVerdict, limit: number): boolean {
  if (maturity === 'mature' && figure.kind === 'known') return figure.high < limit
  return bounds.high < limit
}

/** Ratio of weighted sums and its linearised error. Rows of one outcome stand for their missing fellows only. */
function weightedLoss(table: ArrivalTable, { ages, outcomes, losses }: LateLabels) {
  const weights = Float64Array.from({ length: ages.length }, (_, i) =>
    Number.isNaN(outcomes[i]!) ? 0 : 1 / Math.max(1e-6, arrivedShare(table, outcomes[i]!, ages[i]!)),
  )
  let [total, sum, squares] = [0, 0, 0]
  weights.forEach((weight, i) => {
    if (weight === 0) return
    total += weight
    sum += weight * losses[i]!
  })
  const value = sum / total
  weights.forEach((weight, i) => {
    if (weight > 0) squares += (weight * (losses[i]! - value)) ** 2
  })
  return { value, error: Math.sqrt(squares) / total }
}

function checkWindow(table: ArrivalTable, { ages, outcomes, losses }: LateLabels, lossRange: number): void {
  checkSame('judgeMaturity', 'outcomes', outcomes.length, ages.length)
  checkSame('judgeMaturity', 'losses', losses.length, ages.length)
  for (let i = 0; i < ages.length; i++) {
    if (!(ages[i]! >= 0 && ages[i]! < Infinity))
      throw outOfRange('judgeMaturity', `age ${i}`, ages[i]!, 'a finite number from 0')
    if (Number.isNaN(outcomes[i]!)) continue
    if (!(Number.isInteger(outcomes[i]) && outcomes[i]! >= 0 && outcomes[i]! < table.outcomes))
      throw outOfRange('judgeMaturity', `outcome ${i}`, outcomes[i]!, `0 to ${table.outcomes - 1}, or NaN`)
    if (!(losses[i]! >= 0 && losses[i]! <= lossRange))
      throw outOfRange('judgeMaturity', `loss ${i}`, losses[i]!, `0 to ${lossRange}`)
  }
}
