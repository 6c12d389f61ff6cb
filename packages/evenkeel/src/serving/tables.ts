import type { Instant } from '../clock.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { FeatureRepair, Queryable, Transaction } from '../storage/index.ts'
import type { Override } from './overrides.ts'
import type { SpoolPosition } from './spool.ts'

export async function readProjects(q: Queryable): Promise<string[]> {
  const rows = await q.query<{ id: string }>('select id from projects order by id')
  return rows.map(({ id }) => id)
}

/** Reads the spool's place and keeps others from moving it until the transaction ends. */
export async function lockPosition(tx: Transaction, spool: string): Promise<SpoolPosition> {
  const [row] = await tx.query<{ segment: number; offset: number }>(
    'select segment, position as offset from serving_spools where spool = $1 for update',
    [spool],
  )
  return row ?? { segment: 0, offset: 0 }
}

export async function readPosition(q: Queryable, spool: string): Promise<SpoolPosition> {
  const [row] = await q.query<{ segment: number; offset: number }>(
    'select segment, position as offset from serving_spools where spool = $1',
    [spool],
  )
  return row ?? { segment: 0, offset: 0 }
}

export async function movePosition(tx: Transaction, spool: string, { segment, offset }: SpoolPosition): Promise<void> {
  await tx.query(
    `insert into serving_spools (spool, segment, position) values ($1, $2, $3)
     on conflict (spool) do update set segment = excluded.segment, position = excluded.position`,
    [spool, segment, offset],
  )
}

