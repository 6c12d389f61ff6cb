import type { Instant } from '../clock.ts'
import type { ActionType, Queryable, Transaction } from '../storage/index.ts'
import type { Act, Plan, PlanState, SwitchState } from './plan.ts'
import type { Alarm, Remedy, RemedyState } from './remedy.ts'

type ModelName = { readonly project: string; readonly model: string }

interface ActRow {
  readonly action: ActionType
  readonly parameters: unknown
}

type PlanRow = Omit<Plan, 'act'> & ActRow
type RemedyRow = Omit<Remedy, 'act'> & ActRow

/** The database gives back what `plan.*` events carried, which this folder wrote. */
function toAct({ action, parameters }: ActRow): Act {
  return { action, parameters } as Act
}

const PLAN_COLUMNS = `plan as id, project, model, incident, diagnosis, action, parameters, approval, words, state, why,
  decided_by as "decidedBy", proposed_at as "proposedAt"`

const REMEDY_COLUMNS = `remedy as id, project, model, plan, incident, action, parameters, state, started_at as "startedAt",
  review_by as "reviewBy", ended_at as "endedAt", outcome, evidence, failure, promoted, alarm,
  alarm_steady as "alarmSteady", model_before as "modelBefore", model_after as "modelAfter"`

/** One decision about remedies at a time in a project, so that no two see the same room under a guardrail. */
export async function lockRemediation(tx: Transaction, project: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 6))', [`remediation:${project}`])
}

export async function selectPlan(q: Queryable, project: string, plan: string): Promise<Plan | null> {
  const [row] = await q.query<PlanRow>(`select ${PLAN_COLUMNS} from plans where project = $1 and plan = $2`, [
    project,
    plan,
  ])
  return row === undefined ? null : { ...row, act: toAct(row) }
}

export async function selectPlans(
  q: Queryable,
  query: {
    readonly project: string
    readonly states?: readonly PlanState[]
    readonly model?: string
    readonly limit: number
  },
): Promise<Plan[]> {
  const rows = await q.query<PlanRow>(
    `select ${PLAN_COLUMNS} from plans
     where project = $1 and ($2::text[] is null or state = any ($2)) and ($3::text is null or model = $3)
     order by proposed_at desc, plan limit $4`,
    [query.project, query.states ?? null, query.model ?? null, query.limit],
  )
  return rows.map((row) => ({ ...row, act: toAct(row) }))
}

export async function selectPlansOfIncident(q: Queryable, project: string, incident: string): Promise<Plan[]> {
  const rows = await q.query<PlanRow>(
    `select ${PLAN_COLUMNS} from plans where project = $1 and incident = $2 order by proposed_at, plan`,
    [project, incident],
  )
  return rows.map((row) => ({ ...row, act: toAct(row) }))
}

export async function selectRemediesOfIncident(q: Queryable, project: string, incident: string): Promise<Remedy[]> {
  const rows = await q.query<RemedyRow>(
    `select ${REMEDY_COLUMNS} from remedies where project = $1 and incident = $2 order by started_at, remedy`,
    [project, incident],
  )
  return rows.map((row) => ({ ...row, act: toAct(row) }))
}

export async function selectRemedies(
  q: Queryable,
  query: {
    readonly project: string
    readonly states?: readonly RemedyState[]
    readonly model?: string
    readonly limit: number
  },
): Promise<Remedy[]> {
  const rows = await q.query<RemedyRow>(
    `select ${REMEDY_COLUMNS} from remedies
     where project = $1 and ($2::text[] is null or state = any ($2)) and ($3::text is null or model = $3)
     order by started_at desc, remedy limit $4`,
    [query.project, query.states ?? null, query.model ?? null, query.limit],
  )
  return rows.map((row) => ({ ...row, act: toAct(row) }))
}

export async function selectRemedy(q: Queryable, project: string, remedy: string): Promise<Remedy | null> {
  const [row] = await q.query<RemedyRow>(`select ${REMEDY_COLUMNS} from remedies where project = $1 and remedy = $2`, [
    project,
    remedy,
  ])
  return row === undefined ? null : { ...row, act: toAct(row) }
}

/** Remedies of a model started or ended since `since`, and those in force. */
export async function selectHistory(q: Queryable, { project, model }: ModelName, since: Instant): Promise<Remedy[]> {
  const rows = await q.query<RemedyRow>(
    `select ${REMEDY_COLUMNS} from remedies
     where project = $1 and model = $2 and (started_at >= $3 or ended_at is null or ended_at >= $3)`,
    [project, model, new Date(since)],
  )
  return rows.map((row) => ({ ...row, act: toAct(row) }))
}

export async function selectAlarms(q: Queryable, project: string, incident: string): Promise<Alarm[]> {
  return q.query<Alarm & { recoveredFrom: Instant | null }>(
    `select monitor, firing, recovered_from as "recoveredFrom" from remediation_alarms
     where project = $1 and incident = $2 order by alert`,
    [project, incident],
  )
}

export async function selectIncident(
  q: Queryable,
  project: string,
  incident: string,
): Promise<{ readonly open: boolean; readonly integrity: boolean } | null> {
  const [row] = await q.query<{ open: boolean; integrity: boolean }>(
    'select open, integrity from remediation_incidents where project = $1 and incident = $2',
    [project, incident],
  )
  return row ?? null
}

export async function isIntegrityOpen(q: Queryable, { project, model }: ModelName): Promise<boolean> {
  const rows = await q.query(
    'select 1 from remediation_incidents where project = $1 and model = $2 and open and integrity limit 1',
    [project, model],
  )
  return rows.length > 0
}

export async function selectSwitch(q: Queryable, project: string): Promise<SwitchState> {
  const [row] = await q.query<SwitchState>(
    'select automation, thrown_by as "by", reason, at from automation_switch where project = $1',
    [project],
  )
  return row ?? { automation: 'on', by: 'default', reason: 'never thrown', at: 0 }
}

/** When each model of the project was last asked to be trained. */
export async function selectLatestRuns(
  q: Queryable,
  project: string,
): Promise<{ readonly model: string; readonly at: Instant }[]> {
  return q.query(
    "select subject as model, max(at) as at from journal where type = 'run.requested' and project = $1 group by subject",
    [project],
  )
}

/** Models of the project with a remedy in force or a plan that may yet be carried out. */
export async function selectModelsUnderWay(q: Queryable, project: string): Promise<string[]> {
  const rows = await q.query<{ model: string }>(
    `select model from plans where project = $1 and state = 'refused'
     union select model from remedies where project = $1 and ended_at is null order by model`,
    [project],
  )
  return rows.map(({ model }) => model)
}
