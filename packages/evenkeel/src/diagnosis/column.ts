import { type ColumnProfile, mergeColumnProfiles } from '@evenkeel/stats'
import { DAY_MS } from '../clock.ts'
import type { CaseFile, TrafficHour } from './case.ts'
import { categoricalCase, categoricalFaults } from './categorical.ts'
import { type ColumnCase, type Hypothesis, naturalShift, nothing } from './hypothesis.ts'
import { concentrationOf, logSumExp, rowsOf, sumCounts } from './likelihood.ts'
import { numericCase, numericFaults, numericLayout } from './numeric.ts'

/** What is believed of one column of one source. */
export interface ColumnVerdict {
  readonly feature: string
  readonly source: string | null
  readonly winner: Hypothesis
  /** Of the winner, among the stories told of this column. */
  readonly probability: number
  readonly rivals: readonly { readonly type: string; readonly probability: number }[]
  /** What it was held against. */
  readonly yardstick: 'before' | 'reference'
  readonly case: ColumnCase
  /** Counts of one hour in the layout of the case. */
  readonly layout: (column: ColumnProfile) => Float64Array
}

/** Prior odds: an alarm on the column makes any change of it likely; without one, most columns are as they were. */
const PRIORS = {
  alarmed: { nothing: 0.3, shift: 0.4, fault: 0.3 },
  quiet: { nothing: 0.98, shift: 0.015, fault: 0.005 },
} as const

/** Rows of a column below which it is not judged. */
export const MIN_ROWS = 100
/** A reference is older than the traffic, and seasons lie between: it is no surer than this of what comes. */
const REFERENCE_CONCENTRATION = 150

/** One column of one source (null: all of them); null when there is too little to judge it by. */
export function examineColumn(file: CaseFile, feature: string, source: string | null): ColumnVerdict | null {
  const hours = file.traffic.filter((hour) => source === null || hour.source === source)
  const after = mergeHours(
    hours.filter((hour) => hour.at >= changePoint(file)),
    feature,
  )
  if (after === null || rowsOf(after.counts) < MIN_ROWS) return null
  const clean = hours.filter((hour) => hour.at < file.onset.from && !isTainted(file, feature, hour))
  const before = mergeHours(clean, feature)
  const alarmed = file.alarms.some((alarm) => alarm.endsWith(`:${feature}`))
  const reference = file.reference.profile.columns[feature]
  if (before !== null && rowsOf(before.counts) >= 2 * MIN_ROWS) {
    const concentration = Math.min(concentrationOf(dailyCounts(clean, feature)), rowsOf(before.counts))
    const verdict = weigh({ feature, source, before, after, alarmed, concentration, yardstick: 'before' })
    if (verdict.winner.type !== 'nothing' || !alarmed || reference === undefined) return verdict
  }
  if (reference === undefined) return null
  const concentration = Math.min(REFERENCE_CONCENTRATION, rowsOf(reference.counts))
  return weigh({ feature, source, before: reference, after, alarmed, concentration, yardstick: 'reference' })
}

/** Hours from here on count as after: the start of the first window that breached. */
export function changePoint(file: CaseFile): number {
  return (file.onset.from + file.onset.until) / 2
}

interface Weighing {
  readonly feature: string
  readonly source: string | null
  readonly before: ColumnProfile
  readonly after: ColumnProfile
  readonly alarmed: boolean
  readonly concentration: number
  readonly yardstick: 'before' | 'reference'
}

function weigh(parts: Weighing): ColumnVerdict {
  const told = parts.after.bins.kind === 'numeric' ? tellNumeric(parts) : tellCategorical(parts)
  const prior = PRIORS[parts.alarmed ? 'alarmed' : 'quiet']
  const faults = new Set(told.faults.map((fault) => fault.type)).size
  const weighed = [
    { hypothesis: nothing(told.column), log: Math.log(prior.nothing) },
    { hypothesis: naturalShift(told.column), log: Math.log(prior.shift) },
    ...told.faults.map((hypothesis) => ({ hypothesis, log: Math.log(prior.fault / faults) })),
  ].map(({ hypothesis, log }) => ({ hypothesis, log: log + hypothesis.nats }))
  const total = logSumExp(weighed.map(({ log }) => log))
  const ranked = weighed
    .map(({ hypothesis, log }) => ({ hypothesis, probability: Math.exp(log - total) }))
    .sort((a, b) => b.probability - a.probability)
  const [best, ...rest] = ranked
  return {
    feature: parts.feature,
    source: parts.source,
    winner: best!.hypothesis,
    probability: best!.probability,
    rivals: rest.slice(0, 3).map(({ hypothesis, probability }) => ({ type: hypothesis.type, probability })),
    yardstick: parts.yardstick,
    case: told.column,
    layout: told.layout,
  }
}

interface Told {
  readonly column: ColumnCase
  readonly faults: readonly Hypothesis[]
  readonly layout: (column: ColumnProfile) => Float64Array
}

function tellNumeric(parts: Weighing): Told {
  const { layout, edges } = numericLayout(parts.after)
  const column = numericCase(parts, { layout, edges, concentration: parts.concentration })
  return { column, faults: numericFaults(column), layout }
}

function tellCategorical(parts: Weighing): Told {
  const column = categoricalCase(parts, parts.concentration)
  return { column, faults: categoricalFaults(column), layout: (profile) => profile.counts }
}

function mergeHours(hours: readonly TrafficHour[], feature: string): ColumnProfile | null {
  const columns = hours.flatMap((hour) => hour.profile.columns[feature] ?? [])
  return columns.length === 0 ? null : columns.reduce(mergeColumnProfiles)
}

function dailyCounts(hours: readonly TrafficHour[], feature: string): Float64Array[] {
  const days = Map.groupBy(hours, (hour) => Math.floor(hour.at / DAY_MS))
  return [...days.values()].map((day) => sumCounts(day.flatMap((hour) => hour.profile.columns[feature]?.counts ?? [])))
}

function isTainted(file: CaseFile, feature: string, hour: TrafficHour): boolean {
  return file.tainted.some(
    (taint) =>
      taint.feature === feature &&
      taint.source === hour.source &&
      taint.from <= hour.at &&
      (taint.until === null || hour.at < taint.until),
  )
}
