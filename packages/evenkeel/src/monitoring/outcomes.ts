import { DAY_MS } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { FindingSummary } from '../storage/index.ts'
import { longAlphaOf } from './budget.ts'
import { judged, unknown } from './finding.ts'
import { judgeCalibration, type Scale } from './outcomes-calibration.ts'
import { coverage, type DaySums, dayBlocks, meanOf, since, totalOf } from './outcomes-days.ts'
import { marginOf, noiseOfDays, stretchesOf, varianceOfMean } from './outcomes-noise.ts'
import type { ReferenceDay, ServedOutcomeRow, VersionReference } from './reference.ts'
import type { MonitorSettings } from './settings.ts'

/** Days of outcomes looked at together: a full week, because weekdays differ. */
export const CYCLE_MS = 7 * DAY_MS
/** The longer scale: harm too small to tell from a week of weather shows in four weeks. */
const LONG_MS = 28 * DAY_MS
/** Outcomes that say how days vary; the latest of them are judged. */
export const HISTORY_MS = 2 * LONG_MS
/** Days that are needed before means of days can be compared: of a week, of four. */
const MIN_DAYS = 3
const MIN_LONG_DAYS = 21
/** Reference days needed to say how far a single day may lie out. */
const MIN_DAYS_FOR_ONE = 5
/** A window whose share of labelled rows is below this part of what older windows have come to is immature. */
const MATURE_PART = 0.9

interface OutcomeWindow {
  readonly reference: VersionReference
  /** Hourly outcomes of the version over the history that ends with this window. */
  readonly outcomes: readonly ServedOutcomeRow[]
  readonly span: Span
  readonly settings: MonitorSettings
  /** Level of a comparison on the short scale. */
  readonly alpha: number
}

/**
 * Performance, calibration and prior, by days: rows of one day share their weather, and so do days in a row, so a mean
 * is as sure as days that are correlated make it. Performance holds the latest day, week and four weeks against the
 * held-out days; calibration, week and four weeks, against no gap (`judgeCalibration`); prior the week. A window with
 * immature labels is unknown, never better (law 5).
 *
 * Tried before: Welch's interval of a week's days against the held-out ones. It took days for independent, and made four
 * times the declared false alarms where they are not; and it could not see three weeks of predicting twice the truth.
 * @see docs/decisions/0012-outcomes-on-two-scales.md
 */
export function judgeOutcomes(window: OutcomeWindow): FindingSummary[] {
  const monitors = ['performance', 'calibration', 'prior']
  const { reference, span } = window
  const { reason, labelled, days } = maturityOf(window)
  if (reason !== null) return monitors.map((each) => unknown(each, reason, labelled))
  if (reference.loss === null && reference.days.length < MIN_DAYS)
    return monitors.map((each) => unknown(each, 'no-reference', labelled))
  const judgedDays: JudgedDays = {
    known: reference.days.filter((day) => day.labelled > 0),
    week: since(days, span.until - Math.max(CYCLE_MS, span.until - span.from)),
    long: since(days, span.until - LONG_MS),
    all: days,
  }
  return [judgePerformance(window, judgedDays), calibrationOf(window, judgedDays), judgePrior(window, judgedDays)]
}

/** Mature days, in order. */
interface JudgedDays {
  /** Held out. */
  readonly known: readonly ReferenceDay[]
  readonly week: readonly ReferenceDay[]
  readonly long: readonly ReferenceDay[]
  readonly all: readonly ReferenceDay[]
}

interface Maturity {
  readonly reason: string | null
  readonly labelled: number
  readonly days: readonly ReferenceDay[]
}

function maturityOf({ outcomes, span, settings }: OutcomeWindow): Maturity {
  const days = dayBlocks(outcomes)
  const own = totalOf(outcomes.filter((each) => each.bucket >= span.from && each.bucket < span.until))
  const earlier = since(dayBlocks(outcomes.filter((each) => each.bucket < span.from)), span.until - CYCLE_MS)
  const usual = Math.max(0, ...earlier.filter((day) => day.rows >= settings.minRows).map(coverage)) || 1
  const mature = (sums: DaySums) => coverage(sums) >= MATURE_PART * usual
  const reason =
    own.rows < settings.minRows
      ? 'too-few-rows'
      : !mature(own)
        ? 'immature-labels'
        : own.labelled < settings.minRows
          ? 'too-few-labels'
          : null
  return { reason, labelled: own.labelled, days: days.filter((day) => day.labelled > 0 && mature(day)) }
}

