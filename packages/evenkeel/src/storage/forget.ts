import type { Instant } from '../clock.ts'
import type { Queryable, Transaction } from './database.ts'
import type { EventType } from './event.ts'

/** What to drop: what is older than `before`, at most `limit` rows in one transaction (law 13). */
export interface ForgetQuery {
  readonly project: string
  readonly before: Instant
  readonly limit: number
}

/** What retention has dropped of one kind, ever. */
export interface Forgotten {
  readonly what: string
  readonly rows: number
  /** Everything older than this was dropped the last time. */
  readonly before: Instant
  readonly at: Instant
}

/**
 * Events that come with traffic and time, and that nothing but their steps and explanations read: no table is a fold of
 * them, so a replay without them is equal (law 2). All others are few, and kept as long as the project.
 */
export const FORGETTABLE_TYPES: readonly EventType[] = [
  'clock.ticked',
  'batch.arrived',
  'batch.accepted',
  'features.updated',
  'predictions.logged',
  'labels.arrived',
  'labels.joined',
  'window.closed',
]

/**
 * Deletes old events of one type, except those that a reader of that type has not dealt with and those in `except`;
 * resolves to how many. Chains of causes that pass through them begin later.
 */
export async function forgetEvents(
  tx: Transaction,
  query: ForgetQuery & {
    readonly type: EventType
    /** Cursors of the steps that wake on the type; one that has not begun has read nothing. */
    readonly readers: readonly string[]
    readonly except: readonly number[]
  },
): Promise<number> {
  const { project, before, limit, type, readers, except } = query
  // By id, not by time: ids follow time, so the oldest tell whether there is anything, and no index on time is needed.
  const gone = await tx.query(
    `delete from journal where id = any (array(
       select id from (
         select id, at from journal where type = $1 and project = $2 and id <> all ($6) and id <= all (
           select coalesce(position, 0) from unnest($5::text[]) as waiting (reader) left join cursors using (reader))
         order by id limit $4) as oldest
       where at < $3)) returning 1 as gone`,
    [type, project, new Date(before), limit, readers, except],
  )
  return gone.length
}

/** Adds to the count of what was dropped, in the transaction that drops it. */
export async function noteForgotten(
  tx: Transaction,
  project: string,
  { what, rows, before, at }: Forgotten,
): Promise<void> {
  await tx.query(
    `insert into forgotten (project, what, rows, before, at) values ($1, $2, $3, $4, $5)
     on conflict (project, what) do update set rows = forgotten.rows + excluded.rows, before = excluded.before,
       at = excluded.at`,
    [project, what, rows, new Date(before), new Date(at)],
  )
}

export async function readForgotten(q: Queryable, project: string): Promise<Forgotten[]> {
  return q.query<Forgotten>('select what, rows, before, at from forgotten where project = $1 order by what', [project])
}
