import type { Instant } from '../clock.ts'
import type { RawRow, Span } from '../features/index.ts'
import type { Queryable } from '../storage/index.ts'
import type { ServedQuery } from './outcome-tables.ts'
import type { ArmRole } from './routing.ts'

/** Losses of both arms on the same requests of one UTC day of event time, row by row. */
export interface PairedLosses {
  readonly day: Instant
  readonly champion: Float64Array
  readonly challenger: Float64Array
}

export interface ServedRow {
  readonly id: string
  readonly version: number
  readonly role: ArmRole
  readonly at: Instant
  readonly receivedAt: Instant
  readonly entity: string | null
  readonly source: string
  /** Raw values as received, whatever overrides were in force. */
  readonly features: RawRow
  readonly prediction: string | number
  readonly score: number
  readonly scores: readonly number[] | null
  readonly label: string | number | null
  /** Log loss or squared error; null without a label. */
  readonly loss: number | null
}

export interface PairedQuery {
  readonly project: string
  readonly model: string
  readonly champion: number
  readonly challenger: number
  readonly span: Span
  /** Pairs at most, the newest of them. Default 200,000. */
  readonly limit?: number | undefined
}

const MAX_PAIRS = 200_000

const LOSS = (arm: string) => `serving_loss(task, classes, ${arm}score, ${arm}scores, label.class, label.value)`

/**
 * Losses of two versions on the requests both scored and whose label is known, whichever of them answered. Within a day the
 * pairs come in any order, the same in both lists: both aggregates read the same rows one after the other.
 */
export async function readPairedLosses(q: Queryable, query: PairedQuery): Promise<PairedLosses[]> {
  const { project, model, champion, challenger, span, limit = MAX_PAIRS } = query
  const rows = await q.query<{ day: Instant; champion: number[]; challenger: number[] }>(
    `with pairs as (
       select date_bin('1 day', at, timestamptz '1970-01-01 00:00:00+00') as day, at, seq, served.version = $3 as champion_answered,
         ${LOSS('served.')} as answered, ${LOSS('served.shadow_')} as shadow
       from predictions served join labels label on label.prediction = served.seq
         join serving_versions version using (project, model, version)
       where served.project = $1 and served.model = $2 and at >= $5 and at < $6
         and ((served.version = $3 and shadow_version = $4) or (served.version = $4 and shadow_version = $3))
       order by at desc, seq desc limit $7
     ) select day, array_agg(case when champion_answered then answered else shadow end) as champion,
         array_agg(case when champion_answered then shadow else answered end) as challenger
       from pairs where answered is not null and shadow is not null group by day order by day`,
    [project, model, champion, challenger, new Date(span.from), new Date(span.until), limit],
  )
  return rows.map(({ day, ...losses }) => ({
    day,
    champion: Float64Array.from(losses.champion),
    challenger: Float64Array.from(losses.challenger),
  }))
}

export interface RowsQuery extends ServedQuery {
  /** Only rows with a label, or only those without; both when left out. */
  readonly labelled?: boolean | undefined
  readonly limit: number
}

type StoredRow = Omit<ServedRow, 'features' | 'prediction' | 'label'> & {
  readonly values: readonly (number | string | null)[]
  readonly columns: readonly string[]
  readonly className: string | null
  readonly labelClass: string | null
  readonly labelValue: number | null
}

/** A sample of the rows of the span, the same one every time, in the order of event time. */
export async function readRows(q: Queryable, query: RowsQuery): Promise<ServedRow[]> {
  const { project, model, span, version, role, source, labelled, limit } = query
  const rows = await q.query<StoredRow>(
    `select * from (
       select id, arm.version, role, at, arm.received_at as "receivedAt", entity, source, features as values, columns,
         arm.class as "className", score, scores, label.class as "labelClass", label.value as "labelValue",
         case when label.prediction is not null then ${LOSS('arm.')} end as loss
       from served_arms arm left join labels label on label.prediction = arm.seq
         join serving_versions meaning on meaning.project = arm.project and meaning.model = arm.model
           and meaning.version = ${ANSWERED_BY}
       where arm.project = $1 and arm.model = $2 and at >= $3 and at < $4
         and ($5::int is null or arm.version = $5) and ($6::text is null or role = $6)
         and ($7::text is null or source = $7) and ($8::boolean is null or $8 = (label.prediction is not null))
       order by ${SAMPLE_ORDER} limit $9
     ) as sample order by at, id`,
    [
      project,
      model,
      new Date(span.from),
      new Date(span.until),
      version ?? null,
      role ?? null,
      source ?? null,
      labelled ?? null,
      limit,
    ],
  )
  return rows.map(servedRow)
}

/** A row's values lie in the order of the version that answered, also where another one scored it. */
const ANSWERED_BY = 'arm.answered_by'
/** A multiplicative hash of the row's number: as good as chance, and the same every time. */
export const SAMPLE_ORDER = '(arm.seq * 2654435761) % 4294967296'

function servedRow({ values, columns, className, labelClass, labelValue, ...row }: StoredRow): ServedRow {
  const features = Object.fromEntries(columns.map((column, place) => [column, values[place] ?? null]))
  return { ...row, features, prediction: className ?? row.score, label: labelClass ?? labelValue }
}
