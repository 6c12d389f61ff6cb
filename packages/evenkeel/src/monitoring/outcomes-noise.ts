import { tQuantile } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import type { ReferenceDay } from './reference.ts'

/**
 * Correlation of a day's figure with the next day's that is assumed, not estimated: weather and holidays last. An
 * estimate from a few weeks is wrong by 0.15 either way and turned out to make twice the false alarms (decision 0012).
 */
const DAY_CORRELATION = 0.6
/** Fewer day-to-day innovations than this say nothing of their variance. */
const MIN_INNOVATIONS = 3

/** How much means of correlated days vary when nothing changes. */
export interface DayNoise {
  /** Variance of what a day brings that the day before did not announce. */
  readonly innovation: number
  readonly df: number
}

type Figure = (day: ReferenceDay) => number

/**
 * Variance of the innovations x(t) - 0.6 x(t - 1) of an AR(1) series, over stretches of days that are each held to their
 * own mean. A season hardly shows in innovations, so one real change does not hide the next.
 * @param stretches days in order
 * @returns null when they are too few
 */
export function noiseOfDays(stretches: readonly (readonly ReferenceDay[])[], figure: Figure): DayNoise | null {
  let squares = 0
  let df = 0
  for (const days of stretches) {
    const innovations = innovationsOf(days, figure)
    if (innovations.length < 2) continue
    const mean = innovations.reduce((sum, value) => sum + value, 0) / innovations.length
    for (const value of innovations) squares += (value - mean) ** 2
    df += innovations.length - 1
  }
  return df < MIN_INNOVATIONS ? null : { innovation: squares / df, df }
}

/** Held-out days, served days before the judged ones, and those: a change where one ends is no noise. */
export function stretchesOf(days: {
  readonly known: readonly ReferenceDay[]
  readonly served: readonly ReferenceDay[]
  readonly judged: readonly ReferenceDay[]
}): readonly (readonly ReferenceDay[])[] {
  const from = days.judged[0]?.day ?? Number.POSITIVE_INFINITY
  return [days.known, days.served.filter(({ day }) => day < from), days.judged]
}

function innovationsOf(days: readonly ReferenceDay[], figure: Figure): number[] {
  return days.slice(1).flatMap((day, i) => {
    const before = days[i]!
    return day.day - before.day === DAY_MS ? [figure(day) - DAY_CORRELATION * figure(before)] : []
  })
}

/**
 * Variance of the mean of so many days in a row: that of an AR(1) series, exact for its length.
 * @example varianceOfMean({ innovation: 0.64, df: 30 }, 1) // 1
 */
export function varianceOfMean({ innovation }: DayNoise, days: number): number {
  const phi = DAY_CORRELATION
  const edges = (2 * phi * (1 - phi ** days)) / (days * (1 - phi ** 2))
  return (innovation / (1 - phi) ** 2 / days) * (1 - edges)
}

/** Half the width of an interval for a figure of this variance; `alpha` is the level of one side. */
export function marginOf(variance: number, { df }: DayNoise, alpha: number): number {
  return tQuantile(1 - alpha, df) * Math.sqrt(variance)
}
