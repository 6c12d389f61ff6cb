import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { DAY_MS, type Instant } from '../clock.ts'
import { EvenkeelError } from '../error.ts'

/** One flight as an airline would know it: what is asked before, and what turned out. */
export interface Flight {
  /** Departure, as the data set has it (to the minute, no time zone; taken as UTC). */
  readonly at: Instant
  /** Miles. */
  readonly distance: number
  readonly origin: string
  readonly destination: string
  /** Minutes of delay on arrival; early flights are negative. */
  readonly delay: number
}

/** The question the demo's model answers: will it be more than this many minutes late? */
const LATE_MINUTES = 15

export interface FlightSample {
  readonly from: Instant
  readonly until: Instant
  /** Flights wanted; the sample comes within a percent of it. */
  readonly size: number
  readonly seed: number
}

/**
 * A seeded sample of US flights of 2001, in the order of their departure.
 * @see vega-datasets 3.2, `data/flights-3m.parquet` (US Department of Transportation), January to June 2001
 */
export async function readFlights(sample: FlightSample): Promise<Flight[]> {
  const file = locateFlights()
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    // A hash of the row decides, so that the sample is the same on every machine and for every number of threads.
    const reader = await connection.runAndReadAll(
      `with flights as (
         select epoch_ms(date) as departed, distance, origin, destination, delay,
           hash(date, distance, origin, destination, delay, $seed::integer) / 18446744073709551616.0 as place
         from read_parquet($file) where date >= make_timestamp($from::bigint * 1000) and date < make_timestamp($until::bigint * 1000)
       ) select departed::double as departed, distance::double as distance, origin, destination, delay::double as delay from flights
       where place < $size::double / (select count(*) from flights)
       order by departed, place`,
      { file, seed: sample.seed, from: sample.from, until: sample.until, size: sample.size },
    )
    const [departed, distance, origin, destination, delay] = reader.getColumns() as [
      number[],
      number[],
      string[],
      string[],
      number[],
    ]
    return departed.map((at, row) => ({
      at,
      distance: distance[row]!,
      origin: origin[row]!,
      destination: destination[row]!,
      delay: delay[row]!,
    }))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** The data set comes from the npm package `vega-datasets`, which is large and so not installed with evenkeel. */
function locateFlights(): string {
  const found = [import.meta.url, `${process.cwd()}/`].flatMap((from) => {
    const folders = createRequire(from).resolve.paths('vega-datasets') ?? []
    return folders
      .map((folder) => path.join(folder, 'vega-datasets/data/flights-3m.parquet'))
      .filter((file) => existsSync(file))
  })[0]
  if (found !== undefined) return found
  throw new EvenkeelError(
    'DEMO_DATA_MISSING',
    'the demo replays flights of the npm package vega-datasets, which is not installed; run: npm install vega-datasets@3.2.1',
  )
}

export function isLate(flight: Flight): boolean {
  return flight.delay > LATE_MINUTES
}

/** The day's number since 1970, for groups by day. */
export function dayOf(at: Instant): number {
  return Math.floor(at / DAY_MS)
}
