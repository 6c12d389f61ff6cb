import { isIntegrityFault } from '../diagnosis/index.ts'
import { columnOf, familyOf } from '../monitoring/index.ts'
import type { AnyEvent, Event, FindingVerdict, Projection, Transaction } from '../storage/index.ts'
import {
  closeIncident,
  endRemedy,
  insertIncident,
  insertPlan,
  joinIncident,
  noteFailure,
  resolveAlarm,
  setDecidedBy,
  setIntegrity,
  setPlanState,
  setPromoted,
  setState,
  setSwitch,
  startRemedy,
  updateVerdicts,
  upsertAlarm,
  type Verdicts,
} from './fold/tables.ts'
import type { PlanEvent } from './plan.ts'
import { OVERTAKEN, PLAN_TRANSITIONS, type PlanState } from './plan.ts'
import { judgesOf, type Remedy } from './remedy.ts'
import { selectAlarms, selectPlan, selectPlansOfIncident, selectRemedies } from './tables.ts'

const IN_FORCE_LIMIT = 100

/** Incidents and their alarms, as far as remedies care. */
const incidentProjection: Projection = {
  name: 'remediation.incidents',
  tables: ['remediation_incidents', 'remediation_alarms'],
  types: [
    'alert.fired',
    'alert.resolved',
    'incident.opened',
    'incident.joined',
    'incident.closed',
    'diagnosis.concluded',
  ],
  async apply(tx, event) {
    if (event.type === 'alert.fired') await upsertAlarm(tx, event)
    if (event.type === 'alert.resolved') await resolveAlarm(tx, event)
    if (event.type === 'incident.opened') await openIncident(tx, event)
    if (event.type === 'incident.joined') await joinIncident(tx, event.project, event.data.incident, [event.data.alert])
    if (event.type === 'incident.closed') await closeIncident(tx, event)
    if (event.type === 'diagnosis.concluded') await noteDiagnosis(tx, event)
  },
}

async function openIncident(tx: Transaction, { project, data }: Event<'incident.opened'>): Promise<void> {
  await insertIncident(tx, project, data)
  await joinIncident(tx, project, data.incident, data.alerts)
}

/** Any cause a policy may act upon counts as a fault of the data, so that a doubtful one keeps training off as well. */
const INTEGRITY_PROBABILITY = 0.5

async function noteDiagnosis(tx: Transaction, { project, data }: Event<'diagnosis.concluded'>): Promise<void> {
  const integrity = data.causes.some(
    (cause) => isIntegrityFault(cause.type) && cause.probability >= INTEGRITY_PROBABILITY,
  )
  await setIntegrity(tx, project, { ...data, integrity })
}

/** Plans, by the transitions of `plan.ts`. */
const planProjection: Projection = {
  name: 'remediation.plans',
  tables: ['plans'],
  types: ['plan.approved', 'plan.awaiting', 'plan.refused', 'plan.decided', 'remedy.started', 'incident.closed'],
  async apply(tx, event) {
    if (event.type === 'plan.approved' || event.type === 'plan.awaiting' || event.type === 'plan.refused')
      await recordRuling(tx, event)
    if (event.type === 'plan.decided') await recordDecision(tx, event)
    if (event.type === 'remedy.started') await movePlan(tx, event.project, event.data.plan, 'remedy.started', null)
    if (event.type === 'incident.closed')
      for (const plan of await selectPlansOfIncident(tx, event.project, event.data.incident))
        await movePlan(tx, event.project, plan.id, 'incident.closed', plan.why)
  },
}

async function recordRuling(
  tx: Transaction,
  event: Event<'plan.approved'> | Event<'plan.awaiting'> | Event<'plan.refused'>,
): Promise<void> {
  const { project, type, data, at } = event
  const why = 'why' in data ? data.why : null
  if ((await selectPlan(tx, project, data.plan)) !== null)
    return movePlan(tx, project, data.plan, why === OVERTAKEN ? 'overtaken' : type, why)
  await insertPlan(tx, { project, data, state: firstState(event), why, at })
}

function firstState({ type, data }: Pick<AnyEvent, 'type' | 'data'> & { data: { action?: string } }): PlanState {
  if (type === 'plan.approved') return data.action === 'notify' ? 'noted' : 'approved'
  return type === 'plan.awaiting' ? 'awaiting' : 'refused'
}

async function recordDecision(tx: Transaction, { project, data }: Event<'plan.decided'>): Promise<void> {
  await movePlan(
    tx,
    project,
    data.plan,
    data.decision === 'approved' ? 'decided-approved' : 'decided-rejected',
    data.reason,
  )
  await setDecidedBy(tx, project, data.plan, data.by)
}

