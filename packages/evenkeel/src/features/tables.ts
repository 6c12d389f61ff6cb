import type { Instant } from '../clock.ts'
import type { BlobId, Queryable, Transaction } from '../storage/index.ts'

/** A view's features of one batch, as Parquet. */
export interface FeatureSet {
  readonly project: string
  readonly view: string
  readonly fingerprint: string
  readonly batch: string
  readonly blob: BlobId
  readonly rows: number
  readonly createdAt: Instant
}

/** Resolves to false when the set was there already: the same view over the same batch is the same set. */
export async function insertFeatureSet(tx: Transaction, set: FeatureSet): Promise<boolean> {
  const inserted = await tx.query(
    `insert into feature_sets (project, view, fingerprint, batch, blob, rows, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning batch`,
    [set.project, set.view, set.fingerprint, set.batch, set.blob, set.rows, new Date(set.createdAt)],
  )
  return inserted.length > 0
}

export async function selectFeatureSets(
  q: Queryable,
  query: { readonly project: string; readonly view: string; readonly limit: number },
): Promise<FeatureSet[]> {
  return q.query<FeatureSet>(
    `select project, view, fingerprint, batch, blob, rows, created_at as "createdAt" from feature_sets
     where project = $1 and view = $2 order by created_at desc, batch limit $3`,
    [query.project, query.view, query.limit],
  )
}
