/**
 * Which cell of the week an hour belongs to. Hours are whole hours since 1970-01-01T00:00 of whatever clock the traffic
 * lives by: a caller with a time zone adds its offset first. 1970-01-01 was a Thursday; the week here starts on Monday.
 */

const HOURS_PER_WEEK = 168
const HOURS_FROM_MONDAY = 72

/** From coarse to fine; each level is shrunk to the one before it. */
export type SeasonLevel = 'constant' | 'hour-of-day' | 'hour-by-weekend' | 'hour-of-week'

export const CELLS: Readonly<Record<SeasonLevel, number>> = {
  constant: 1,
  'hour-of-day': 24,
  'hour-by-weekend': 48,
  'hour-of-week': HOURS_PER_WEEK,
}

/** 0 is midnight on Monday. */
export function hourOfWeek(hour: number): number {
  return (((hour + HOURS_FROM_MONDAY) % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK
}

/** Cell of an hour of the week at a level. */
export function cellOf(level: SeasonLevel, ofWeek: number): number {
  switch (level) {
    case 'constant':
      return 0
    case 'hour-of-day':
      return ofWeek % 24
    case 'hour-by-weekend':
      return (ofWeek % 24) + (ofWeek >= 120 ? 24 : 0)
    case 'hour-of-week':
      return ofWeek
  }
}
