import {
  type ColumnComparison,
  compareProfiles,
  createProfile,
  freezeProfile,
  INVALID_CATEGORY,
  type ProfileBatch,
  updateProfile,
} from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import { type Batch, type Column, isNumeric, type Schema, type SchemaColumn } from '../ingest/index.ts'
import { composeReport, DEFAULT_SETTINGS, type DescribedColumn, reasonToLeaveOut, rulesOf } from './compose.ts'
import { distributionOf } from './distribution.ts'
import type { DriftReport, ReportSettings } from './report.ts'
import { countValues, summarise } from './summary.ts'

/** A table and the name people know it by. */
interface NamedTable {
  readonly name: string
  readonly batch: Batch
}

interface Tables {
  readonly reference: NamedTable
  readonly current: NamedTable
  readonly schema: Schema
}

/**
 * Compares two tables column by column.
 * @param schema of the reference; the current table was read with it, so that a cell of another type counts as invalid
 */
export function compareTables(
  tables: Tables,
  options: { readonly now: Instant; readonly settings?: Partial<ReportSettings> },
): DriftReport {
  const { reference, current, schema } = tables
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const judged = schema.columns.filter(
    (column) => reasonToLeaveOut(column) === null && Object.hasOwn(current.batch.columns, column.name),
  )
  const comparisons = judgeColumns(judged, reference.batch, current.batch, settings)
  const columns = Object.fromEntries(
    schema.columns.map((column) => [
      column.name,
      { ...describe(column, tables), comparison: comparisons.get(column.name) },
    ]),
  )
  const added = Object.keys(current.batch.columns).filter((name) => !Object.hasOwn(columns, name))
  return composeReport(
    { reference: sizeOf(reference), current: sizeOf(current), schema, columns, added, estimated: false },
    { now: options.now, settings },
  )
}

function sizeOf({ name, batch }: NamedTable) {
  return { name, rows: batch.rows, columns: Object.keys(batch.columns).length }
}

function judgeColumns(
  columns: readonly SchemaColumn[],
  reference: Batch,
  current: Batch,
  settings: ReportSettings,
): ReadonlyMap<string, ColumnComparison> {
  if (columns.length === 0) return new Map()
  const before = profileBatch(columns, reference)
  const spec = freezeProfile(before)
  const [was, is] = [createProfile(spec), createProfile(spec)]
  updateProfile(was, before)
  updateProfile(is, profileBatch(columns, current))
  return new Map(Object.entries(compareProfiles(was, is, rulesOf(settings, columns.length))))
}

/** Profiles tell invalid cells from missing ones by value; batches keep them in a list. */
function profileBatch(columns: readonly SchemaColumn[], { rows, columns: held }: Batch): ProfileBatch {
  const numeric: Record<string, Float64Array> = {}
  const categorical: Record<string, readonly (string | null)[]> = {}
  for (const { name } of columns) {
    const column = held[name]
    if (column === undefined) continue
    if (column.kind === 'numeric') numeric[name] = withInvalid(column.values.slice(), column, Number.POSITIVE_INFINITY)
    else categorical[name] = withInvalid([...column.values], column, INVALID_CATEGORY)
  }
  return { rows, numeric, categorical }
}

function withInvalid<T extends { [row: number]: unknown }>(values: T, column: Column, mark: T[number]): T {
  for (const { row } of column.invalid) (values as { [row: number]: T[number] })[row] = mark
  return values
}

function describe({ name, type, role }: SchemaColumn, tables: Tables): DescribedColumn {
  const [before, after] = [tables.reference.batch, tables.current.batch]
  const counts = countValues(before.columns[name]!)
  const now = Object.hasOwn(after.columns, name) ? after.columns[name] : undefined
  const newCounts = now ? countValues(now) : { counts: new Map(), sorted: new Float64Array() }
  return {
    reference: summarise(before.columns[name]!, before.rows, counts),
    current: now ? summarise(now, after.rows, newCounts) : null,
    distribution: type === 'text' || role === 'id' ? null : distributionOf(counts, newCounts, isNumeric(type)),
  }
}
