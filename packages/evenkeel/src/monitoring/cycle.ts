import { mergeProfiles } from '@evenkeel/stats'
import { DAY_MS, type Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { Transaction } from '../storage/index.ts'
import type { ServedProfileRow, ServedRecords } from './reference.ts'
import type { ModelKey } from './tables.ts'

interface CycleQuery extends ModelKey {
  readonly version: number
  /** The trailing cycle, the window included. */
  readonly cycle: Span
  readonly window: Span
}

/** Reads a version's profiles over a cycle: earlier days as one row each, the window's hours as they are. */
export type ReadCycle = (tx: Transaction, query: CycleQuery) => Promise<ServedProfileRow[]>

/** Days held at once, over all models and versions (law 13). */
const MAX_HELD = 500

/**
 * Consecutive windows share all but one day of their cycle, and a week has 168 hourly profiles to decode; so whole days
 * before the window are merged once and kept. A day is kept as it was when it was first read: rows that come later than
 * the windows' lateness change neither a judged window nor the cycle of the next ones.
 */
export function createCycleReader(records: ServedRecords): ReadCycle {
  const held = new Map<string, readonly ServedProfileRow[]>()
  return async (tx, query) => {
    const { cycle, window } = query
    const keyOf = (day: Instant) => JSON.stringify([query.project, query.model, query.version, day])
    const days = wholeDays({ from: cycle.from, until: window.from })
    const missing = days.find((day) => !held.has(keyOf(day)))
    const last = days.at(-1)
    const from = missing ?? (last === undefined ? cycle.from : last + DAY_MS)
    const { project, model, version } = query
    const read = await records.readProfiles(tx, { project, model, version, span: { from, until: window.until } })
    for (const day of wholeDays({ from, until: window.until })) hold(held, keyOf(day), mergeDay(read, day))
    const earlier = days.filter((day) => day < from).flatMap((day) => held.get(keyOf(day)) ?? [])
    return [...earlier, ...byDay(read, window.from)]
  }
}

/** UTC days that lie within the span as a whole. */
function wholeDays({ from, until }: Span): Instant[] {
  const first = Math.ceil(from / DAY_MS) * DAY_MS
  const count = Math.max(0, Math.floor((until - first) / DAY_MS))
  return Array.from({ length: count }, (_, i) => first + i * DAY_MS)
}

function byDay(read: readonly ServedProfileRow[], windowFrom: Instant): ServedProfileRow[] {
  const before = read.filter((each) => each.bucket < windowFrom)
  const days = new Set(before.map((each) => Math.floor(each.bucket / DAY_MS) * DAY_MS))
  return [...[...days].flatMap((day) => mergeDay(before, day)), ...read.filter((each) => each.bucket >= windowFrom)]
}

/** One row for the day, or none. Whether rows were answered or scored in the shadow makes no difference to drift. */
function mergeDay(read: readonly ServedProfileRow[], day: Instant): ServedProfileRow[] {
  const [first, ...rest] = read.filter((each) => each.bucket >= day && each.bucket < day + DAY_MS)
  if (first === undefined) return []
  const profile = rest.reduce((sum, each) => mergeProfiles(sum, each.profile), first.profile)
  return [{ ...first, bucket: day, profile }]
}

function hold(held: Map<string, readonly ServedProfileRow[]>, key: string, rows: readonly ServedProfileRow[]): void {
  held.delete(key)
  held.set(key, rows)
  const [oldest] = held.keys()
  if (held.size > MAX_HELD && oldest !== undefined) held.delete(oldest)
}
