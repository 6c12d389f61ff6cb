import { createRandom, type Random } from '@evenkeel/stats'
import { DAY_MS, HOUR_MS, type Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import { type Flight, isLate } from './flights.ts'

/** What a request says of a flight: exactly what the model may know before departure. */
export interface FlightRow {
  readonly departure: Instant
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

/** A fault put into the traffic on purpose. Everything else in the demo happened in 2001. */
export interface Incident {
  readonly name: 'unit change' | 'broken category' | 'bad version'
  /** What is injected, in words for the report. */
  readonly words: string
  readonly span: Span
}

const MILES_TO_KILOMETRES = 1.609344

export const START: Instant = Date.UTC(2001, 0, 1)
/** January trains; the replay starts here. */
export const REPLAY: Instant = Date.UTC(2001, 1, 1)
export const END: Instant = Date.UTC(2001, 6, 1)

export const UNIT_CHANGE: Incident = {
  name: 'unit change',
  words: 'upstream sends distance in kilometres instead of miles for a week',
  span: { from: Date.UTC(2001, 2, 12), until: Date.UTC(2001, 2, 19) },
}
export const BROKEN_CATEGORY: Incident = {
  name: 'broken category',
  words: 'upstream sends destination codes in lower case for twelve days',
  span: { from: Date.UTC(2001, 3, 9), until: Date.UTC(2001, 3, 21) },
}
export const BAD_VERSION: Incident = {
  name: 'bad version',
  words: 'someone trains on the wrong label (late by more than 0 minutes, not 15) and moves champion by hand',
  span: { from: Date.UTC(2001, 4, 21), until: END },
}
export const INCIDENTS: readonly Incident[] = [UNIT_CHANGE, BROKEN_CATEGORY, BAD_VERSION]

/** The row as upstream sends it at that time, faults included. */
export function rowAsSent(flight: Flight): FlightRow {
  const kilometres = within(UNIT_CHANGE.span, flight.at)
  const lowerCase = within(BROKEN_CATEGORY.span, flight.at)
  return {
    departure: flight.at,
    distance: kilometres ? Math.round(flight.distance * MILES_TO_KILOMETRES) : flight.distance,
    origin: flight.origin,
    destination: lowerCase ? flight.destination.toLowerCase() : flight.destination,
  }
}

function within(span: Span, at: Instant): boolean {
  return at >= span.from && at < span.until
}

/** When a flight's delay becomes known to us: a day after departure, plus the time the paperwork takes. */
export interface DueLabel {
  readonly id: string
  readonly label: string
  readonly due: Instant
}

const PAPERWORK_MEAN_MS = 8 * HOUR_MS
const PAPERWORK_MOST_MS = 3 * DAY_MS

function labelOf(flight: Flight, id: string, random: Random): DueLabel {
  const paperwork = Math.min(PAPERWORK_MOST_MS, -Math.log(1 - random.next()) * PAPERWORK_MEAN_MS)
  return { id, label: String(isLate(flight)), due: flight.at + DAY_MS + paperwork }
}

/** Labels wait here until they are due; handed out in the order in which they become known. */
export function createPostbag(seed: string): { add(flight: Flight, id: string): void; due(now: Instant): DueLabel[] } {
  const random = createRandom(seed)
  let waiting: DueLabel[] = []
  return {
    add: (flight, id) => void waiting.push(labelOf(flight, id, random)),
    due(now) {
      const ready = waiting.filter((label) => label.due <= now)
      waiting = waiting.filter((label) => label.due > now)
      return ready.sort((a, b) => a.due - b.due)
    },
  }
}
