import type { Instant } from '../clock.ts'
import type { BlobId, Queryable, Transaction } from '../storage/index.ts'
import type { Check } from './check.ts'
import type { Verdict } from './verdict.ts'

/** A source's gate as it was set; null means: by default. */
export interface GateRow {
  readonly checks: readonly Check[] | null
  readonly reference: BlobId | null
}

export async function findGate(db: Queryable, project: string, source: string): Promise<GateRow> {
  const [row] = await db.query<GateRow>('select checks, reference from gates where project = $1 and source = $2', [
    project,
    source,
  ])
  return row ?? { checks: null, reference: null }
}

export async function saveChecks(tx: Transaction, project: string, source: string, checks: readonly Check[] | null) {
  await tx.query(
    `insert into gates (project, source, checks) values ($1, $2, $3)
     on conflict (project, source) do update set checks = excluded.checks`,
    [project, source, checks === null ? null : JSON.stringify(checks)],
  )
}

export async function saveReference(tx: Transaction, project: string, source: string, reference: BlobId) {
  await tx.query(
    `insert into gates (project, source, reference) values ($1, $2, $3)
     on conflict (project, source) do update set reference = excluded.reference`,
    [project, source, reference],
  )
}

export async function findVerdict(db: Queryable, project: string, batch: string): Promise<Verdict | null> {
  const [row] = await db.query<{ verdict: Verdict }>('select verdict from verdicts where project = $1 and batch = $2', [
    project,
    batch,
  ])
  return row?.verdict ?? null
}

export async function saveVerdict(
  tx: Transaction,
  project: string,
  batch: string,
  verdict: Verdict,
  at: Instant,
): Promise<void> {
  await tx.query(
    `insert into verdicts (project, batch, verdict, at) values ($1, $2, $3, $4)
     on conflict (project, batch) do update set verdict = excluded.verdict, at = excluded.at`,
    [project, batch, JSON.stringify(verdict), new Date(at)],
  )
}

/** A row the gate points at, with what stood in it. */
export interface QuarantinedRow {
  /** Index in the batch, from 0. */
  readonly row: number
  readonly reasons: readonly string[]
  readonly cells: Readonly<Record<string, string | number | null>>
}

export async function saveQuarantinedRows(
  tx: Transaction,
  project: string,
  batch: string,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  await tx.query(
    `insert into quarantined_rows (project, batch, row, reasons, cells)
     select $1, $2, (held->>'row')::int, held->'reasons', held->'cells' from jsonb_array_elements($3::jsonb) held
     on conflict do nothing`,
    [project, batch, JSON.stringify(rows)],
  )
}

export async function findQuarantinedRows(db: Queryable, project: string, batch: string): Promise<QuarantinedRow[]> {
  return db.query<QuarantinedRow>(
    'select row, reasons, cells from quarantined_rows where project = $1 and batch = $2 order by row',
    [project, batch],
  )
}
