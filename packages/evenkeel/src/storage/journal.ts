import type { Clock } from '../clock.ts'
import type { Queryable, Transaction } from './database.ts'
import type { AnyEvent, EventType, NewEvent } from './event.ts'

/**
 * A table kept as a fold of events. `apply` is the only code that writes `tables`, live and in a replay alike,
 * so it reads nothing but the event and those tables (law 2).
 */
export interface Projection {
  readonly name: string
  readonly tables: readonly string[]
  readonly types: readonly EventType[]
  apply(tx: Transaction, event: AnyEvent): Promise<void>
}

/** Where to look in the journal. Events come in the order of their ids, at most `limit`. */
export interface JournalQuery {
  readonly after?: number
  readonly types?: readonly EventType[]
  readonly project?: string
  readonly subject?: string | undefined
  readonly limit: number
}

export interface Journal {
  /** Appends events, caused by `cause` where they name no other, and folds them into the tables, in the caller's transaction. */
  append(tx: Transaction, cause: number | null, events: readonly NewEvent[]): Promise<AnyEvent[]>
  readonly projections: readonly Projection[]
}

/** Appending is serialised, so that ids become visible in their order and no reader's cursor can step over one. */
const APPEND_LOCK = 7_215_002

export function createJournal(options: {
  readonly clock: Clock
  readonly projections: readonly Projection[]
}): Journal {
  const { clock, projections } = options
  return {
    projections,
    async append(tx, cause, events) {
      if (events.length === 0) return []
      const appended = await insert(tx, clock.now(), cause, events)
      for (const event of appended) await project(tx, projections, event)
      return appended
    },
  }
}

/** Folds one event into every table that listens to its type. */
export async function project(tx: Transaction, projections: readonly Projection[], event: AnyEvent): Promise<void> {
  for (const projection of projections) {
    if (projection.types.includes(event.type)) await projection.apply(tx, event)
  }
}

async function insert(
  tx: Transaction,
  at: number,
  cause: number | null,
  events: readonly NewEvent[],
): Promise<AnyEvent[]> {
  await tx.query('select pg_advisory_xact_lock($1)', [APPEND_LOCK])
  const rows = await tx.query<{ id: number }>(
    `insert into journal (project, type, subject, at, cause, data)
     select event->>'project', event->>'type', event->>'subject', $1, coalesce((event->>'cause')::bigint, $2), event->'data'
     from jsonb_array_elements($3::jsonb) with ordinality as appended (event, place)
     order by place returning id`,
    [new Date(at), cause, JSON.stringify(events)],
  )
  return events.map((event, index) => ({ cause, ...event, id: rows[index]!.id, at }) as AnyEvent)
}

export async function readJournal(db: Queryable, query: JournalQuery): Promise<AnyEvent[]> {
  return db.query<AnyEvent>(
    `select id, project, type, subject, at, cause, data from journal
     where id > $1 and ($2::text[] is null or type = any ($2)) and ($3::text is null or project = $3) and ($4::text is null or subject = $4)
     order by id limit $5`,
    [query.after ?? 0, query.types ?? null, query.project ?? null, query.subject ?? null, query.limit],
  )
}

/** The newest events, latest first. */
export async function readLatest(db: Queryable, query: Omit<JournalQuery, 'after'>): Promise<AnyEvent[]> {
  return db.query<AnyEvent>(
    `select id, project, type, subject, at, cause, data from journal
     where ($1::text[] is null or type = any ($1)) and ($2::text is null or project = $2) and ($3::text is null or subject = $3)
     order by id desc limit $4`,
    [query.types ?? null, query.project ?? null, query.subject ?? null, query.limit],
  )
}

/** Events whose payload contains one of the patterns (`{ alert: '…' }`), in their order; reads the project's whole journal. */
export async function readMatching(
  db: Queryable,
  query: {
    readonly project: string
    readonly patterns: readonly object[]
    readonly types?: readonly EventType[] | undefined
    readonly limit: number
  },
): Promise<AnyEvent[]> {
  return db.query<AnyEvent>(
    `select id, project, type, subject, at, cause, data from journal
     where project = $1 and data @> any ($2::jsonb[]) and ($3::text[] is null or type = any ($3)) order by id limit $4`,
    [query.project, query.patterns.map((pattern) => JSON.stringify(pattern)), query.types ?? null, query.limit],
  )
}

/** The event and everything that led to it, first cause first. */
export async function readCauses(db: Queryable, id: number): Promise<AnyEvent[]> {
  return db.query<AnyEvent>(
    `with recursive chain as (
       select * from journal where id = $1
       union all
       select journal.* from journal join chain on journal.id = chain.cause
     ) select id, project, type, subject, at, cause, data from chain order by id`,
    [id],
  )
}

/** The event and everything that followed from it, in the order it happened, at most `limit`. */
export async function readEffects(db: Queryable, id: number, limit: number): Promise<AnyEvent[]> {
  return db.query<AnyEvent>(
    `with recursive tree as (
       select * from journal where id = $1
       union all
       select journal.* from journal join tree on journal.cause = tree.id
     ) select id, project, type, subject, at, cause, data from tree order by id limit $2`,
    [id, limit],
  )
}

/** Where a reader stands: the id of the last event it has dealt with, 0 at first. */
export async function readCursor(db: Queryable, reader: string): Promise<number> {
  const [row] = await db.query<{ position: number }>('select position from cursors where reader = $1', [reader])
  return row?.position ?? 0
}

/** Moves a reader on, in the transaction of what it did (law 3). */
export async function moveCursor(tx: Transaction, reader: string, position: number): Promise<void> {
  await tx.query(
    'insert into cursors (reader, position) values ($1, $2) on conflict (reader) do update set position = excluded.position',
    [reader, position],
  )
}
