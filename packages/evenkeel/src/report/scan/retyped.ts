import { createColumnProfile, updateNumeric } from '@evenkeel/stats'
import { batchOfTable, type Column, conformBatch, type SchemaColumn } from '../../ingest/index.ts'
import type { Lake } from '../../storage/index.ts'
import type { Counted, Job } from './job.ts'

const BATCH_ROWS = 65_536
/** So many values are told apart; the rest of a column that has more is only counted. */
const MAX_TOLD = 100_000

/** A column that the file does not hold as numbers: each cell is read as one, or is invalid. */
export async function countRetypedNumbers(
  lake: Lake,
  { side, file, as, bins }: Extract<Job, { kind: 'retyped-numeric' }>,
  isStopped: () => boolean,
): Promise<Counted> {
  const profile = createColumnProfile(bins, { quantiles: false })
  for await (const column of cellsAs(lake, file, as)) {
    if (isStopped()) break
    if (column.kind !== 'numeric') continue
    const values = column.values.slice()
    for (const { row } of column.invalid) values[row] = Number.POSITIVE_INFINITY
    updateNumeric(profile, values)
  }
  return { side, column: as.name, kind: 'numeric', profile }
}

/** A column that the file does not hold as strings: each cell is read as a category or a boolean, or is invalid. */
export async function countRetypedValues(
  lake: Lake,
  { side, file, as, limit }: Extract<Job, { kind: 'retyped-values' }>,
  isStopped: () => boolean,
): Promise<Counted> {
  const told = new Map<string, number>()
  let present = 0
  let untold = 0
  let invalid = 0
  for await (const column of cellsAs(lake, file, as)) {
    if (isStopped()) break
    if (column.kind !== 'string') continue
    invalid += column.invalid.length
    for (const value of column.values) {
      if (value === null) continue
      present++
      const rows = told.get(value)
      if (rows === undefined && told.size === MAX_TOLD) untold++
      else told.set(value, (rows ?? 0) + 1)
    }
  }
  const counts = [...told].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit)
  const distinct = untold === 0 ? told.size : (await lake.countDistinct({ path: file }, as.name)).distinct
  return { side, column: as.name, kind: 'values', counts, distinct, present, invalid }
}

async function* cellsAs(lake: Lake, file: string, as: SchemaColumn): AsyncGenerator<Column> {
  for await (const table of lake.scan({ path: file }, { columns: [as.name], batchRows: BATCH_ROWS }))
    yield conformBatch(batchOfTable(table), { columns: [as] }).columns[as.name]!
}
