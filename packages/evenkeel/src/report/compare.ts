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
import { distributionOf } from './distribution.ts'
import { noticesOf } from './notices.ts'
import type {
  ColumnReport,
  ColumnSummary,
  ColumnVerdict,
  DriftReport,
  ReportSettings,
  ReportVerdict,
} from './report.ts'
import { countValues, summarise } from './summary.ts'
import { wordsOf } from './words.ts'

/** A table and the name people know it by. */
export interface NamedTable {
  readonly name: string
  readonly batch: Batch
}

const DEFAULT_SETTINGS: ReportSettings = { falseAlarms: 0.01, minRows: 50, floor: 0.05 }

/**
 * Compares two tables column by column.
 * @param schema of the reference; the current table was read with it, so that a cell of another type counts as invalid
 */
export function compareTables(
  tables: { readonly reference: NamedTable; readonly current: NamedTable; readonly schema: Schema },
  options: { readonly now: Instant; readonly settings?: Partial<ReportSettings> },
): DriftReport {
  const { reference, current, schema } = tables
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const judged = schema.columns.filter(
    (column) => reasonToLeaveOut(column) === null && current.batch.columns[column.name] !== undefined,
  )
  const comparisons = judgeColumns(judged, reference.batch, current.batch, settings)
  const columns = schema.columns.map((column) => reportColumn(column, tables, comparisons[column.name])).sort(byEffect)
  const verdict = overall(columns)
  return {
    format: 'evenkeel-report',
    version: 1,
    createdAt: options.now,
    reference: tableSummary(reference),
    current: tableSummary(current),
    verdict,
    words: overallWords(verdict, columns),
    settings,
    columns,
    added: Object.keys(current.batch.columns).filter((name) => !schema.columns.some((column) => column.name === name)),
  }
}

function tableSummary({ name, batch }: NamedTable) {
  return { name, rows: batch.rows, columns: Object.keys(batch.columns).length }
}

/** Columns that move by their nature, or that nobody wants watched; null for the rest. */
function reasonToLeaveOut({ type, role, unique }: SchemaColumn): string | null {
  if (type === 'time') return 'times move on by themselves'
  if (role === 'id' || role === 'entity') return 'it identifies rows and does not describe them'
  if (type === 'text') return unique ? 'every row has another text' : 'it is free text'
  return role === 'ignored' ? 'it is set to be ignored' : null
}

/** One false-alarm rate for the whole table, shared out over its columns (Bonferroni). */
function judgeColumns(
  columns: readonly SchemaColumn[],
  reference: Batch,
  current: Batch,
  settings: ReportSettings,
): Readonly<Record<string, ColumnComparison>> {
  if (columns.length === 0) return {}
  const before = profileBatch(columns, reference)
  const spec = freezeProfile(before)
  const [was, is] = [createProfile(spec), createProfile(spec)]
  updateProfile(was, before)
  updateProfile(is, profileBatch(columns, current))
  const { falseAlarms, minRows, floor } = settings
  return compareProfiles(was, is, { alpha: falseAlarms / columns.length, minRows, material: floor })
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

function reportColumn(
  column: SchemaColumn,
  tables: { readonly reference: NamedTable; readonly current: NamedTable },
  comparison: ColumnComparison | undefined,
): ColumnReport {
  const { name, type, role, unit } = column
  const [before, after] = [tables.reference.batch, tables.current.batch]
  const counts = countValues(before.columns[name]!)
  const reference = summarise(before.columns[name]!, before.rows, counts)
  const now = after.columns[name]
  const newCounts = now ? countValues(now) : { counts: new Map(), sorted: new Float64Array() }
  const current = now ? summarise(now, after.rows, newCounts) : null
  const compared = comparison?.kind === 'compared' ? comparison : null
  return {
    column: name,
    type,
    role,
    unit,
    ...judgement(column, comparison, { reference, current }),
    effect: compared?.effect ?? null,
    measures: { psi: compared?.psi ?? null, jensenShannon: compared?.jensenShannon ?? null, ks: compared?.ks ?? null },
    reference,
    current,
    distribution: type === 'text' || role === 'id' ? null : distributionOf(counts, newCounts, isNumeric(type)),
    notices: bothNotices(noticesOf(column, reference), current ? noticesOf(column, current) : []),
  }
}

/** What is odd on both sides is said once, of the reference; what came with the current table is said of it. */
function bothNotices(reference: readonly string[], current: readonly string[]): readonly string[] {
  const kind = (notice: string) => notice.replaceAll(/\d+(\.\d+)?/g, '')
  const known = new Set(reference.map(kind))
  return [...reference, ...current.filter((notice) => !known.has(kind(notice))).map((notice) => `current: ${notice}`)]
}

function judgement(
  column: SchemaColumn,
  comparison: ColumnComparison | undefined,
  { reference, current }: Pick<ColumnReport, 'reference' | 'current'>,
): { readonly verdict: ColumnVerdict; readonly reason: string } {
  if (current === null) return { verdict: 'shifted', reason: 'the current table does not have this column' }
  if (comparison === undefined) return { verdict: 'left-out', reason: reasonToLeaveOut(column) ?? 'it was not judged' }
  const verdict = comparison.kind === 'unknown' ? 'unknown' : comparison.shifted ? 'shifted' : 'steady'
  return { verdict, reason: wordsOf(comparison, reference, current, newcomers(reference, current)) }
}

/** Frequent values of the current table that are not frequent in the reference: names for *unseen*. */
function newcomers(reference: ColumnSummary, current: ColumnSummary): readonly string[] {
  const known = new Set(reference.topValues.map(({ value }) => value))
  return current.topValues
    .flatMap(({ value }) => (typeof value === 'string' && !known.has(value) ? [value] : []))
    .slice(0, 3)
}

const RANK: Readonly<Record<ColumnVerdict, number>> = { shifted: 0, unknown: 1, steady: 2, 'left-out': 3 }

/** What needs a person first: shifted, then unknown; within a verdict by size. A vanished column is the largest change. */
function byEffect(a: ColumnReport, b: ColumnReport): number {
  const size = (column: ColumnReport) => column.effect ?? Number.POSITIVE_INFINITY
  return RANK[a.verdict] - RANK[b.verdict] || (size(a) === size(b) ? 0 : size(b) - size(a))
}

function overall(columns: readonly ColumnReport[]): ReportVerdict {
  const verdicts = new Set(columns.map(({ verdict }) => verdict))
  if (verdicts.has('shifted')) return 'shifted'
  return verdicts.has('unknown') || !verdicts.has('steady') ? 'unknown' : 'steady'
}

function overallWords(verdict: ReportVerdict, columns: readonly ColumnReport[]): string {
  const count = (wanted: ColumnVerdict) => columns.filter((column) => column.verdict === wanted).length
  const judged = columns.length - count('left-out')
  if (judged === 0) return 'no column could be judged'
  const of = `${judged} ${judged === 1 ? 'column' : 'columns'}`
  if (verdict === 'shifted')
    return `${count('shifted')} of ${of} shifted${count('unknown') ? `, ${count('unknown')} unknown` : ''}`
  if (verdict === 'unknown') return `${count('unknown')} of ${of} could not be judged`
  return `${judged === 1 ? 'the only column judged is' : `all ${of} judged are`} steady`
}
