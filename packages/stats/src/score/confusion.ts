import { StatsError } from '../error.ts'
import { exactShare } from './exact.ts'
import type { Figure, FigureOptions } from './figure.ts'
import { around, type Settings, settingsOf, unknown, wilsonLike } from './weighted.ts'

/** Counts of a binary decision: they add up over windows, replicas and partitions. */
export type Confusion = {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** What one row is worth by its cell, in money or any unit; a cost is negative. */
export type CostMatrix = Confusion

export type ConfusionPerformance = {
  readonly accuracy: Figure
  readonly precision: Figure
  readonly recall: Figure
  readonly specificity: Figure
  /** Share of rightly refused among the refused. */
  readonly negativePredictiveValue: Figure
  readonly f1: Figure
  readonly balancedAccuracy: Figure
  readonly matthews: Figure
  readonly kappa: Figure
  readonly predictedShare: Figure
  readonly baseRate: Figure
}

/**
 * All that follows from four counts: shares with exact intervals, the others by the delta method.
 * @throws StatsError STATS_BAD_COUNT
 * @example scoreConfusion({ truePositives: 30, falsePositives: 10, falseNegatives: 20, trueNegatives: 40 }).f1.value // 0.667
 */
export function scoreConfusion(confusion: Confusion, options: FigureOptions = {}): ConfusionPerformance {
  const settings = settingsOf(options)
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = checked(confusion)
  const rows = tp + fp + fn + tn
  const share = (part: number, of: number) =>
    rows < settings.minRows
      ? unknown('too-few-rows', rows)
      : of === 0
        ? unknown('nothing-to-divide-by', rows)
        : exactShare(part, of, { level: settings.level })
  const delta = (value: number, slopes: Cells, isShare: boolean) =>
    deltaFigure({ value, slopes, isShare }, { confusion, rows, settings })
  const [ones, zeros] = [tp + fn, fp + tn]
  const [said, refused] = [tp + fp, fn + tn]
  const f1 = (2 * tp) / (said + ones)
  const [recall, specificity] = [tp / ones, tn / zeros]
  return {
    accuracy: share(tp + tn, rows),
    precision: share(tp, said),
    recall: share(tp, ones),
    specificity: share(tn, zeros),
    negativePredictiveValue: share(tn, refused),
    f1: delta(f1, [(2 - 2 * f1) / (said + ones), -f1 / (said + ones), -f1 / (said + ones), 0], true),
    balancedAccuracy: delta(
      (recall + specificity) / 2,
      [(1 - recall) / ones / 2, -specificity / zeros / 2, -recall / ones / 2, (1 - specificity) / zeros / 2],
      true,
    ),
    matthews: delta(...matthewsOf([tp, fp, fn, tn]), false),
    kappa: delta(...kappaOf([tp, fp, fn, tn]), false),
    predictedShare: share(said, rows),
    baseRate: share(ones, rows),
  }
}

/**
 * Mean value of a row: what the decisions were worth, by cell. Its interval is that of a mean over rows.
 * @returns unknown with too few rows @throws StatsError STATS_BAD_COUNT, STATS_OUT_OF_RANGE for a value not finite
 * @example businessValue({ truePositives: 30, falsePositives: 10, falseNegatives: 20, trueNegatives: 40 }, { truePositives: 50, falsePositives: -10, falseNegatives: 0, trueNegatives: 0 }).value // 14
 */
export function businessValue(confusion: Confusion, worth: CostMatrix, options: FigureOptions = {}): Figure {
  const settings = settingsOf(options)
  const counts = cellsOf(checked(confusion))
  const values = cellsOf(worth)
  if (!values.every(Number.isFinite))
    throw new StatsError('STATS_OUT_OF_RANGE', `a cost matrix holds ${values.join(', ')}, expected finite numbers`)
  const rows = counts.reduce((sum, count) => sum + count, 0)
  if (rows < Math.max(2, settings.minRows)) return unknown('too-few-rows', rows)
  const mean = counts.reduce((sum, count, cell) => sum + count * values[cell]!, 0) / rows
  const squares = counts.reduce((sum, count, cell) => sum + count * (values[cell]! - mean) ** 2, 0)
  return around(mean, Math.sqrt(squares / (rows - 1) / rows), rows, settings, {
    low: Math.min(...values),
    high: Math.max(...values),
  })
}

/** @throws StatsError STATS_BAD_COUNT @example addConfusions({ truePositives: 1, falsePositives: 2, falseNegatives: 3, trueNegatives: 4 }, { truePositives: 1, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 }).truePositives // 2 */
export function addConfusions(a: Confusion, b: Confusion): Confusion {
  checked(a)
  checked(b)
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
    trueNegatives: a.trueNegatives + b.trueNegatives,
  }
}

