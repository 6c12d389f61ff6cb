import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** A table that DuckDB makes by itself, so that it may be larger than memory. */
export interface TableSpec {
  readonly rows: number
  readonly columns: number
  /** Another seed, other draws of the same distributions. */
  readonly seed: number
  /** Standard deviations by which column c3 is moved. */
  readonly shift?: number
}

/**
 * Of ten columns, eight are doubles (six normal with three decimals, one exponential with 3 % missing, one log-normal
 * with two decimals), one is a whole number of twelve values and one a category of five. Every cell is a function of
 * row, column and seed.
 */
export async function writeTable(file: string, { rows, columns, seed, shift = 0 }: TableSpec): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '4GB',
    temp_directory: path.join(path.dirname(file), 'spilled'),
  })
  const connection = await instance.connect()
  const rowGroup = columns > 100 ? 20_480 : 122_880
  const uniform = (salt: number) => `((hash(i * 1000003 + ${salt}) >> 11)::double / 9007199254740992.0 + 1e-17)`
  const normal = (salt: number) => `sqrt(-2 * ln(${uniform(salt)})) * cos(6.283185307179586 * ${uniform(salt + 1)})`
  const cell = (c: number) => {
    const salt = seed * 100_000_007 + c * 7
    const kind = c % 10
    if (kind < 6) return `round(${normal(salt)} + ${c === 3 ? shift : 0}, 3)`
    if (kind === 6)
      return `case when ${uniform(salt + 2)} < 0.03 then null else round(-2 * ln(${uniform(salt)}), 3) end`
    if (kind === 7) return `floor(12 * ${uniform(salt)})::integer`
    if (kind === 8) return `['red', 'green', 'blue', 'grey', 'black'][1 + floor(5 * pow(${uniform(salt)}, 2))::integer]`
    return `round(exp(3 + ${normal(salt)}), 2)`
  }
  const cells = Array.from({ length: columns }, (_, c) => `${cell(c)} as c${c}`)
  await connection.run(
    `copy (select ${cells.join(', ')} from range(${rows}) t(i)) to '${file}' (format parquet, row_group_size ${rowGroup})`,
  )
  connection.closeSync()
  instance.closeSync()
}
