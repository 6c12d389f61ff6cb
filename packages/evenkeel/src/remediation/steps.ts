import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { type AnyEvent, causedBy, type Event, type NewEvent, type Transaction } from '../storage/index.ts'
import { type Aliases, applyAct, planData, releaseTargets, revertAct } from './actions.ts'
import { judgePlan, type Ruling } from './guardrails.ts'
import { readBeginning, readRuling } from './origin.ts'
import { isMutating, OVERTAKEN, type Plan, planKey } from './plan.ts'
import type { RemedyPolicy } from './policy.ts'
import { choosePlans } from './propose.ts'
import { type Alarm, isInForce, judgesOf, REMEDY_TRANSITIONS, type Remedy, readSign } from './remedy.ts'
import { readSituation } from './situation.ts'
import {
  lockRemediation,
  selectAlarms,
  selectIncident,
  selectModelsUnderWay,
  selectPlan,
  selectPlans,
  selectPlansOfIncident,
  selectRemedies,
  selectSwitch,
} from './tables.ts'

export interface StepContext {
  readonly clock: Clock
  readonly aliases: Aliases
  readonly policyOf: (project: string, model: string) => RemedyPolicy
}

/** Live plans and remedies of one model looked at in one review; a model never has as many. */
const REVIEW_LIMIT = 50

/** What to do about a diagnosis, each plan once for an incident. */
export async function propose(context: StepContext, tx: Transaction, event: AnyEvent): Promise<NewEvent[]> {
  if (event.type !== 'diagnosis.concluded') return []
  const { project, data } = event
  await lockRemediation(tx, project)
  if ((await selectIncident(tx, project, data.incident))?.open !== true) return []
  const policy = context.policyOf(project, data.model)
  const known = new Set((await selectPlansOfIncident(tx, project, data.incident)).map(({ act }) => planKey(act)))
  const events: NewEvent[] = []
  const approved: string[] = []
  for (const draft of choosePlans(data, policy)) {
    if (known.has(planKey(draft.act))) continue
    const plan = { ...draft, id: randomUUID(), project }
    const situation = await readSituation(tx, plan, { policy, now: context.clock.now(), plan: plan.id })
    const inForce = [...situation.inForce, ...approved]
    const ruling = judgePlan({ act: plan.act, approval: plan.approval, decided: false }, policy, {
      ...situation,
      inForce,
    })
    if (ruling.kind === 'approved' && isMutating(plan.act.action)) approved.push(`${plan.act.action} just planned`)
    events.push(ruled(plan, ruling))
  }
  return events
}

function ruled(plan: Parameters<typeof planData>[0], ruling: Ruling): NewEvent {
  const envelope = { project: plan.project, subject: plan.model }
  if (ruling.kind === 'refused')
    return { type: 'plan.refused', ...envelope, data: { ...planData(plan), why: ruling.guardrail } }
  return { type: ruling.kind === 'approved' ? 'plan.approved' : 'plan.awaiting', ...envelope, data: planData(plan) }
}

/** Does what was approved, if the guardrails still allow it now: time has passed since they were asked. */
export async function carryOut(context: StepContext, tx: Transaction, event: AnyEvent): Promise<NewEvent[]> {
  if (event.type !== 'plan.approved' && event.type !== 'plan.decided') return []
  await lockRemediation(tx, event.project)
  const plan = await selectPlan(tx, event.project, event.data.plan)
  if (plan === null || plan.state !== 'approved' || !isMutating(plan.act.action)) return []
  const ruling = await judgeAgain(context, tx, plan)
  return ruling.kind === 'approved' ? start(context, tx, plan, event) : [ruled(plan, ruling)]
}

async function judgeAgain(context: StepContext, tx: Transaction, plan: Plan): Promise<Ruling> {
  const policy = context.policyOf(plan.project, plan.model)
  const situation = await readSituation(tx, plan, { policy, now: context.clock.now(), plan: plan.id })
  return judgePlan({ act: plan.act, approval: plan.approval, decided: plan.decidedBy !== null }, policy, situation)
}

async function start(
  context: StepContext,
  tx: Transaction,
  plan: Plan,
  event: Event<'plan.approved'> | Event<'plan.decided'>,
): Promise<NewEvent[]> {
  const { act, project, model } = plan
  if (!isMutating(act.action)) return []
  const now = context.clock.now()
  const remedy = randomUUID()
  const approver = event.type === 'plan.decided' ? `approved by ${event.data.by}` : 'approved by policy'
  const doing = { project, model, remedy, reason: `${plan.words} (${approver})` }
  const done = await applyAct(tx, act, doing, { aliases: context.aliases, now })
  if (done === null)
    return [{ type: 'plan.refused', project, subject: model, data: { ...planData(plan), why: OVERTAKEN } }]
  const reviewBy = now + context.policyOf(project, model).reviewAfterMs[act.action]
  const data = { model, remedy, plan: plan.id, action: act.action, reviewBy }
  return [{ type: 'remedy.started', project, subject: model, data }, ...done]
}