function lossOf(day: DaySums): number {
  return day.lossSum / day.labelled
}

function judgePerformance(window: OutcomeWindow, days: JudgedDays): FindingSummary {
  const { reference, settings, alpha } = window
  const { known, week, long } = days
  const expected = known.length > 0 ? lossOf(totalOf(known)) : reference.loss!.value
  const scales: readonly Scale[] = [
    { days: long, minDays: MIN_LONG_DAYS, alpha: longAlphaOf(settings) },
    { days: week, minDays: MIN_DAYS, alpha },
    { days: known.length < MIN_DAYS_FOR_ONE ? [] : week.slice(-1), minDays: 1, alpha },
  ]
  const rises = scales.flatMap((scale) => riseOver(scale, days, reference))
  const labelled = totalOf(week).labelled
  if (rises.length === 0) return unknown('performance', 'too-few-days', labelled)
  const most = rises.reduce((a, b) => (b.low > a.low ? b : a))
  const seen = totalOf(most.days)
  return judged('performance', {
    statistic: 'rise of the loss, lower bound',
    value: most.low,
    threshold: settings.performanceFloor * expected,
    rows: seen.labelled,
    reason: `loss ${lossOf(seen).toFixed(3)} over ${most.days.length} days, ${expected.toFixed(3)} held out`,
  })
}

/** Lower bound of the rise over a scale's days; none when there are too few. */
function riseOver({ days, minDays, alpha }: Scale, { known, all }: JudgedDays, { loss }: VersionReference) {
  const noise = noiseOfDays(stretchesOf({ known, served: all, judged: days }), lossOf)
  if (days.length < minDays || noise === null) return []
  const mean = meanOf(days, lossOf)
  const variance = varianceOfMean(noise, days.length)
  if (known.length >= MIN_DAYS) {
    const before = varianceOfMean(noise, known.length)
    return [{ days, low: mean - meanOf(known, lossOf) - marginOf(variance + before, noise, alpha) }]
  }
  return loss === null ? [] : [{ days, low: mean - loss.high - marginOf(variance, noise, alpha) }]
}

function calibrationOf({ reference, settings, alpha }: OutcomeWindow, days: JudgedDays): FindingSummary {
  const scales: readonly Scale[] = [
    { days: days.long, minDays: MIN_LONG_DAYS, alpha: longAlphaOf(settings) },
    { days: days.week, minDays: MIN_DAYS, alpha },
  ]
  const floor = settings.performanceFloor * labelSpread(reference, days.week)
  return judgeCalibration({ known: days.known, served: days.all, scales, floor })
}

/** The mean label, to either side. The floor is a part of the label's own spread. */
function judgePrior({ reference, settings, alpha }: OutcomeWindow, { known, week, all }: JudgedDays): FindingSummary {
  const share = (day: DaySums) => day.labelSum / day.labelled
  const labelled = totalOf(week).labelled
  if (week.length < MIN_DAYS || known.length < MIN_DAYS) return unknown('prior', 'too-few-days', labelled)
  const noise = noiseOfDays(stretchesOf({ known, served: all, judged: week }), share)
  if (noise === null) return unknown('prior', 'too-few-days', labelled)
  const variance = varianceOfMean(noise, known.length) + varianceOfMean(noise, week.length)
  const change = Math.abs(meanOf(week, share) - meanOf(known, share))
  return judged('prior', {
    statistic: 'change of mean label, bound',
    value: change - marginOf(variance, noise, alpha / 2),
    threshold: 2 * settings.performanceFloor * labelSpread(reference, week),
    rows: labelled,
    reason: `mean label ${share(totalOf(week)).toFixed(3)} over ${week.length} days, ${share(totalOf(known)).toFixed(3)} held out`,
  })
}

/** Standard deviation of the label: of a class by its share, of a number by the model's own error. */
function labelSpread(reference: VersionReference, days: readonly DaySums[]): number {
  const total = totalOf(reference.days.length > 0 ? reference.days : days)
  if (reference.task === 'regression') return Math.sqrt(total.lossSum / total.labelled)
  const share = Math.min(1, Math.max(0, total.labelSum / total.labelled))
  return Math.sqrt(Math.max(0.01, share * (1 - share)))
}
