import type { Instant } from '../clock.ts'
import type { Event, Queryable, Transaction } from '../storage/index.ts'
import type { Run, VersionFacts } from './run.ts'

const COLUMNS = `run, project, model, state, reason, "from", until, parent, remedy, requested_by as "requestedBy",
  requested_at as "requestedAt", started_at as "startedAt", finished_at as "finishedAt", attempts, facts, error, log`

export async function insertRun(tx: Transaction, event: Event<'run.requested'>): Promise<void> {
  const { model, run, reason, from, until, parent, remedy } = event.data
  await tx.query(
    `insert into runs (project, run, model, state, reason, "from", until, parent, remedy, requested_by, requested_at)
     values ($1, $2, $3, 'requested', $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [event.project, run, model, reason, toDate(from), toDate(until), parent, remedy, event.id, new Date(event.at)],
  )
}

/** Marks the run as running and counts the attempt; null when it has ended already, or was never asked for. */
export async function startRun(
  q: Queryable,
  name: { readonly project: string; readonly run: string; readonly at: Instant },
): Promise<Run | null> {
  const [run] = await q.query<Run>(
    `update runs set state = 'running', started_at = $3, attempts = attempts + 1
     where project = $1 and run = $2 and state in ('requested', 'running') returning ${COLUMNS}`,
    [name.project, name.run, new Date(name.at)],
  )
  return run ?? null
}

interface RunEnd {
  readonly project: string
  readonly run: string
  readonly at: Instant
  readonly facts: VersionFacts | null
  readonly error: string | null
  readonly log: readonly string[]
}

/** Ends the run, once: false when it had ended before. */
export async function endRun(tx: Transaction, end: RunEnd): Promise<boolean> {
  const ended = await tx.query(
    `update runs set state = $3, finished_at = $4, facts = $5, error = $6, log = $7
     where project = $1 and run = $2 and state = 'running' returning run`,
    [
      end.project,
      end.run,
      end.facts === null ? 'failed' : 'finished',
      new Date(end.at),
      end.facts === null ? null : JSON.stringify(end.facts),
      end.error,
      JSON.stringify(end.log),
    ],
  )
  return ended.length > 0
}

export async function readRun(
  q: Queryable,
  name: { readonly project: string; readonly run: string },
): Promise<Run | null> {
  const [run] = await q.query<Run>(`select ${COLUMNS} from runs where project = $1 and run = $2`, [
    name.project,
    name.run,
  ])
  return run ?? null
}

export async function listRuns(
  q: Queryable,
  query: { readonly project: string; readonly model?: string; readonly limit: number },
): Promise<readonly Run[]> {
  return q.query<Run>(
    `select ${COLUMNS} from runs where project = $1 and ($2::text is null or model = $2)
     order by requested_at desc, requested_by desc limit $3`,
    [query.project, query.model ?? null, query.limit],
  )
}

function toDate(instant: Instant | null): Date | null {
  return instant === null ? null : new Date(instant)
}
