import { DAY_MS, type Instant } from '../clock.ts'
import type { ReferenceDay, ServedOutcomeRow } from './reference.ts'

export type DaySums = Pick<ReferenceDay, 'rows' | 'labelled' | 'scoreSum' | 'labelSum' | 'lossSum'>

/** Sums by UTC day, in order. */
export function dayBlocks(outcomes: readonly ServedOutcomeRow[]): ReferenceDay[] {
  const days = Map.groupBy(outcomes, (each) => Math.floor(each.bucket / DAY_MS))
  return [...days].sort(([a], [b]) => a - b).map(([day, sums]) => ({ day: day * DAY_MS, ...totalOf(sums) }))
}

export function totalOf(days: readonly DaySums[]): DaySums {
  const total = { rows: 0, labelled: 0, scoreSum: 0, labelSum: 0, lossSum: 0 }
  for (const day of days) for (const key of Object.keys(total) as (keyof DaySums)[]) total[key] += day[key]
  return total
}

/** Share of the rows whose label has come. */
export function coverage(sums: DaySums): number {
  return sums.rows === 0 ? 0 : sums.labelled / sums.rows
}

/** Days that began at `from` or later. */
export function since(days: readonly ReferenceDay[], from: Instant): ReferenceDay[] {
  return days.filter(({ day }) => day >= from)
}

/** Days count alike: rows of one day share their weather, so more of them hardly say more. */
export function meanOf(days: readonly ReferenceDay[], figure: (day: ReferenceDay) => number): number {
  return days.reduce((sum, day) => sum + figure(day), 0) / days.length
}