/** Judges what is in force by the monitors that raised the alarm, and looks again at what guardrails refused. */
export async function review(context: StepContext, tx: Transaction, event: AnyEvent): Promise<NewEvent[]> {
  await lockRemediation(tx, event.project)
  // Undoing is doing as well: with the switch off nothing changes, for better or worse, until it is thrown back.
  if ((await selectSwitch(tx, event.project)).automation === 'off') return []
  const models = 'model' in event.data ? [event.data.model] : await selectModelsUnderWay(tx, event.project)
  const events: NewEvent[] = []
  for (const model of models) {
    const judged = await judgeRemedies(context, tx, event, model)
    // One thing at a time: what the end of a remedy makes room for is looked at on the next occasion.
    events.push(...(judged.length > 0 ? judged : await proposeAgain(context, tx, event.project, model)))
  }
  return events
}

async function judgeRemedies(
  context: StepContext,
  tx: Transaction,
  { project, type }: AnyEvent,
  model: string,
): Promise<NewEvent[]> {
  const remedies = await selectRemedies(tx, { project, model, states: ['started', 'overdue'], limit: REVIEW_LIMIT })
  const events: NewEvent[] = []
  for (const remedy of remedies) {
    const alarms = await selectAlarms(tx, project, remedy.incident)
    const judged = await judgeRemedy(context, tx, remedy, alarms)
    // A deadline that passes is not caused by the hour that struck, but by what was begun.
    const overdue = judged.length > 0 && type === 'clock.ticked'
    events.push(...causedBy(overdue ? await readBeginning(tx, project, remedy.id) : null, judged))
  }
  return events
}

async function judgeRemedy(
  context: StepContext,
  tx: Transaction,
  remedy: Remedy,
  alarms: readonly Alarm[],
): Promise<NewEvent[]> {
  const { project, model, act, id } = remedy
  const now = context.clock.now()
  const sign = readSign(remedy, alarms, now)
  const next = REMEDY_TRANSITIONS[remedy.state][sign]
  if (next === remedy.state) return []
  const envelope = { project, subject: model }
  const evidence = { sign, alarm: remedy.alarm, modelBefore: remedy.modelBefore, modelAfter: remedy.modelAfter }
  const overdue: NewEvent = { type: 'remedy.overdue', ...envelope, data: { model, remedy: id } }
  if (isInForce(next)) return [overdue]
  if (next === 'succeeded') {
    const doing = { project, model, remedy: id, reason: 'the source has recovered' }
    const ended: NewEvent = { type: 'remedy.succeeded', ...envelope, data: { model, remedy: id, evidence } }
    return [ended, ...releaseTargets(act, doing, recoveredFrom(judgesOf(act, alarms), now))]
  }
  const reason = REVERT_REASONS[sign] ?? remedy.failure ?? 'it did not help'
  const undone = await revertAct(tx, act, { project, model, remedy: id, reason }, { aliases: context.aliases, now })
  const late = sign === 'late-condemned' && remedy.state === 'started' ? [overdue] : []
  return [...late, { type: 'remedy.reverted', ...envelope, data: { model, remedy: id, reason, evidence } }, ...undone]
}

const REVERT_REASONS: Readonly<Record<string, string>> = {
  harmed: 'the model performed well before it and does not since',
  'late-condemned': 'the monitor that raised the alarm did not recover in time',
}

/** Everything up to the first good window of the last monitor to recover is tainted. */
function recoveredFrom(judges: readonly Alarm[], now: number): number {
  return judges.length === 0 ? now : Math.max(...judges.map((alarm) => alarm.recoveredFrom ?? now))
}

/**
 * Refused plans whose guardrail has cleared, the oldest first, one at a time. Bounded: there is one plan per incident and
 * action, none older than the policy says, and nothing is said while the answer is still no.
 */
async function proposeAgain(
  context: StepContext,
  tx: Transaction,
  project: string,
  model: string,
): Promise<NewEvent[]> {
  const policy = context.policyOf(project, model)
  const plans = await selectPlans(tx, { project, model, states: ['refused'], limit: REVIEW_LIMIT })
  for (const plan of plans.toReversed()) {
    if (context.clock.now() - plan.proposedAt > policy.proposalMaxAgeMs) continue
    const ruling = await judgeAgain(context, tx, plan)
    if (ruling.kind !== 'refused') return [...causedBy(await readRuling(tx, project, plan.id), [ruled(plan, ruling)])]
  }
  return []
}
