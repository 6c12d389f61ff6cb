import type { ColumnComparison } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Schema, SchemaColumn } from '../ingest/index.ts'
import { noticesOf } from './notices.ts'
import type {
  ColumnReport,
  ColumnSummary,
  ColumnVerdict,
  Distribution,
  DriftReport,
  ReportSettings,
  ReportVerdict,
  TableSummary,
} from './report.ts'
import { wordsOf } from './words.ts'

/** What was found of one column of both tables, however they were read. */
export interface DescribedColumn {
  readonly reference: ColumnSummary
  /** Null when the current table does not have the column. */
  readonly current: ColumnSummary | null
  readonly distribution: Distribution | null
  /** Absent for a column that is not judged. */
  readonly comparison?: ColumnComparison | undefined
}

export interface Described {
  readonly reference: TableSummary
  readonly current: TableSummary
  readonly schema: Schema
  readonly columns: Readonly<Record<string, DescribedColumn>>
  /** Columns of the current table that the reference does not have. */
  readonly added: readonly string[]
  readonly estimated: boolean
}

export const DEFAULT_SETTINGS: ReportSettings = { falseAlarms: 0.01, minRows: 50, floor: 0.05 }

/** One false-alarm rate for the whole table, shared out over its columns (Bonferroni). */
export function rulesOf({ falseAlarms, minRows, floor }: ReportSettings, columns: number) {
  return { alpha: falseAlarms / columns, minRows, material: floor }
}

/** The report of what was found: each column's verdict and its reason in words, the largest change first. */
export function composeReport(
  { reference, current, schema, columns: described, added, estimated }: Described,
  { now, settings }: { readonly now: Instant; readonly settings: ReportSettings },
): DriftReport {
  const columns = schema.columns.map((column) => reportColumn(column, described[column.name]!)).sort(byEffect)
  const verdict = overall(columns)
  return {
    format: 'evenkeel-report',
    version: 1,
    createdAt: now,
    reference,
    current,
    verdict,
    words: overallWords(verdict, columns),
    settings,
    columns,
    added,
    estimated,
  }
}

/** Columns that move by their nature, or that nobody wants watched; null for the rest. */
export function reasonToLeaveOut({ type, role, unique }: SchemaColumn): string | null {
  if (type === 'time') return 'times move on by themselves'
  if (role === 'id' || role === 'entity') return 'it identifies rows and does not describe them'
  if (type === 'text') return unique ? 'every row has another text' : 'it is free text'
  return role === 'ignored' ? 'it is set to be ignored' : null
}

function reportColumn(column: SchemaColumn, described: DescribedColumn): ColumnReport {
  const { name, type, role, unit } = column
  const { reference, current, distribution, comparison } = described
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
    distribution,
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
