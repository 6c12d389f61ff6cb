import type { Instant } from '../../clock.ts'
import type { Event, FindingVerdict, PlanData, Transaction } from '../../storage/index.ts'
import type { PlanState } from '../plan.ts'
import type { Remedy } from '../remedy.ts'

export async function upsertAlarm(tx: Transaction, { project, data }: Event<'alert.fired'>): Promise<void> {
  await tx.query(
    `insert into remediation_alarms (project, model, alert, monitor, incident, firing) values ($1, $2, $3, $4, $5, true)
     on conflict (project, alert) do update set firing = true, recovered_from = null, monitor = excluded.monitor,
       incident = coalesce(excluded.incident, remediation_alarms.incident)`,
    [project, data.model, data.alert, data.monitor, data.incident],
  )
}

export async function resolveAlarm(tx: Transaction, { project, data }: Event<'alert.resolved'>): Promise<void> {
  await tx.query(
    'update remediation_alarms set firing = false, recovered_from = $3 where project = $1 and alert = $2',
    [project, data.alert, new Date(data.from)],
  )
}

export async function closeIncident(tx: Transaction, { project, data }: Event<'incident.closed'>): Promise<void> {
  await tx.query('update remediation_incidents set open = false where project = $1 and incident = $2', [
    project,
    data.incident,
  ])
}

export async function joinIncident(
  tx: Transaction,
  project: string,
  incident: string,
  alerts: readonly string[],
): Promise<void> {
  await tx.query('update remediation_alarms set incident = $2 where project = $1 and alert = any ($3)', [
    project,
    incident,
    alerts,
  ])
}

export async function startRemedy(tx: Transaction, { project, data, at }: Event<'remedy.started'>): Promise<void> {
  await tx.query(
    `insert into remedies (project, model, remedy, plan, incident, action, parameters, state, started_at, review_by)
     select project, model, $3, plan, incident, action, parameters, 'started', $4, $5
     from plans where project = $1 and plan = $2`,
    [project, data.plan, data.remedy, new Date(at), new Date(data.reviewBy)],
  )
}

export async function setState(
  tx: Transaction,
  { project, data }: Event<'remedy.overdue'>,
  state: string,
): Promise<void> {
  await tx.query('update remedies set state = $3 where project = $1 and remedy = $2', [project, data.remedy, state])
}

export async function endRemedy(
  tx: Transaction,
  { project, data, at }: Event<'remedy.succeeded'> | Event<'remedy.reverted'>,
  state: string,
  outcome: string,
): Promise<void> {
  await tx.query(
    `update remedies set state = $3, ended_at = $4, outcome = $5, evidence = $6 where project = $1 and remedy = $2`,
    [project, data.remedy, state, new Date(at), outcome, JSON.stringify(data.evidence)],
  )
}

export async function noteFailure(
  tx: Transaction,
  { project, data }: Event<'run.failed'> | Event<'version.kept'> | Event<'rollout.reverted'>,
  why: string,
): Promise<void> {
  if (data.remedy === null) return
  await tx.query('update remedies set failure = $3 where project = $1 and remedy = $2', [project, data.remedy, why])
}

export async function updateVerdicts(
  tx: Transaction,
  remedy: Remedy,
  { alarm, modelBefore, modelAfter }: Verdicts,
): Promise<void> {
  if (alarm === null && modelBefore === null && modelAfter === null) return
  await tx.query(
    `update remedies set alarm = coalesce($3::text, alarm), model_before = coalesce($4::text, model_before), model_after = coalesce($5::text, model_after),
       alarm_steady = case $3::text when 'steady' then alarm_steady + 1 when 'shifted' then 0 else alarm_steady end
     where project = $1 and remedy = $2`,
    [remedy.project, remedy.id, alarm, modelBefore, modelAfter],
  )
}

export async function insertIncident(
  tx: Transaction,
  project: string,
  { model, incident }: { readonly model: string; readonly incident: string },
): Promise<void> {
  await tx.query(
    `insert into remediation_incidents (project, model, incident, integrity, open) values ($1, $2, $3, false, true)
     on conflict (project, incident) do update set open = true`,
    [project, model, incident],
  )
}

export async function setIntegrity(
  tx: Transaction,
  project: string,
  { model, incident, integrity }: { readonly model: string; readonly incident: string; readonly integrity: boolean },
): Promise<void> {
  await tx.query(
    `insert into remediation_incidents (project, model, incident, integrity, open) values ($1, $2, $3, $4, true)
     on conflict (project, incident) do update set integrity = excluded.integrity`,
    [project, model, incident, integrity],
  )
}

export interface NewPlan {
  readonly project: string
  readonly data: PlanData
  readonly state: PlanState
  readonly why: string | null
  readonly at: Instant
}

export async function insertPlan(tx: Transaction, { project, data, state, why, at }: NewPlan): Promise<void> {
  const { model, plan, incident, diagnosis, action, approval, words } = data
  const parameters = JSON.stringify(data.parameters)
  await tx.query(
    `insert into plans (project, model, plan, incident, diagnosis, action, parameters, approval, words, state, why, proposed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [project, model, plan, incident, diagnosis, action, parameters, approval, words, state, why, new Date(at)],
  )
}

export async function setPlanState(
  tx: Transaction,
  moved: { readonly project: string; readonly plan: string; readonly state: PlanState; readonly why: string | null },
): Promise<void> {
  await tx.query('update plans set state = $3, why = $4 where project = $1 and plan = $2', [
    moved.project,
    moved.plan,
    moved.state,
    moved.why,
  ])
}

export async function setDecidedBy(tx: Transaction, project: string, plan: string, by: string): Promise<void> {
  await tx.query('update plans set decided_by = $3 where project = $1 and plan = $2', [project, plan, by])
}

export async function setPromoted(tx: Transaction, project: string, remedy: string, version: number): Promise<void> {
  await tx.query('update remedies set promoted = $3 where project = $1 and remedy = $2', [project, remedy, version])
}

export async function setSwitch(tx: Transaction, { project, at, data }: Event<'switch.thrown'>): Promise<void> {
  await tx.query(
    `insert into automation_switch (project, automation, thrown_by, reason, at) values ($1, $2, $3, $4, $5)
     on conflict (project) do update set automation = excluded.automation, thrown_by = excluded.thrown_by,
       reason = excluded.reason, at = excluded.at`,
    [project, data.automation, data.by, data.reason, new Date(at)],
  )
}

/** What a window's findings say of a remedy; null where they say nothing. */
export interface Verdicts {
  readonly alarm: FindingVerdict | null
  readonly modelBefore: FindingVerdict | null
  readonly modelAfter: FindingVerdict | null
}
