import { DAY_MS, HOUR_MS } from '../clock.ts'
import { EvenkeelError } from '../error.ts'
import type { TimePart } from './view.ts'

export const UTC = 'UTC'

/** Whole numbers of an instant: hours 0 to 23, weekdays 0 (Monday) to 6, months 1 to 12. */
export type ReadTimePart = (instant: number) => number

/**
 * A reader of one part of an instant, in UTC or an IANA time zone.
 * @throws EvenkeelError FEATURES_TIMEZONE_UNKNOWN
 */
export function timePart(part: TimePart, timezone: string): ReadTimePart {
  if (timezone === UTC) return inUtc[part]
  const offsetAt = zoneOffset(timezone)
  return (instant) => inUtc[part](instant + offsetAt(instant))
}

const inUtc: Record<TimePart, ReadTimePart> = {
  hourOfDay: (instant) => Math.floor(modulo(instant, DAY_MS) / HOUR_MS),
  // 1970-01-01 was a Thursday.
  dayOfWeek: (instant) => modulo(Math.floor(instant / DAY_MS) + 3, 7),
  monthOfYear,
}

function modulo(value: number, by: number): number {
  return value - Math.floor(value / by) * by
}

/**
 * Month of the proleptic Gregorian calendar by whole-number arithmetic on years that start in March: a Date made for each
 * row would cost several times as much.
 * @see Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days
 */
function monthOfYear(instant: number): number {
  const dayOfEra = modulo(Math.floor(instant / DAY_MS) + 719_468, 146_097)
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  return monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
}

/** Zones change their offset on quarter hours only, so one answer of Intl (microseconds) serves a whole quarter. */
const QUARTER_MS = HOUR_MS / 4
const MAX_CACHED = 50_000

function zoneOffset(timezone: string): (instant: number) => number {
  const format = formatOf(timezone)
  const offsets = new Map<number, number>()
  return (instant) => {
    const quarter = Math.floor(instant / QUARTER_MS)
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    if (offsets.size >= MAX_CACHED) offsets.clear()
    const offset = readOffset(format, quarter * QUARTER_MS)
    offsets.set(quarter, offset)
    return offset
  }
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const field = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      era: 'short',
      ...field,
      second: 'numeric',
    })
  } catch (cause) {
    throw new EvenkeelError(
      'FEATURES_TIMEZONE_UNKNOWN',
      `time zone ${JSON.stringify(timezone)} is not known; expected an IANA name such as Europe/Berlin, or UTC`,
      { timezone },
      cause,
    )
  }
}

function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(instant)) parts[type] = value
  const read = (name: string) => Number(parts[name])
  const year = parts['era'] === 'BC' ? 1 - read('year') : read('year')
  const local = new Date(0)
  local.setUTCFullYear(year, read('month') - 1, read('day'))
  local.setUTCHours(read('hour'), read('minute'), read('second'))
  return local.getTime() - instant
}