export async function insertVersion(tx: Transaction, version: ModelVersion, columns: readonly string[]): Promise<void> {
  await tx.query(
    `insert into serving_versions (project, model, version, task, classes, columns)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [version.project, version.model, version.version, version.task, version.classes, columns],
  )
}

/** Which of these ids are there already. */
export async function existingIds(
  tx: Transaction,
  project: string,
  model: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    'select id from predictions where project = $1 and model = $2 and id = any ($3)',
    [project, model, ids],
  )
  return new Set(rows.map(({ id }) => id))
}

/** A column of rows to insert; where it is one value throughout, `list` is the empty array and `value` is sent once. */
export interface Column<T> {
  readonly list: string
  readonly value: T | null
}

/**
 * Columns of rows to insert, each an array literal of Postgres: made by hand, because a generic one costs more than the rows.
 * A column of nothing but nulls is an empty array, which `unnest` fills up with them.
 */
export interface PredictionColumns {
  readonly ids: string
  readonly versions: Column<number>
  readonly roles: Column<string>
  readonly ats: string
  /** Empty where every row was received at its event time. */
  readonly receivedAts: string
  readonly entities: string
  readonly sources: Column<string>
  readonly features: string
  readonly scores: string
  readonly classes: string
  /** Arrays of arrays would have to be of one length in Postgres, so these are texts of array literals. */
  readonly scoreLists: string
  readonly shadowVersions: string
  readonly shadowScores: string
  readonly shadowClasses: string
  readonly shadowScoreLists: string
}

/** @throws the database's unique violation when an id is there already: the transaction is to start anew and leave it out */
export async function insertPredictions(
  tx: Transaction,
  project: string,
  model: string,
  columns: PredictionColumns,
): Promise<void> {
  const { versions, roles, sources, ...arrays } = columns
  await tx.query(
    `insert into predictions (project, model, version, role, source, id, at, received_at, entity, features, score, class,
       scores, shadow_version, shadow_score, shadow_class, shadow_scores)
     select $1, $2, coalesce(version, $6), coalesce(role, $7), coalesce(source, $8), id, to_timestamp(at / 1000),
       to_timestamp(coalesce(received_at, at) / 1000), entity, features::json, score, class, scores::float8[],
       shadow_version, shadow_score, shadow_class, shadow_scores::float8[]
     from unnest($3::int[], $4::text[], $5::text[], $9::text[], $10::float8[], $11::float8[], $12::text[], $13::text[],
       $14::float8[], $15::text[], $16::text[], $17::int[], $18::float8[], $19::text[], $20::text[])
     as arrived (version, role, source, id, at, received_at, entity, features, score, class, scores,
       shadow_version, shadow_score, shadow_class, shadow_scores)`,
    [
      project,
      model,
      ...[versions, roles, sources].map(({ list }) => list),
      ...[versions, roles, sources].map(({ value }) => value),
      ...Object.values(arrays),
    ],
  )
}

export interface TallyColumns {
  readonly versions: string
  readonly roles: string
  readonly sources: string
  readonly buckets: string
  readonly deciles: string
  readonly rows: string
  readonly receivedAts: string
}

/** Adds to the rows that are counted by arm, source, hour and tenth of the score; locks them in one order. */
export async function countServed(tx: Transaction, project: string, model: string, columns: TallyColumns) {
  await tx.query(
    `insert into serving_outcomes (project, model, version, role, source, bucket, decile, rows, received_at)
     select $1, $2, version, role, source, to_timestamp(bucket / 1000), decile, rows, to_timestamp(received_at / 1000)
     from unnest($3::int[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::bigint[], $9::float8[])
       as tally (version, role, source, bucket, decile, rows, received_at)
     order by version, role, source, bucket, decile
     on conflict (project, model, bucket, version, role, source, decile)
     do update set rows = serving_outcomes.rows + excluded.rows,
       received_at = greatest(serving_outcomes.received_at, excluded.received_at)`,
    [project, model, ...Object.values(columns)],
  )
}

export interface LabelColumns {
  readonly ids: string
  readonly entities: string
  readonly ats: string
  readonly classes: string
  readonly values: string
  readonly receivedAts: string
}

export async function insertLabels(
  tx: Transaction,
  project: string,
  model: string,
  columns: LabelColumns,
): Promise<void> {
  await tx.query(
    `insert into label_arrivals (project, model, id, entity, at, class, value, received_at)
     select $1, $2, id, entity, to_timestamp(at::float8 / 1000), class, value, to_timestamp(received_at::float8 / 1000)
     from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::float8[], $8::bigint[])
     with ordinality as arrived (id, entity, at, class, value, received_at, place) order by place`,
    [project, model, columns.ids, columns.entities, columns.ats, columns.classes, columns.values, columns.receivedAts],
  )
}

export async function hasWaitingLabels(tx: Transaction, project: string, model: string): Promise<boolean> {
  const [waiting] = await tx.query<{ some: boolean }>(
    'select exists (select from label_arrivals where project = $1 and model = $2 and not ready) as some',
    [project, model],
  )
  return waiting?.some ?? false
}

/** Wakes the labels that waited for these predictions. */
export async function wakeLabels(
  tx: Transaction,
  project: string,
  model: string,
  rows: { readonly ids: string; readonly entities: string; readonly ats: string },
): Promise<void> {
  await tx.query(
    `update label_arrivals label set ready = true from unnest($3::text[]) as arrived (id)
     where label.project = $1 and label.model = $2 and not label.ready and label.id = arrived.id`,
    [project, model, rows.ids],
  )
  await tx.query(
    `update label_arrivals label set ready = true from unnest($3::text[], $4::bigint[]) as arrived (entity, at)
     where label.project = $1 and label.model = $2 and not label.ready
       and label.entity = arrived.entity and label.at = to_timestamp(arrived.at::float8 / 1000)`,
    [project, model, rows.entities, rows.ats],
  )
}

export interface ProfileKey {
  readonly project: string
  readonly model: string
  readonly version: number
  readonly role: string
  readonly source: string
  readonly bucket: Instant
  readonly spool: string
}

const profileKey = ({ project, model, version, role, source, bucket, spool }: ProfileKey) => [
  project,
  model,
  version,
  role,
  source,
  new Date(bucket),
  spool,
]

export async function readProfileBytes(q: Queryable, key: ProfileKey): Promise<Uint8Array | null> {
  const [row] = await q.query<{ profile: Uint8Array }>(
    `select profile from serving_profiles where project = $1 and model = $2 and version = $3 and role = $4
       and source = $5 and bucket = $6 and spool = $7`,
    profileKey(key),
  )
  return row?.profile ?? null
}

export async function writeProfile(
  tx: Transaction,
  key: ProfileKey,
  { rows, bytes, receivedAt }: { readonly rows: number; readonly bytes: Uint8Array; readonly receivedAt: Instant },
): Promise<void> {
  await tx.query(
    `insert into serving_profiles (project, model, version, role, source, bucket, spool, rows, profile, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (project, model, bucket, version, role, source, spool)
     do update set rows = excluded.rows, profile = excluded.profile,
       received_at = greatest(serving_profiles.received_at, excluded.received_at)`,
    [...profileKey(key), rows, bytes, new Date(receivedAt)],
  )
}

interface OverrideKey {
  readonly model: string
  readonly source: string
  readonly feature: string
}

export async function insertOverride(
  tx: Transaction,
  row: OverrideKey & {
    readonly project: string
    readonly event: number
    readonly from: Instant
    readonly repair: FeatureRepair | null
  },
): Promise<void> {
  await tx.query(
    `insert into feature_overrides (project, model, source, feature, event, kind, repair, "from")
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.project,
      row.model,
      row.source,
      row.feature,
      row.event,
      row.repair === null ? 'quarantined' : 'repaired',
      row.repair === null ? null : JSON.stringify(row.repair),
      new Date(row.from),
    ],
  )
}

export async function closeOverrides(
  tx: Transaction,
  project: string,
  key: OverrideKey,
  until: Instant,
): Promise<void> {
  await tx.query(
    `update feature_overrides set until = greatest("from", $5)
     where project = $1 and model = $2 and source = $3 and feature = $4 and until is null`,
    [project, key.model, key.source, key.feature, new Date(until)],
  )
}

/** Overrides in force, in the order they were decided. */
export async function readOverrides(q: Queryable, project: string, model: string): Promise<Override[]> {
  return q.query<{ source: string; feature: string; repair: FeatureRepair | null }>(
    `select source, feature, repair from feature_overrides
     where project = $1 and model = $2 and until is null order by event`,
    [project, model],
  )
}

/** Spans of event time in which a feature of a source was or is overridden; `until` is null while it lasts. */
export interface OverrideSpan {
  readonly source: string
  readonly feature: string
  readonly from: Instant
  readonly until: Instant | null
}

export async function readOverrideSpans(
  q: Queryable,
  { project, model }: { readonly project: string; readonly model: string },
): Promise<OverrideSpan[]> {
  return q.query<OverrideSpan>(
    'select source, feature, "from", until from feature_overrides where project = $1 and model = $2 order by event',
    [project, model],
  )
}
