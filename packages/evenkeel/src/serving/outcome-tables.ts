import { decodeProfile, mergeProfiles, type Profile } from '@evenkeel/stats'
import type { Instant } from '../clock.ts'
import type { Span } from '../features/index.ts'
import type { Queryable } from '../storage/index.ts'
import type { ArmRole } from './routing.ts'

/** What was served within a half-open span of event time; the rest narrows it. */
export interface ServedQuery {
  readonly project: string
  readonly model: string
  readonly span: Span
  readonly version?: number | undefined
  readonly role?: ArmRole | undefined
  readonly source?: string | undefined
}

/** Profile of one hour of event time: raw values as they were received, and the score. */
export interface ServedProfile {
  readonly version: number
  readonly role: ArmRole
  readonly source: string
  /** Start of the hour. */
  readonly bucket: Instant
  readonly profile: Profile
}

/** Sums over labelled rows. Loss: log loss in nats (classes) or squared error; error: Brier, wrong or not, or absolute error. */
export interface OutcomeSums {
  readonly rows: number
  readonly labelled: number
  readonly scoreSum: number
  /** Binary: positives. Multiclass: rows predicted right. Regression: sum of labels. */
  readonly labelSum: number
  readonly lossSum: number
  readonly lossSquares: number
  readonly errorSum: number
  readonly errorSquares: number
}

/** Outcomes of one hour of event time; `deciles[i]` has the rows with `i / 10 <= score < (i + 1) / 10`. */
export interface Outcomes extends OutcomeSums {
  readonly version: number
  readonly role: ArmRole
  readonly source: string
  readonly bucket: Instant
  /** Ten for classes; one for a regression. */
  readonly deciles: readonly OutcomeSums[]
}

const SPAN_FILTER = `project = $1 and model = $2 and bucket >= serving_bucket($3) and bucket < $4
  and ($5::int is null or version = $5) and ($6::text is null or role = $6) and ($7::text is null or source = $7)`

function filterOf({ project, model, span, version, role, source }: ServedQuery): unknown[] {
  return [project, model, new Date(span.from), new Date(span.until), version ?? null, role ?? null, source ?? null]
}

/**
 * Profiles of the hours that touch the span, one per version, role, source and hour, in the order of the hours.
 * The first and last hour are whole: ask for whole hours to get exactly the span.
 */
export async function readProfiles(q: Queryable, query: ServedQuery): Promise<ServedProfile[]> {
  const rows = await q.query<Omit<ServedProfile, 'profile'> & { bytes: Uint8Array }>(
    `select version, role, source, bucket, profile as bytes from serving_profiles where ${SPAN_FILTER}
     order by bucket, version, role, source, spool`,
    filterOf(query),
  )
  const merged: ServedProfile[] = []
  for (const { bytes, ...key } of rows) {
    const last = merged.at(-1)
    const profile = decodeProfile(bytes)
    // Replicas count apart; together they are one window.
    if (last !== undefined && sameKey(last, key))
      merged[merged.length - 1] = { ...key, profile: mergeProfiles(last.profile, profile) }
    else merged.push({ ...key, profile })
  }
  return merged
}

type HourKey = Pick<ServedProfile, 'version' | 'role' | 'source' | 'bucket'>

function sameKey(a: HourKey, b: HourKey): boolean {
  return a.version === b.version && a.role === b.role && a.source === b.source && a.bucket === b.bucket
}

/** Outcomes of the hours that touch the span, one per version, role, source and hour, in the order of the hours. */
export async function readOutcomes(q: Queryable, query: ServedQuery): Promise<Outcomes[]> {
  const rows = await q.query<HourKey & OutcomeSums & { decile: number; task: string }>(
    `select version, role, source, bucket, decile, task, rows, labelled, score_sum::float8 as "scoreSum",
       label_sum::float8 as "labelSum", loss_sum::float8 as "lossSum", loss_squares::float8 as "lossSquares",
       error_sum::float8 as "errorSum", error_squares::float8 as "errorSquares"
     from serving_outcomes join serving_versions using (project, model, version) where ${SPAN_FILTER}
     order by bucket, version, role, source, decile`,
    filterOf(query),
  )
  const hours: (HourKey & { task: string; deciles: OutcomeSums[] })[] = []
  for (const { version, role, source, bucket, decile, task, ...sums } of rows) {
    const key = { version, role, source, bucket }
    let hour = hours.at(-1)
    if (hour === undefined || !sameKey(hour, key)) {
      hour = { ...key, task, deciles: Array.from({ length: task === 'regression' ? 1 : DECILES }, () => NO_SUMS) }
      hours.push(hour)
    }
    hour.deciles[decile] = sums
  }
  return hours.map(({ task: _, ...hour }) => ({ ...hour, ...sumOutcomes(hour.deciles) }))
}

/** Predictions a model has answered and labels joined to them, ever. */
export async function countServed(
  q: Queryable,
  { project, model }: { readonly project: string; readonly model: string },
): Promise<{ readonly predictions: number; readonly labels: number }> {
  const [row] = await q.query<{ predictions: number; labels: number }>(
    `select coalesce(sum(rows), 0)::bigint as predictions, coalesce(sum(labelled), 0)::bigint as labels
     from serving_outcomes where project = $1 and model = $2 and role <> 'shadow'`,
    [project, model],
  )
  return row ?? { predictions: 0, labels: 0 }
}

const DECILES = 10
const NO_SUMS: OutcomeSums = {
  rows: 0,
  labelled: 0,
  scoreSum: 0,
  labelSum: 0,
  lossSum: 0,
  lossSquares: 0,
  errorSum: 0,
  errorSquares: 0,
}

/** The sums of several hours, roles or sources together. */
export function sumOutcomes(parts: readonly OutcomeSums[]): OutcomeSums {
  const sum = { ...NO_SUMS } as { -readonly [Key in keyof OutcomeSums]: number }
  for (const part of parts) for (const key of Object.keys(NO_SUMS) as (keyof OutcomeSums)[]) sum[key] += part[key]
  return sum
}
