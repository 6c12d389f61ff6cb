import type { ForgetQuery, NewEvent, Queryable, Transaction } from '../storage/index.ts'

/** Deletes windows that were closed before `before`, at most `limit`; resolves to how many. */
export async function forgetWindows(
  tx: Transaction,
  { project, before, limit }: ForgetQuery,
): Promise<{ readonly windows: number }> {
  const gone = await tx.query(
    `delete from windows where ctid = any (array(
       select ctid from windows where project = $1 and closed_at < $2 limit $3)) returning 1 as gone`,
    [project, new Date(before), limit],
  )
  return { windows: gone.length }
}

/**
 * Findings recorded before `before`, the oldest `limit` of them, as the event that drops them; null when there are none.
 * Their table is a fold of the journal (law 2), so nothing but an event may take a row out of it.
 */
export async function decideForgetting(
  q: Queryable,
  { project, before, limit }: ForgetQuery,
): Promise<Extract<NewEvent, { type: 'findings.forgotten' }> | null> {
  const [old] = await q.query<{ upTo: number | null; rows: number }>(
    `select max(event) as "upTo", count(*) as rows from (
       select event from findings where project = $1 and at < $2 order by event limit $3) as oldest`,
    [project, new Date(before), limit],
  )
  if (old === undefined || old.upTo === null) return null
  return { type: 'findings.forgotten', project, subject: project, data: { upTo: old.upTo, rows: old.rows } }
}

export async function dropFindings(tx: Transaction, project: string, upTo: number): Promise<void> {
  await tx.query('delete from findings where project = $1 and event <= $2', [project, upTo])
}
