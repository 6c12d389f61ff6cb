import type { Instant } from '../clock.ts'
import type { Database, Queryable, Transaction } from '../storage/index.ts'

/** An event that a step failed on and that waits for a person. */
export interface StuckEvent {
  readonly step: string
  readonly event: number
  readonly error: string
  readonly at: Instant
}

export async function latestEventId(db: Queryable): Promise<number> {
  const [row] = await db.query<{ id: number | null }>('select max(id) as id from journal')
  return row?.id ?? 0
}

/** The place of `step`, locked until the transaction ends, so that two processes never run it at once. */
export async function lockCursor(tx: Transaction, step: string): Promise<number> {
  await tx.query('insert into cursors (reader, position) values ($1, 0) on conflict do nothing', [step])
  const [row] = await tx.query<{ position: number }>('select position from cursors where reader = $1 for update', [
    step,
  ])
  return row?.position ?? 0
}

/** Notes the event as stuck and lets the step go on after it. */
export async function setAside(
  db: Database,
  stuck: { step: string; event: number; error: unknown; at: Instant },
): Promise<void> {
  const error = stuck.error instanceof Error ? stuck.error.message : String(stuck.error)
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into stuck_events (step, event, error, at) values ($1, $2, $3, $4)
       on conflict (step, event) do update set error = excluded.error, at = excluded.at`,
      [stuck.step, stuck.event, error, new Date(stuck.at)],
    )
    await tx.query(
      `insert into cursors (reader, position) values ($1, $2)
       on conflict (reader) do update set position = greatest(cursors.position, excluded.position)`,
      [stuck.step, stuck.event],
    )
  })
}

export async function readStuck(db: Queryable, limit: number): Promise<StuckEvent[]> {
  return db.query<StuckEvent>('select step, event, error, at from stuck_events order by at limit $1', [limit])
}

/** When time was last said to have passed; null if never. */
export async function latestTick(db: Queryable, project: string): Promise<Instant | null> {
  const [row] = await db.query<{ at: Instant | null }>(
    "select max(at) as at from journal where type = 'clock.ticked' and project = $1",
    [project],
  )
  return row?.at ?? null
}
