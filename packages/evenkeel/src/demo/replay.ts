import { DAY_MS, HOUR_MS, type Instant, type VirtualClock } from '../clock.ts'
import type { Client } from './client.ts'
import { ROWS_PER_REQUEST } from './client.ts'
import { type Flight, isLate } from './flights.ts'
import type { LedgerEntry } from './ledger.ts'
import { ASKING, FEED, MODEL } from './setup.ts'
import type { Twin } from './twin.ts'
import { createPostbag, END, REPLAY, rowAsSent, START } from './world.ts'

/** What the replay talks to, and what is called as time passes. */
export interface Stage {
  readonly clock: VirtualClock
  readonly client: Client
  readonly settle: () => Promise<void>
  readonly twin: Twin
  /** People of the story: they look in once every so often, and do what people do. */
  readonly people: (now: Instant) => Promise<void>
  readonly onDay: (now: Instant) => void
}

/** How often time stops, labels are delivered and the loop comes to rest. */
const PACE_MS = 12 * HOUR_MS

/** January, day by day, as a feed of finished flights: each batch goes through the gate before it may train. */
export async function sendJanuary(
  flights: readonly Flight[],
  { clock, client, settle, onDay }: Omit<Stage, 'twin' | 'people'>,
): Promise<void> {
  for (let day = START; day < REPLAY; day += DAY_MS) {
    const rows = flightsBetween(flights, day, day + DAY_MS).map((flight) => ({
      ...rowAsSent(flight),
      late: String(isLate(flight)),
    }))
    clock.moveTo(day + DAY_MS)
    if (rows.length > 0)
      await client.sendBatch(
        FEED,
        rows.map((row) => ({ ...row, departure: new Date(row.departure).toISOString() })),
      )
    await settle()
    onDay(day)
  }
}

/** February to June: every flight is asked about when it departs, and its delay arrives as a label a day or more later. */
export async function replayFlights(flights: readonly Flight[], stage: Stage): Promise<LedgerEntry[]> {
  const { clock, client, settle, twin, people, onDay } = stage
  const ledger: LedgerEntry[] = []
  const postbag = createPostbag('paperwork')
  for (let until = REPLAY + PACE_MS; until <= END; until += PACE_MS) {
    clock.moveTo(until)
    const departing = flightsBetween(flights, until - PACE_MS, until)
    for (let at = 0; at < departing.length; at += ROWS_PER_REQUEST) {
      const asked = departing.slice(at, at + ROWS_PER_REQUEST)
      const ids = asked.map((flight) => `${flight.at}-${ledger.length + asked.indexOf(flight)}`)
      const entries = await ask(asked, ids, client, twin)
      for (const [index, flight] of asked.entries()) postbag.add(flight, ids[index]!)
      ledger.push(...entries)
    }
    const labels = postbag.due(until)
    if (labels.length > 0) await client.label(MODEL, labels)
    await settle()
    await people(until)
    if (until % DAY_MS === 0) onDay(until)
  }
  return ledger
}

async function ask(
  flights: readonly Flight[],
  id: readonly string[],
  client: Client,
  twin: Twin,
): Promise<LedgerEntry[]> {
  const rows = flights.map(rowAsSent)
  const served = await client.predict(MODEL, { source: ASKING, id, at: flights.map((flight) => flight.at), rows })
  const frozen = await twin.predict(rows)
  return flights.map((flight, index) => ({
    at: flight.at,
    late: isLate(flight),
    served: served[index]!,
    twin: frozen[index]!,
  }))
}

/** Flights are in the order of their departure, so both ends are found by halving. */
function flightsBetween(flights: readonly Flight[], from: Instant, until: Instant): readonly Flight[] {
  return flights.slice(firstAtOrAfter(flights, from), firstAtOrAfter(flights, until))
}

function firstAtOrAfter(flights: readonly Flight[], at: Instant): number {
  let low = 0
  let high = flights.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (flights[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return low
}
