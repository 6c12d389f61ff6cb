import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import { type Batch, type Column, isNumeric, type Schema, type SchemaColumn } from '../ingest/index.ts'
import type { Queryable } from '../storage/index.ts'
import { SAMPLE_ORDER } from './row-tables.ts'

export interface TrainingQuery {
  readonly project: string
  readonly model: string
  readonly span: Span
  /** Raw columns wanted; the one with role `label` is filled with the labels, one with role `time` or `entity` from the request where the row lacks it. */
  readonly schema: Schema
  /** Rows at most, a sample that is the same every time. */
  readonly limit: number
  /** Only labels that were known then (law 16); all when left out. */
  readonly knownBy?: Instant | undefined
}

interface TrainingRow {
  readonly at: Instant
  readonly entity: string | null
  readonly values: readonly (number | string | null)[]
  readonly columns: readonly string[]
  readonly labelClass: string | null
  readonly labelValue: number | null
}

/**
 * Served rows with their labels, to train on: one per request, in the order of event time. Rows of a source in a span in
 * which one of its features was quarantined or repaired are left out (law 11).
 */
export async function readTrainingRows(q: Queryable, query: TrainingQuery): Promise<Batch> {
  const { project, model, span, limit, knownBy, schema } = query
  const rows = await q.query<TrainingRow>(
    `select * from (
       select at, entity, features as values, columns, label.class as "labelClass", label.value as "labelValue"
       from predictions arm join labels label on label.prediction = arm.seq
         join serving_versions meaning using (project, model, version)
       where project = $1 and model = $2 and at >= $3 and at < $4 and ($6::timestamptz is null or label.received_at <= $6)
         and not exists (select from feature_overrides tainted where tainted.project = $1 and tainted.model = $2
           and tainted.source = arm.source and at >= tainted."from" and at < coalesce(tainted.until, 'infinity'))
       order by ${SAMPLE_ORDER} limit $5
     ) as sample order by at`,
    [
      project,
      model,
      new Date(span.from),
      new Date(span.until),
      limit,
      knownBy === undefined ? null : new Date(knownBy),
    ],
  )
  const columns = schema.columns.map((column) => [column.name, columnOf(column, rows)] as const)
  return { rows: rows.length, columns: Object.fromEntries(columns) }
}

function columnOf(column: SchemaColumn, rows: readonly TrainingRow[]): Column {
  const values = rows.map((row) => cellOf(column, row))
  return isNumeric(column.type)
    ? {
        kind: 'numeric',
        values: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
        invalid: [],
      }
    : { kind: 'string', values: values.map((value) => (value === null ? null : String(value))), invalid: [] }
}

function cellOf({ name, role }: SchemaColumn, row: TrainingRow): number | string | null {
  if (role === 'label') return row.labelClass ?? row.labelValue
  const place = row.columns.indexOf(name)
  const value = place >= 0 ? row.values[place] : undefined
  if (role === 'time') return value ?? row.at
  return value ?? (role === 'entity' ? row.entity : null)
}
