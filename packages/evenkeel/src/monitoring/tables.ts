import type { Instant } from '../clock.ts'
import type { AnyEvent, FindingSummary, Projection, Queryable, Transaction } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import type { WindowFindings } from './finding.ts'
import { dropFindings } from './forget-tables.ts'
import { type Window, type WindowKind, windowAt } from './window.ts'

export interface ModelKey {
  readonly project: string
  readonly model: string
}

/**
 * Notes windows that will have to be judged; one that was judged already counts the batch as late. `cause` is the event that
 * brought their rows, null where only time has passed. A labels window keeps its own cause: labels, once there are some.
 */
export async function markWindows(
  tx: Transaction,
  { project, model }: ModelKey,
  marks: readonly { readonly window: Window; readonly dueAt: Instant }[],
  cause: number | null,
): Promise<void> {
  await tx.query(
    `insert into windows (project, model, kind, start, until, due_at, cause)
     select $1, $2, mark->>'kind', to_timestamp((mark->>'from')::float8 / 1000),
       to_timestamp((mark->>'until')::float8 / 1000), to_timestamp((mark->>'dueAt')::float8 / 1000), $4
     from jsonb_array_elements($3::jsonb) mark
     on conflict (project, model, kind, start) do update
     set late_batches = windows.late_batches + case when windows.closed_at is null then 0 else 1 end,
       cause = case when windows.kind = 'data' then coalesce(excluded.cause, windows.cause) else coalesce(windows.cause, excluded.cause) end`,
    [project, model, JSON.stringify(marks.map(({ window, dueAt }) => ({ ...window, dueAt }))), cause],
  )
}

/** Notes which event brought the labels of the windows that a span of event time touches. */
export async function noteLabels(
  tx: Transaction,
  { project, model }: ModelKey,
  span: { readonly from: Instant; readonly until: Instant },
  cause: number,
): Promise<void> {
  await tx.query(
    `update windows set cause = $5
     where project = $1 and model = $2 and kind = 'labels' and start < $4 and until > $3 and closed_at is null`,
    [project, model, new Date(span.from), new Date(span.until), cause],
  )
}

/** Start of the latest window of a model that is noted; null when it was never served. */
export async function readLatestMark(q: Queryable, { project, model }: ModelKey): Promise<Instant | null> {
  const [row] = await q.query<{ start: Instant | null }>(
    "select max(start) as start from windows where project = $1 and model = $2 and kind = 'data'",
    [project, model],
  )
  return row?.start ?? null
}

export async function readWatchedModels(q: Queryable, project: string): Promise<string[]> {
  const rows = await q.query<{ model: string }>(
    'select distinct model from windows where project = $1 order by model limit 1000',
    [project],
  )
  return rows.map(({ model }) => model)
}

/** A window whose time has come, and the event that brought what is in it; null when nothing did. */
export interface DueWindow extends Window {
  readonly cause: number | null
}

/** Open windows of a model whose time has come, oldest first. */
export async function readDueWindows(q: Queryable, key: ModelKey, now: Instant, limit: number): Promise<DueWindow[]> {
  const rows = await q.query<{ kind: WindowKind; start: Instant; until: Instant; cause: number | null }>(
    `select kind, start, until, cause from windows
     where project = $1 and model = $2 and closed_at is null and due_at <= $3
     order by start, kind limit $4`,
    [key.project, key.model, new Date(now), limit],
  )
  return rows.map(({ kind, start, until, cause }) => ({ ...windowAt(kind, start, until - start), cause }))
}

export async function closeWindow(
  tx: Transaction,
  { project, model }: ModelKey,
  window: Window,
  closed: { readonly at: Instant; readonly rows: number },
): Promise<void> {
  await tx.query(
    `update windows set closed_at = $5, rows = $6 where project = $1 and model = $2 and kind = $3 and start = $4`,
    [project, model, window.kind, new Date(window.from), new Date(closed.at), closed.rows],
  )
}

