import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** Real rows, binned by hour: weeks in a row, of which any order is as good as another where nothing changes. */
export type Series = {
  readonly name: string
  readonly weeks: number
  readonly streams: readonly { readonly name: string; readonly bins: number; readonly counts: Float64Array }[]
  readonly rows: number
}

type Source = {
  readonly name: string
  readonly file: string
  /** A relation with `hour` (since 1970), `n` (rows that one stands for) and the columns. */
  readonly relation: string
  readonly numeric: readonly string[]
  readonly categorical: readonly string[]
}

/** Files of EVENKEEL_SAMPLE_DATA and of the npm package vega-datasets; those that are not there are left out. */
export async function readSeries(): Promise<Series[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows() as (number | string)[][]
  const series: Series[] = []
  for (const source of sources().filter(({ file }) => existsSync(file))) series.push(await bin(source, rows))
  connection.closeSync()
  instance.closeSync()
  return series
}

function sources(): Source[] {
  const data = process.env['EVENKEEL_SAMPLE_DATA'] ?? ''
  const bike = path.join(data, 'bike_sharing/bike_hour.csv.gz')
  const hotel = ['reference', 'monitoring'].map((part) =>
    path.join(data, `hotel_booking/${part}_hotel_booking.parquet`),
  )
  const beijing = path.join(data, 'beijing_pm25/PRSA_data_2010.1.1-2014.12.31.csv')
  const folders = createRequire(import.meta.url).resolve.paths('vega-datasets') ?? []
  const flights =
    folders
      .map((folder) => path.join(folder, 'vega-datasets/data/flights-3m.parquet'))
      .find((file) => existsSync(file)) ?? ''
  return [
    {
      name: 'flights of 2001, rows = flights',
      file: flights,
      relation: `select epoch_ms(date) // 3600000 as hour, 1 as n, delay, distance, origin, destination from read_parquet('${flights}')`,
      numeric: ['delay', 'distance'],
      categorical: ['origin', 'destination'],
    },
    {
      name: 'bike sharing, rows = rentals',
      file: bike,
      relation: `unpivot (select epoch_ms(dteday::timestamp) // 3600000 + hr as hour, casual, registered from read_csv('${bike}'))
        on casual, registered into name rider value n`,
      numeric: [],
      categorical: ['rider'],
    },
    {
      name: 'hotel bookings, rows = bookings',
      file: hotel[0]!,
      relation: `select epoch_ms(timestamp::timestamp) // 3600000 as hour, 1 as n, lead_time, adr, y_pred_proba,
        market_segment, customer_type, meal, country
        from read_parquet(['${hotel.join("','")}'], union_by_name = true)`,
      numeric: ['lead_time', 'adr', 'y_pred_proba'],
      categorical: ['market_segment', 'customer_type', 'meal', 'country'],
    },
    {
      name: 'Beijing weather, rows = hours',
      file: beijing,
      relation: `select epoch_ms(make_timestamp(year, month, day, hour, 0, 0)) // 3600000 as hour, 1 as n,
        DEWP as dew, TEMP as temperature, PRES as pressure, cbwd as wind, try_cast("pm2.5" as double) as pm25
        from read_csv('${beijing}')`,
      numeric: ['dew', 'temperature', 'pressure', 'pm25'],
      categorical: ['wind'],
    },
  ]
}

type Query = (sql: string) => Promise<(number | string)[][]>

const HOURS_PER_WEEK = 168
/** 1970-01-05, a Monday. */
const FIRST_MONDAY = 96

async function bin(source: Source, query: Query): Promise<Series> {
  await query(`create or replace temp table r as ${source.relation}`)
  const [[first, last, rows]] = (await query('select min(hour)::double, max(hour)::double, sum(n)::double from r')) as [
    [number, number, number],
  ]
  // Whole weeks only.
  const from = FIRST_MONDAY + Math.ceil((first - FIRST_MONDAY) / HOURS_PER_WEEK) * HOURS_PER_WEEK
  const weeks = Math.floor((last + 1 - from) / HOURS_PER_WEEK)
  const streams = []
  for (const name of [...source.numeric, ...source.categorical]) {
    const place = source.numeric.includes(name) ? await byDecile(name, query) : await byRank(name, query)
    const counted = (await query(
      `select (hour - ${from})::double, (${place.sql})::double, sum(n)::double from r
       where hour >= ${from} and hour < ${from + weeks * HOURS_PER_WEEK} group by 1, 2`,
    )) as [number, number, number][]
    const counts = new Float64Array(weeks * HOURS_PER_WEEK * place.bins)
    for (const [hour, at, n] of counted) counts[hour * place.bins + at]! += n
    streams.push({ name, bins: place.bins, counts })
  }
  return { name: source.name, weeks, streams, rows }
}

/** Ten bins of as many rows, fewer where values repeat, and one for null. */
async function byDecile(name: string, query: Query): Promise<{ sql: string; bins: number }> {
  const shares = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => tenth / 10).join(', ')
  const found = await query(`select unnest(quantile_disc(${name}, [${shares}]))::double from r`)
  const edges = [...new Set(found.map(([edge]) => edge as number))].sort((a, b) => a - b)
  const cases = edges.map((edge, j) => `when ${name} <= ${edge} then ${j}`).join(' ')
  return {
    sql: `case when ${name} is null then ${edges.length + 1} ${cases} else ${edges.length} end`,
    bins: edges.length + 2,
  }
}

/** The nine most frequent values, and one bin for the others. */
async function byRank(name: string, query: Query): Promise<{ sql: string; bins: number }> {
  const top = await query(`select ${name} from r group by 1 order by sum(n) desc, 1 limit 9`)
  const cases = top.map(([value], j) => `when '${value}' then ${j}`).join(' ')
  return { sql: `case ${name} ${cases} else ${top.length} end`, bins: top.length + 1 }
}
