import { type Blocks, blockDifference, clusteredMeanInterval, tQuantile } from '@evenkeel/stats'
import { DAY_MS, type Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { FindingSummary } from '../storage/index.ts'
import { judged, unknown } from './finding.ts'
import type { ReferenceDay, ServedOutcomeRow, VersionReference } from './reference.ts'
import type { MonitorSettings } from './settings.ts'

/** Days of outcomes looked at together: a full week, because weekdays differ. */
export const CYCLE_MS = 7 * DAY_MS
/** Days that are needed on either side before means of days can be compared. */
const MIN_DAYS = 3
/** Reference days needed to say how far a single day may lie out. */
const MIN_DAYS_FOR_ONE = 5
/** A window whose share of labelled rows is below this part of what older windows have come to is immature. */
const MATURE_PART = 0.9

export type DaySums = Pick<ReferenceDay, 'rows' | 'labelled' | 'scoreSum' | 'labelSum' | 'lossSum'>

interface OutcomeWindow {
  readonly reference: VersionReference
  /** Hourly outcomes of the version over the trailing cycle, this window included. */
  readonly outcomes: readonly ServedOutcomeRow[]
  readonly span: Span
  readonly settings: MonitorSettings
  readonly alpha: number
}

/**
 * Performance, calibration and prior, by days. Rows of one day share their weather, so days are the blocks: the mean
 * of the trailing week's days is held against the reference's days with Welch's interval, and a single catastrophic
 * day against their spread. A window with immature labels is unknown, never better (law 5).
 *
 * Measured on the flights of 2001 (seven held-out days of January, then 150 days with nothing injected, base rate
 * between 6 % and 42 % a day): no finding at the default budget; at 0.5 % a side one in 144 windows, in a February
 * that really was worse. An interval over rows instead of days calls most of those windows shifted.
 */
export function judgeOutcomes(window: OutcomeWindow): FindingSummary[] {
  const monitors = ['performance', 'calibration', 'prior']
  const maturity = maturityOf(window)
  const { reason, labelled } = maturity
  if (reason !== null) return monitors.map((each) => unknown(each, reason, labelled))
  const { reference } = window
  const current = maturity.days
  if (reference.loss === null && reference.days.length < MIN_DAYS)
    return monitors.map((each) => unknown(each, 'no-reference', labelled))
  return [
    judgePerformance(window, current),
    judgeGap(window, current, {
      monitor: 'calibration',
      perDay: (day) => (day.labelSum - day.scoreSum) / day.labelled,
      words: 'labels minus scores',
      expected: 0,
      factor: 1,
    }),
    judgeGap(window, current, {
      monitor: 'prior',
      perDay: (day) => day.labelSum / day.labelled,
      words: 'mean label',
      expected: null,
      factor: 2,
    }),
  ]
}

interface Maturity {
  readonly reason: string | null
  readonly labelled: number
  /** Mature days of the cycle. */
  readonly days: readonly DaySums[]
}

function maturityOf({ outcomes, span, settings }: OutcomeWindow): Maturity {
  const own = totalOf(outcomes.filter((each) => each.bucket >= span.from && each.bucket < span.until))
  const earlier = dayBlocks(outcomes.filter((each) => each.bucket < span.from))
  const usual = Math.max(0, ...earlier.filter((day) => day.rows >= settings.minRows).map(coverage)) || 1
  const mature = (sums: DaySums) => coverage(sums) >= MATURE_PART * usual
  const days = dayBlocks(outcomes).filter((day) => day.labelled > 0 && mature(day))
  const reason =
    own.rows < settings.minRows
      ? 'too-few-rows'
      : !mature(own)
        ? 'immature-labels'
        : own.labelled < settings.minRows
          ? 'too-few-labels'
          : null
  return { reason, labelled: own.labelled, days }
}

function judgePerformance(window: OutcomeWindow, days: readonly DaySums[]): FindingSummary {
  const { reference, settings, alpha } = window
  const lossOf = (day: DaySums) => day.lossSum / day.labelled
  const known = reference.days.filter((day) => day.labelled > 0)
  const expected = known.length > 0 ? lossOf(totalOf(known)) : reference.loss!.value
  const rises = [
    riseOfDays(blocksOf(known, lossOf), blocksOf(days, lossOf), { reference, alpha }),
    riseOfLast(known.map(lossOf), lossOf(days.at(-1)!), alpha),
  ].filter((rise) => rise !== null)
  const labelled = totalOf(days).labelled
  if (rises.length === 0) return unknown('performance', 'too-few-days', labelled)
  return judged('performance', {
    statistic: 'rise of the loss, lower bound',
    value: Math.max(...rises),
    threshold: settings.performanceFloor * expected,
    rows: labelled,
    reason: `loss ${lossOf(totalOf(days)).toFixed(3)} over ${days.length} days, ${expected.toFixed(3)} held out`,
  })
}

/** Lower bound of the rise of the mean over days; null when there are too few. */
function riseOfDays(
  before: Blocks,
  after: Blocks,
  { reference, alpha }: Pick<OutcomeWindow, 'reference' | 'alpha'>,
): number | null {
  if (after.means.length < MIN_DAYS) return null
  if (before.means.length >= MIN_DAYS) return lowOf(blockDifference(before, after, 1 - 2 * alpha))
  if (reference.loss === null) return null
  const low = lowOf(clusteredMeanInterval(after.means, after.weights, 1 - 2 * alpha))
  return low === null ? null : low - reference.loss.high
}

/** Lower bound of how far the last day lies above where one more day of the reference would. */
function riseOfLast(before: readonly number[], last: number, alpha: number): number | null {
  const n = before.length
  if (n < MIN_DAYS_FOR_ONE) return null
  const mean = before.reduce((sum, value) => sum + value, 0) / n
  const variance = before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return last - mean - tQuantile(1 - alpha, n - 1) * Math.sqrt(variance * (1 + 1 / n))
}

interface Gap {
  readonly monitor: string
  readonly perDay: (day: DaySums) => number
  readonly words: string
  /** What the mean is where the reference kept no days; null: not known. */
  readonly expected: number | null
  readonly factor: number
}

/** A mean that may move to either side. The floor is a part of the label's own spread. */
function judgeGap(window: OutcomeWindow, days: readonly DaySums[], gap: Gap): FindingSummary {
  const { reference, settings, alpha } = window
  const known = reference.days.filter((day) => day.labelled > 0)
  const before = blocksOf(known, gap.perDay)
  const after = blocksOf(days, gap.perDay)
  const labelled = totalOf(days).labelled
  const byDays = known.length >= MIN_DAYS
  if (days.length < MIN_DAYS || (!byDays && gap.expected === null))
    return unknown(gap.monitor, 'too-few-days', labelled)
  const figure = byDays
    ? blockDifference(before, after, 1 - alpha)
    : clusteredMeanInterval(after.means, after.weights, 1 - alpha)
  if (figure.kind === 'unknown') return unknown(gap.monitor, figure.reason, labelled)
  const expected = byDays ? gap.perDay(totalOf(known)) : (gap.expected ?? 0)
  return judged(gap.monitor, {
    statistic: `change of ${gap.words}, bound`,
    value: Math.max(figure.low, -figure.high),
    threshold: gap.factor * settings.performanceFloor * labelSpread(reference, days),
    rows: labelled,
    reason: `${gap.words} ${gap.perDay(totalOf(days)).toFixed(3)} over ${days.length} days, ${expected.toFixed(3)} held out`,
  })
}

/** Standard deviation of the label: of a class by its share, of a number by the model's own error. */
function labelSpread(reference: VersionReference, days: readonly DaySums[]): number {
  const total = totalOf(reference.days.length > 0 ? reference.days : days)
  if (reference.task === 'regression') return Math.sqrt(total.lossSum / total.labelled)
  const share = Math.min(1, Math.max(0, total.labelSum / total.labelled))
  return Math.sqrt(Math.max(0.01, share * (1 - share)))
}

function lowOf(figure: ReturnType<typeof blockDifference>): number | null {
  return figure.kind === 'known' ? figure.low : null
}

function blocksOf(days: readonly DaySums[], mean: (day: DaySums) => number): Blocks {
  return { means: days.map(mean), weights: days.map((day) => day.labelled) }
}

function coverage(sums: DaySums): number {
  return sums.rows === 0 ? 0 : sums.labelled / sums.rows
}

/** Sums by UTC day, in order. */
function dayBlocks(outcomes: readonly ServedOutcomeRow[]): DaySums[] {
  const days = new Map<Instant, DaySums[]>()
  for (const each of outcomes) {
    const day = Math.floor(each.bucket / DAY_MS)
    days.set(day, [...(days.get(day) ?? []), each])
  }
  return [...days].sort(([a], [b]) => a - b).map(([, sums]) => totalOf(sums))
}

function totalOf(days: readonly DaySums[]): DaySums {
  const total = { rows: 0, labelled: 0, scoreSum: 0, labelSum: 0, lossSum: 0 }
  for (const day of days) for (const key of Object.keys(total) as (keyof DaySums)[]) total[key] += day[key]
  return total
}
