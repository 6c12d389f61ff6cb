import type { Instant } from '../clock.ts'
import type { BlobId, Queryable, Transaction } from '../storage/index.ts'
import type { Schema, SchemaHints } from './schema.ts'
import type { BatchQuery, BatchRecord, BatchState, SchemaRevision, Source } from './source.ts'

const SOURCE = 'project, name, schema, revision, hints, created_at as "createdAt"'
const BATCH = `project, id, source, state, rows, format, raw, blob, revision, span_from as "from", span_until as "until",
  by, arrived_at as "arrivedAt"`

export async function findSource(db: Queryable, project: string, name: string): Promise<Source | null> {
  const [row] = await db.query<Source>(`select ${SOURCE} from sources where project = $1 and name = $2`, [
    project,
    name,
  ])
  return row ?? null
}

/** Serialises what is decided about one source, and keeps its row as read until the end of the transaction. */
export async function lockSource(tx: Transaction, project: string, name: string): Promise<Source | null> {
  const [row] = await tx.query<Source>(`select ${SOURCE} from sources where project = $1 and name = $2 for update`, [
    project,
    name,
  ])
  return row ?? null
}

export async function allSources(db: Queryable, project: string): Promise<Source[]> {
  return db.query<Source>(`select ${SOURCE} from sources where project = $1 order by name`, [project])
}

export async function insertSource(
  tx: Transaction,
  source: { readonly project: string; readonly name: string; readonly hints: SchemaHints; readonly at: Instant },
): Promise<void> {
  await tx.query(
    'insert into sources (project, name, hints, created_at) values ($1, $2, $3, $4) on conflict do nothing',
    [source.project, source.name, JSON.stringify(source.hints), new Date(source.at)],
  )
}

/** Pins the next schema of a source that is locked. */
export async function insertRevision(
  tx: Transaction,
  source: Source,
  next: { readonly schema: Schema; readonly by: string; readonly reason: string; readonly at: Instant },
): Promise<void> {
  const revision = source.revision + 1
  const schema = JSON.stringify(next.schema)
  await tx.query(
    `insert into source_revisions (project, source, revision, schema, by, reason, at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [source.project, source.name, revision, schema, next.by, next.reason, new Date(next.at)],
  )
  await tx.query('update sources set schema = $3, revision = $4 where project = $1 and name = $2', [
    source.project,
    source.name,
    schema,
    revision,
  ])
}

export async function allRevisions(db: Queryable, project: string, source: string): Promise<SchemaRevision[]> {
  return db.query<SchemaRevision>(
    'select revision, schema, by, reason, at from source_revisions where project = $1 and source = $2 order by revision',
    [project, source],
  )
}

export interface NewBatch extends Omit<BatchRecord, 'state'> {
  readonly idempotencyKey: string | null
  /** Hash of what was delivered. */
  readonly content: string
}

/** False when this idempotency key is there already. */
export async function insertBatch(tx: Transaction, batch: NewBatch): Promise<boolean> {
  const inserted = await tx.query(
    `insert into batches (project, id, source, state, rows, format, raw, blob, revision, span_from, span_until, by,
       idempotency_key, content, arrived_at)
     values ($1, $2, $3, 'arrived', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (project, source, idempotency_key) do nothing returning id`,
    [
      batch.project,
      batch.id,
      batch.source,
      batch.rows,
      batch.format,
      batch.raw,
      batch.blob,
      batch.revision,
      batch.from === null ? null : new Date(batch.from),
      batch.until === null ? null : new Date(batch.until),
      batch.by,
      batch.idempotencyKey,
      batch.content,
      new Date(batch.arrivedAt),
    ],
  )
  return inserted.length === 1
}

export async function insertBlob(
  tx: Transaction,
  blob: { project: string; id: BlobId; bytes: number; mediaType: string; at: Instant },
): Promise<void> {
  await tx.query(
    'insert into blobs (project, sha256, bytes, media_type, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [blob.project, blob.id, blob.bytes, blob.mediaType, new Date(blob.at)],
  )
}

export async function findBatch(db: Queryable, project: string, id: string): Promise<BatchRecord | null> {
  const [row] = await db.query<BatchRecord>(`select ${BATCH} from batches where project = $1 and id = $2`, [
    project,
    id,
  ])
  return row ?? null
}

export async function findDelivery(db: Queryable, project: string, source: string, key: string) {
  const [row] = await db.query<{ id: string; rows: number; content: string }>(
    'select id, rows, content from batches where project = $1 and source = $2 and idempotency_key = $3',
    [project, source, key],
  )
  return row ?? null
}

export async function updateBatchState(tx: Transaction, batch: BatchRecord, state: BatchState): Promise<void> {
  await tx.query('update batches set state = $3 where project = $1 and id = $2', [batch.project, batch.id, state])
}

const MAX_BATCHES_PER_PAGE = 1_000

export async function pageOfBatches(db: Queryable, query: BatchQuery): Promise<BatchRecord[]> {
  return db.query<BatchRecord>(
    `select ${BATCH} from batches
     where project = $1 and ($2::text is null or source = $2) and ($3::text is null or state = $3)
       and ($4::text is null or place < (select place from batches where project = $1 and id = $4))
     order by place desc limit $5`,
    [
      query.project ?? 'default',
      query.source ?? null,
      query.state ?? null,
      query.before ?? null,
      Math.min(query.limit ?? 100, MAX_BATCHES_PER_PAGE),
    ],
  )
}

/** Accepted and released batches of a source that may have rows in the span, in event time (or arrival, without one). */
export async function acceptedBatches(
  db: Queryable,
  query: {
    readonly project: string
    readonly source: string
    readonly span?: { readonly from: Instant; readonly until: Instant } | undefined
  },
): Promise<BatchRecord[]> {
  return db.query<BatchRecord>(
    `select ${BATCH} from batches
     where project = $1 and source = $2 and state in ('accepted', 'released')
       and ($3::timestamptz is null or (span_until >= $3 and span_from < $4))
     order by span_from, place`,
    [
      query.project,
      query.source,
      query.span === undefined ? null : new Date(query.span.from),
      query.span === undefined ? null : new Date(query.span.until),
    ],
  )
}
