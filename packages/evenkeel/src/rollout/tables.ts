import type { Instant } from '../clock.ts'
import type { Probation } from '../monitoring/index.ts'
import type { AnyEvent, Evidence, Projection, Queryable, Transaction } from '../storage/index.ts'
import type { Rollout } from './rollout.ts'

export interface ModelKey {
  readonly project: string
  readonly model: string
}

const COLUMNS = `id, project, model, kind, challenger, champion, stage, share, state, started_at as "startedAt",
  stage_at as "stageAt", ended_at as "endedAt", reason, evidence, remedy`

/** The rollout in progress, trial or probation; a model has one at most. */
export async function readRunningRollout(q: Queryable, { project, model }: ModelKey): Promise<Rollout | null> {
  const [rollout] = await q.query<Rollout>(
    `select ${COLUMNS} from rollouts where project = $1 and model = $2 and state = 'running'`,
    [project, model],
  )
  return rollout ?? null
}

/** Every rollout in progress of a project. */
export async function readRunningRollouts(q: Queryable, project: string, limit: number): Promise<Rollout[]> {
  return q.query<Rollout>(
    `select ${COLUMNS} from rollouts where project = $1 and state = 'running' order by started_at limit $2`,
    [project, limit],
  )
}

/** Rollouts of a project, or of one model, latest first. */
export async function readRollouts(
  q: Queryable,
  query: { readonly project: string; readonly model?: string | undefined; readonly limit: number },
): Promise<Rollout[]> {
  return q.query<Rollout>(
    `select ${COLUMNS} from rollouts where project = $1 and ($2::text is null or model = $2)
     order by started_at desc, id limit $3`,
    [query.project, query.model ?? null, query.limit],
  )
}

/** The champion on probation and the version before it; null when there is no probation. */
export async function readProbation(q: Queryable, key: ModelKey): Promise<Probation | null> {
  const rollout = await readRunningRollout(q, key)
  if (rollout?.kind !== 'probation') return null
  return { champion: rollout.champion, previous: rollout.challenger, since: rollout.startedAt }
}

/** Whether a version was champion before this event. */
export async function wasChampion(
  q: Queryable,
  { project, model, version }: ModelKey & { readonly version: number },
  beforeEvent: number,
): Promise<boolean> {
  const rows = await q.query(
    'select 1 as found from champions where project = $1 and model = $2 and version = $3 and event < $4 limit 1',
    [project, model, version, beforeEvent],
  )
  return rows.length > 0
}

/**
 * The version to go back to: the champion in office when the present one first came. Null for a model's first champion.
 * Going back does not make the version that failed the next target.
 */
export async function readRollbackTarget(q: Queryable, { project, model }: ModelKey): Promise<number | null> {
  const [row] = await q.query<{ version: number }>(
    `with present as (select version from champions where project = $1 and model = $2 order by event desc limit 1),
     first as (select min(event) as event from champions
               where project = $1 and model = $2 and version = (select version from present))
     select version from champions where project = $1 and model = $2 and event < (select event from first)
     order by event desc limit 1`,
    [project, model],
  )
  return row?.version ?? null
}

export const rolloutsProjection: Projection = {
  name: 'rollout.rollouts',
  tables: ['rollouts', 'champions'],
  types: ['alias.moved', 'rollout.started', 'rollout.advanced', 'rollout.finished', 'rollout.reverted'],
  apply: fold,
}

async function fold(tx: Transaction, event: AnyEvent): Promise<void> {
  switch (event.type) {
    case 'alias.moved':
      if (event.data.alias !== 'champion' || event.data.to === null) return
      await tx.query('insert into champions (event, project, model, version, at, by) values ($1, $2, $3, $4, $5, $6)', [
        event.id,
        event.project,
        event.data.model,
        event.data.to,
        new Date(event.at),
        event.data.by,
      ])
      return
    case 'rollout.started':
      await tx.query(
        `insert into rollouts (id, project, model, kind, challenger, champion, stage, share, state, started_at, stage_at, remedy)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $9, $10)`,
        [
          event.data.rollout,
          event.project,
          event.data.model,
          event.data.kind,
          event.data.challenger,
          event.data.champion,
          event.data.stage,
          event.data.share,
          new Date(event.at),
          event.data.remedy,
        ],
      )
      return
    case 'rollout.advanced':
      await tx.query('update rollouts set stage = $2, share = $3, stage_at = $4, evidence = $5 where id = $1', [
        event.data.rollout,
        event.data.to,
        event.data.share,
        new Date(event.at),
        JSON.stringify(event.data.evidence),
      ])
      return
    case 'rollout.finished':
      await tx.query("update rollouts set stage = 'full', share = 1 where id = $1", [event.data.rollout])
      return end(tx, event.data, { state: 'finished', at: event.at, reason: null })
    case 'rollout.reverted':
      return end(tx, event.data, { state: 'reverted', at: event.at, reason: event.data.reason })
  }
}

async function end(
  tx: Transaction,
  { rollout, evidence }: { readonly rollout: string; readonly evidence: Evidence },
  how: { readonly state: 'finished' | 'reverted'; readonly at: Instant; readonly reason: string | null },
): Promise<void> {
  await tx.query('update rollouts set state = $2, ended_at = $3, reason = $4, evidence = $5 where id = $1', [
    rollout,
    how.state,
    new Date(how.at),
    how.reason,
    JSON.stringify(evidence),
  ])
}
