import { DAY_MS } from '../clock.ts'
import type { CaseFile } from './case.ts'
import { mean, normalBayesFactor, varianceOf } from './outcome.ts'

/** Labels against scores over the latest weeks: what a slow change leaves that no before and after shows. */
export interface LastingGap {
  readonly days: number
  readonly meanLabel: number
  readonly meanScore: number
  /** Nats for "labels and scores differ" against "a calibrated model". */
  readonly nats: number
}

/** As long as monitoring's longer scale. */
const DAYS = 28
const MIN_DAYS = 14
const MIN_LABELLED_PER_DAY = 20
/** Variance of a mean of days that are correlated by 0.6, against that of independent ones. */
const DAY_CORRELATION = 4
/** A gap worth speaking of: five rows in a hundred with another label. */
const GAP_SCALE = 0.05

/**
 * A season comes over weeks, so days before the alarm are no yardstick for it, and a loss may even fall: where scores say
 * 22 % and 12 % turn out late, a calibrated model would have lost less still. The yardstick is no gap. Null for a
 * regression, whose label has no common scale, and where labels are few.
 */
export function lastingGap(file: CaseFile): LastingGap | null {
  if (file.reference.task !== 'binary') return null
  const mature = file.outcomes.filter(({ at }) => at + file.labelMaturityMs <= file.until)
  const days = [...Map.groupBy(mature, ({ at }) => Math.floor(at / DAY_MS))]
    .sort(([a], [b]) => a - b)
    .slice(-DAYS)
    .map(([, hours]) => ({
      labelled: sum(hours, 'labelled'),
      label: sum(hours, 'labelSum'),
      score: sum(hours, 'scoreSum'),
    }))
    .filter(({ labelled }) => labelled >= MIN_LABELLED_PER_DAY)
  if (days.length < MIN_DAYS) return null
  const gaps = days.map(({ labelled, label, score }) => (label - score) / labelled)
  const error = (DAY_CORRELATION * Math.max(varianceOf(gaps), (GAP_SCALE / 5) ** 2)) / days.length
  return {
    days: days.length,
    meanLabel: mean(days.map(({ label, labelled }) => label / labelled)),
    meanScore: mean(days.map(({ score, labelled }) => score / labelled)),
    nats: normalBayesFactor(mean(gaps), error, GAP_SCALE),
  }
}

function sum<Key extends string>(hours: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return hours.reduce((total, hour) => total + hour[key], 0)
}
