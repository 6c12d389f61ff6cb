import { StatsError } from '../../error.ts'

/** Calendar periods of pandas: week from Monday to Sunday, quarters of the calendar year, all in UTC. */
export type Period = 'Y' | 'Q' | 'M' | 'W' | 'D' | 'h' | 'min' | 's'

export type PeriodSpan = { readonly key: string; readonly start: number; readonly end: number }

const DAY = 86_400_000
const FIXED: Partial<Record<Period, number>> = { D: DAY, h: 3_600_000, min: 60_000, s: 1_000 }
const TEXT_LENGTH: Partial<Record<Period, number>> = { Y: 4, M: 7, D: 10, h: 13, min: 16, s: 19 }
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY = -3 * DAY

/** The period a moment lies in, named as pandas names it; `end` is its last millisecond. */
export function periodOf(milliseconds: number, period: Period): PeriodSpan {
  const start = startOf(milliseconds, period)
  const end = nextOf(start, period) - 1
  return { key: keyOf(start, end, period), start, end }
}

function startOf(at: number, period: Period): number {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (period === 'Y') return Date.UTC(year, 0)
  if (period === 'Q') return Date.UTC(year, month - (month % 3))
  if (period === 'M') return Date.UTC(year, month)
  if (period === 'W') return FIRST_MONDAY + Math.floor((at - FIRST_MONDAY) / (7 * DAY)) * 7 * DAY
  const length = fixedLength(period)
  return Math.floor(at / length) * length
}

function nextOf(start: number, period: Period): number {
  const date = new Date(start)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (period === 'Y') return Date.UTC(year + 1, 0)
  if (period === 'Q') return Date.UTC(year, month + 3)
  if (period === 'M') return Date.UTC(year, month + 1)
  return start + (period === 'W' ? 7 * DAY : fixedLength(period))
}

function keyOf(start: number, end: number, period: Period): string {
  const text = new Date(start).toISOString().replace('T', ' ')
  if (period === 'W') return `${text.slice(0, 10)}/${new Date(end).toISOString().slice(0, 10)}`
  if (period === 'Q') return `${text.slice(0, 4)}Q${1 + Math.floor(new Date(start).getUTCMonth() / 3)}`
  return `${text.slice(0, TEXT_LENGTH[period])}${period === 'h' ? ':00' : ''}`
}

function fixedLength(period: Period): number {
  const length = FIXED[period]
  if (length !== undefined) return length
  throw new StatsError('STATS_BAD_OPTION', `period is ${period}, expected one of Y, Q, M, W, D, h, min, s`)
}