/** A call for a person is answered, not carried out: once decided it is a note. */
async function movePlan(
  tx: Transaction,
  project: string,
  id: string,
  event: PlanEvent,
  why: string | null,
): Promise<void> {
  const plan = await selectPlan(tx, project, id)
  if (plan === null) return
  const next = PLAN_TRANSITIONS[plan.state][event]
  const state = next === 'approved' && plan.act.action === 'hold' ? 'noted' : next
  await setPlanState(tx, { project, plan: id, state, why })
}

/** Remedies, and what the monitors have said since each started. */
const remedyProjection: Projection = {
  name: 'remediation.remedies',
  tables: ['remedies'],
  types: [
    'remedy.started',
    'remedy.succeeded',
    'remedy.overdue',
    'remedy.reverted',
    'findings.recorded',
    'run.failed',
    'version.kept',
    'rollout.finished',
    'rollout.reverted',
  ],
  async apply(tx, event) {
    if (event.type === 'remedy.started') await startRemedy(tx, event)
    if (event.type === 'remedy.overdue') await setState(tx, event, 'overdue')
    if (event.type === 'remedy.succeeded') await endRemedy(tx, event, 'succeeded', 'recovered')
    if (event.type === 'remedy.reverted') await endRemedy(tx, event, 'reverted', event.data.reason)
    if (event.type === 'findings.recorded') await noteFindings(tx, event)
    if (event.type === 'run.failed') await noteFailure(tx, event, `the run failed: ${event.data.error}`)
    if (event.type === 'version.kept')
      await noteFailure(tx, event, `the new version was kept out: ${event.data.reason}`)
    if (event.type === 'rollout.reverted')
      await noteFailure(tx, event, `the challenger was taken back: ${event.data.reason}`)
    if (event.type === 'rollout.finished' && event.data.remedy !== null)
      await setPromoted(tx, event.project, event.data.remedy, event.data.challenger)
  },
}

async function noteFindings(tx: Transaction, { project, data }: Event<'findings.recorded'>): Promise<void> {
  const remedies = await selectRemedies(tx, {
    project,
    model: data.model,
    states: ['started', 'overdue'],
    limit: IN_FORCE_LIMIT,
  })
  for (const remedy of remedies) {
    const judges = judgesOf(remedy.act, await selectAlarms(tx, project, remedy.incident)).map(({ monitor }) => monitor)
    await updateVerdicts(tx, remedy, readVerdicts(remedy, judges, data))
  }
}

/** Windows that began after the remedy did speak of it; those before tell what the model was like without it. */
function readVerdicts(remedy: Remedy, judges: readonly string[], data: Event<'findings.recorded'>['data']): Verdicts {
  const after = data.from >= remedy.startedAt && data.role === 'champion'
  const ofModel =
    data.role !== 'champion' ? [] : data.findings.filter(({ monitor }) => MODEL_FAMILIES.includes(familyOf(monitor)))
  const model = worst(ofModel.map(({ verdict }) => verdict))
  const spoke = data.findings.filter(
    ({ monitor }) => judges.includes(monitor) || judgesRollback(remedy, data.version, monitor),
  )
  return {
    alarm: after ? worst(spoke.map(({ verdict }) => verdict)) : null,
    modelBefore: data.until <= remedy.startedAt && data.from >= onsetOf(remedy) ? model : null,
    modelAfter: after ? model : null,
  }
}

const MODEL_FAMILIES: readonly string[] = ['performance', 'calibration']

/** After a rollback, the monitors of the version that is back judge it: the one that was sent away serves no more. */
function judgesRollback({ act }: Remedy, version: number, monitor: string): boolean {
  return (
    act.action === 'rollback' &&
    version === act.parameters.to &&
    columnOf(monitor) === null &&
    !/^(volume|version)/.test(monitor)
  )
}

function onsetOf({ act, startedAt }: Remedy): number {
  const from = 'targets' in act.parameters ? act.parameters.targets.map((target) => target.from) : []
  return from.length === 0 ? startedAt : Math.min(...from)
}

/** Shifted outweighs steady; unknown says nothing (law 5). */
function worst(verdicts: readonly FindingVerdict[]): FindingVerdict | null {
  if (verdicts.includes('shifted')) return 'shifted'
  return verdicts.includes('steady') ? 'steady' : null
}

const switchProjection: Projection = {
  name: 'remediation.switch',
  tables: ['automation_switch'],
  types: ['switch.thrown'],
  async apply(tx, event) {
    if (event.type !== 'switch.thrown') return
    await setSwitch(tx, event)
  },
}

/** In this order: a remedy starts from the row of its plan. */
export const remediationProjections: readonly Projection[] = [
  incidentProjection,
  planProjection,
  remedyProjection,
  switchProjection,
]