type Cells = readonly [tp: number, fp: number, fn: number, tn: number]

function cellsOf(c: Confusion): Cells {
  return [c.truePositives, c.falsePositives, c.falseNegatives, c.trueNegatives]
}

function checked(confusion: Confusion): Confusion {
  if (cellsOf(confusion).every((count) => Number.isInteger(count) && count >= 0)) return confusion
  throw new StatsError(
    'STATS_BAD_COUNT',
    `a confusion holds ${cellsOf(confusion).join(', ')}, expected whole numbers from 0`,
  )
}

type Linear = { readonly value: number; readonly slopes: Cells; readonly isShare: boolean }
type Counted = { readonly confusion: Confusion; readonly rows: number; readonly settings: Settings }

/** A function of counts that does not change when all double: its variance is Σ count · slope². */
function deltaFigure({ value, slopes, isShare }: Linear, { confusion, rows, settings }: Counted): Figure {
  if (rows < settings.minRows) return unknown('too-few-rows', rows)
  const variance = cellsOf(confusion).reduce((sum, count, cell) => sum + count * slopes[cell]! ** 2, 0)
  if (!Number.isFinite(value) || !Number.isFinite(variance)) return unknown('nothing-to-divide-by', rows)
  if (isShare) return wilsonLike(value, { variance, rows, decisive: rows }, settings)
  // Rounding may carry a perfect agreement a hair beyond 1.
  const within = Math.min(1, Math.max(-1, value))
  return around(within, Math.sqrt(variance), rows, settings, { low: -1, high: 1 })
}

/** Matthews 1975, (tp·tn - fp·fn) / √(said · ones · zeros · refused), and its derivatives. */
function matthewsOf([tp, fp, fn, tn]: Cells): [number, Cells] {
  const [said, ones, zeros, refused] = [tp + fp, tp + fn, fp + tn, fn + tn]
  const root = Math.sqrt(said) * Math.sqrt(ones) * Math.sqrt(zeros) * Math.sqrt(refused)
  const value = (tp * tn - fp * fn) / root
  return [
    value,
    [
      tn / root - (value / 2) * (1 / said + 1 / ones),
      -fn / root - (value / 2) * (1 / said + 1 / zeros),
      -fp / root - (value / 2) * (1 / refused + 1 / ones),
      tp / root - (value / 2) * (1 / refused + 1 / zeros),
    ],
  ]
}

/** Cohen 1960: 2 (tp·tn - fp·fn) / (said · zeros + ones · refused), and its derivatives. */
function kappaOf([tp, fp, fn, tn]: Cells): [number, Cells] {
  const [said, ones, zeros, refused] = [tp + fp, tp + fn, fp + tn, fn + tn]
  const below = said * zeros + ones * refused
  const value = (2 * (tp * tn - fp * fn)) / below
  return [
    value,
    [
      (2 * tn - value * (zeros + refused)) / below,
      (-2 * fn - value * (zeros + said)) / below,
      (-2 * fp - value * (refused + ones)) / below,
      (2 * tp - value * (said + ones)) / below,
    ],
  ]
}
