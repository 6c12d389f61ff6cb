import { DuckDBInstance } from '@duckdb/node-api'

/** Rows of one day, held by column. */
export interface Day {
  readonly at: number
  readonly rows: number
  readonly numeric: Readonly<Record<string, Float64Array>>
  readonly categorical: Readonly<Record<string, readonly (string | null)[]>>
}

/** US flights of January to June 2001: every `keepOneIn`-th row by a hash, day by day. */
export async function readFlights(file: string, keepOneIn: number): Promise<Day[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(
    `select epoch_ms(date_trunc('day', date))::double as day, distance::double as distance, hour(date)::double as hour, origin, destination
     from read_parquet($1) where hash(date, origin, destination, distance) % ${Math.floor(keepOneIn)} = 0 order by date`,
    [file],
  )
  const [day, distance, hour, origin, destination] = reader.getColumns() as [
    number[],
    number[],
    number[],
    string[],
    string[],
  ]
  const byDay = Map.groupBy(day.keys(), (row) => day[row]!)
  return [...byDay].map(([at, rows]) => ({
    at,
    rows: rows.length,
    numeric: {
      distance: Float64Array.from(rows, (row) => distance[row]!),
      hour: Float64Array.from(rows, (row) => hour[row]!),
    },
    categorical: {
      origin: rows.map((row) => origin[row]!),
      destination: rows.map((row) => destination[row]!),
    },
  }))
}

/** The rows of several days as one. */
export function joinDays(days: readonly Day[]): Day {
  const [first] = days
  const rows = days.reduce((sum, day) => sum + day.rows, 0)
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, (string | null)[]> = {}
  for (const name of Object.keys(first?.numeric ?? {}))
    numeric[name] = Float64Array.from(days.flatMap((day) => [...day.numeric[name]!]))
  for (const name of Object.keys(first?.categorical ?? {}))
    categorical[name] = days.flatMap((day) => day.categorical[name]!)
  return { at: first?.at ?? 0, rows, numeric, categorical }
}
