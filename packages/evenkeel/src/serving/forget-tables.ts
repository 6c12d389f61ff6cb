import type { ForgetQuery, Transaction } from '../storage/index.ts'

/**
 * What was served and is kept no longer. Each deletes at most `limit` rows that were received before `before`, so that a
 * long backlog never is one long transaction, and resolves to how many went.
 */

/** Single predictions, and their labels with them. */
export async function forgetPredictions(
  tx: Transaction,
  { project, before, limit }: ForgetQuery,
): Promise<{ readonly predictions: number; readonly labels: number }> {
  const [gone] = await tx.query<{ predictions: number; labels: number }>(
    `with gone as (
       delete from predictions where seq = any (array(
         select seq from predictions where project = $1 and received_at < $2 limit $3))
       returning seq
     ), unlabelled as (
       delete from labels where prediction = any (array(select seq from gone)) returning 1
     ) select (select count(*) from gone) as predictions, (select count(*) from unlabelled) as labels`,
    [project, new Date(before), limit],
  )
  return gone!
}

/** Labels whose prediction never came, or is gone. */
export async function forgetWaitingLabels(
  tx: Transaction,
  { project, before, limit }: ForgetQuery,
): Promise<{ readonly waitingLabels: number }> {
  const gone = await tx.query(
    `delete from label_arrivals where seq = any (array(
       select seq from label_arrivals where project = $1 and not ready and received_at < $2 limit $3)) returning 1 as gone`,
    [project, new Date(before), limit],
  )
  return { waitingLabels: gone.length }
}

export async function forgetProfiles(tx: Transaction, query: ForgetQuery): Promise<{ readonly profiles: number }> {
  return { profiles: await forgetHours(tx, 'serving_profiles', query) }
}

export async function forgetOutcomes(tx: Transaction, query: ForgetQuery): Promise<{ readonly outcomes: number }> {
  return { outcomes: await forgetHours(tx, 'serving_outcomes', query) }
}

async function forgetHours(
  tx: Transaction,
  table: 'serving_profiles' | 'serving_outcomes',
  { project, before, limit }: ForgetQuery,
): Promise<number> {
  const gone = await tx.query(
    `delete from ${table} where ctid = any (array(
       select ctid from ${table} where project = $1 and coalesce(received_at, bucket) < $2 limit $3)) returning 1 as gone`,
    [project, new Date(before), limit],
  )
  return gone.length
}