/** Opens a labels window again, to be judged at `dueAt`; false when it has had all its attempts. */
export async function postponeWindow(
  tx: Transaction,
  { project, model }: ModelKey,
  window: { readonly kind: WindowKind; readonly from: Instant; readonly until: Instant },
  policy: { readonly maturityMs: number; readonly maxAttempts: number },
): Promise<boolean> {
  const rows = await tx.query(
    `update windows set closed_at = null, attempt = attempt + 1,
       due_at = until + make_interval(secs => $5::float8 / 1000 * power(2, attempt + 1))
     where project = $1 and model = $2 and kind = $3 and start = $4 and attempt < $6 returning 1 as done`,
    [project, model, window.kind, new Date(window.from), policy.maturityMs, policy.maxAttempts],
  )
  return rows.length > 0
}

/** Rows of the closed data windows with these starts; those that are not there are left out. */
export async function readVolumes(q: Queryable, key: ModelKey, starts: readonly Instant[]): Promise<number[]> {
  const rows = await q.query<{ rows: number }>(
    `select rows from windows where project = $1 and model = $2 and kind = 'data' and closed_at is not null
     and start = any ($3::timestamptz[]) order by start`,
    [key.project, key.model, starts.map((start) => new Date(start))],
  )
  return rows.map((row) => row.rows)
}

export interface FindingsQuery extends ModelKey {
  readonly version?: number | undefined
  readonly role?: 'champion' | 'challenger' | 'shadow' | undefined
  readonly kind?: WindowKind | undefined
  /** Windows that start before this. */
  readonly before?: Instant | undefined
  /** Only what was found up to this event. */
  readonly upToEvent?: number | undefined
  readonly limit: number
}

/** Findings of a model, latest window first, at most `limit`; a window judged again appears again, newest first. */
export async function readFindings(q: Queryable, query: FindingsQuery): Promise<WindowFindings[]> {
  return q.query<WindowFindings>(
    `select model, version, role, window_id as "window", kind, start as "from", until, at, event, findings
     from findings where project = $1 and model = $2 and ($3::int is null or version = $3)
       and ($4::text is null or role = $4) and ($5::text is null or kind = $5)
       and ($6::timestamptz is null or start < $6) and ($7::bigint is null or event <= $7)
     order by start desc, event desc limit $8`,
    [
      query.project,
      query.model,
      query.version ?? null,
      query.role ?? null,
      query.kind ?? null,
      query.before === undefined ? null : new Date(query.before),
      query.upToEvent ?? null,
      query.limit,
    ],
  )
}

export interface MonitorPoint {
  readonly window: string
  readonly from: Instant
  readonly until: Instant
  readonly event: number
  readonly version: number
  readonly finding: FindingSummary
}

/** One monitor's findings over the champion's windows, latest window first, each window's newest verdict only. */
export async function readMonitor(
  q: Queryable,
  query: ModelKey & { readonly monitor: string; readonly upToEvent?: number | undefined; readonly limit: number },
): Promise<MonitorPoint[]> {
  return q.query<MonitorPoint>(
    `select distinct on (start) window_id as "window", start as "from", until, event, version, finding
     from findings cross join jsonb_array_elements(findings) finding
     where project = $1 and model = $2 and role = 'champion' and finding->>'monitor' = $3
       and ($4::bigint is null or event <= $4)
     order by start desc, event desc limit $5`,
    [query.project, query.model, query.monitor, query.upToEvent ?? null, query.limit],
  )
}

export const findingsProjection: Projection = {
  name: 'monitoring.findings',
  tables: ['findings'],
  types: ['findings.recorded', 'findings.forgotten'],
  async apply(tx: Transaction, event: AnyEvent) {
    if (isEvent(event, 'findings.forgotten')) return dropFindings(tx, event.project, event.data.upTo)
    if (!isEvent(event, 'findings.recorded')) return
    const { data } = event
    await tx.query(
      `insert into findings (event, project, model, version, role, window_id, kind, start, until, at, findings)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        event.id,
        event.project,
        data.model,
        data.version,
        data.role,
        data.window,
        data.kind,
        new Date(data.from),
        new Date(data.until),
        new Date(event.at),
        JSON.stringify(data.findings),
      ],
    )
  },
}
