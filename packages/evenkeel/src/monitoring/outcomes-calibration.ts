import type { FindingSummary } from '../storage/index.ts'
import { judged, unknown } from './finding.ts'
import { meanOf, totalOf } from './outcomes-days.ts'
import { marginOf, noiseOfDays, stretchesOf, varianceOfMean } from './outcomes-noise.ts'
import type { ReferenceDay } from './reference.ts'

/** Days a model is trusted to be calibrated for: held-out days count against this many without a gap. */
const TRUSTED_DAYS = 28

/** A span of latest days, and how sure one must be of it. */
export interface Scale {
  readonly days: readonly ReferenceDay[]
  /** Fewer days than this are not judged. */
  readonly minDays: number
  readonly alpha: number
}

interface Calibration {
  /** Held-out days, which may be none. */
  readonly known: readonly ReferenceDay[]
  /** Served days that say how days vary, the judged ones included. */
  readonly served: readonly ReferenceDay[]
  readonly scales: readonly Scale[]
  /** A gap too small to speak of. */
  readonly floor: number
}

/**
 * Labels minus scores over the latest week and the latest four, each against what a calibrated model shows: no gap, or
 * the part of the held-out gap that so few days prove. Shifted when the gap is larger than the floor and than noise of
 * days that are correlated. The scale that shows more is told.
 *
 * Measured on the flights of 2001 with a fixed model of January: predictions of 22 % where the truth fell to 12 % on 26
 * April are shifted from 9 to 21 May, and no window else of 150 days is. With nothing changed and days correlated by 0.6,
 * 0.08 alarms a year; by 0.7, 0.62.
 * @see docs/decisions/0012-outcomes-on-two-scales.md
 */
export function judgeCalibration({ known, served, scales, floor }: Calibration): FindingSummary {
  const expected = expectedGap(known)
  const labelled = totalOf(scales.at(-1)?.days ?? []).labelled
  const seen = scales.flatMap((scale) => lookAt(scale, { known, served, expected, floor }))
  if (seen.length === 0) return unknown('calibration', 'too-few-days', labelled)
  const most = seen.reduce((a, b) => (b.gap / b.threshold > a.gap / a.threshold ? b : a))
  const total = totalOf(most.days)
  return judged('calibration', {
    statistic: 'labels minus scores, against none',
    value: most.gap,
    threshold: most.threshold,
    rows: total.labelled,
    reason: `mean label ${(total.labelSum / total.labelled).toFixed(3)}, mean score ${(total.scoreSum / total.labelled).toFixed(3)} over ${most.days.length} days`,
  })
}

interface Yardstick extends Pick<Calibration, 'known' | 'served' | 'floor'> {
  readonly expected: number
}

function lookAt({ days, minDays, alpha }: Scale, { known, served, expected, floor }: Yardstick) {
  const noise = noiseOfDays(stretchesOf({ known, served, judged: days }), gapOf)
  if (days.length < minDays || noise === null) return []
  const mean = meanOf(days, gapOf)
  const margin = marginOf(varianceOfMean(noise, days.length), noise, alpha / 2)
  // Between no gap and the expected one, nothing is wrong.
  const gap = Math.max(mean - Math.max(0, expected), Math.min(0, expected) - mean, 0)
  return [{ days, gap, threshold: Math.max(floor, margin) }]
}

/** The held-out gap, drawn to none: a week of weather proves little against the days the model learnt from. */
function expectedGap(known: readonly ReferenceDay[]): number {
  return known.length === 0 ? 0 : (meanOf(known, gapOf) * known.length) / (known.length + TRUSTED_DAYS)
}

function gapOf(day: ReferenceDay): number {
  return (day.labelSum - day.scoreSum) / day.labelled
}
