import { EvenkeelError } from '../error.ts'
import type { AnyEvent, EventType, NewEvent, Queryable, Step, Transaction } from '../storage/index.ts'
import { AUTOMATION, revertAct } from './actions.ts'
import { readBeginning, readRuling } from './origin.ts'
import type { Plan, SwitchState } from './plan.ts'
import { mergePolicy } from './policy.ts'
import { remediationProjections } from './projections.ts'
import { refresh } from './refresh.ts'
import { isInForce, type Remedy } from './remedy.ts'
import type { PlanDecision, RemediationOptions, RemediationService, RemedyRevert, SwitchThrow } from './service.ts'
import { carryOut, propose, review, type StepContext } from './steps.ts'
import { lockRemediation, selectPlan, selectPlans, selectRemedies, selectRemedy, selectSwitch } from './tables.ts'

type Run = (context: StepContext, tx: Transaction, event: AnyEvent) => Promise<NewEvent[]>

const STEPS: readonly { readonly name: string; readonly on: readonly EventType[]; readonly run: Run }[] = [
  { name: 'remediation.propose', on: ['diagnosis.concluded'], run: propose },
  { name: 'remediation.carryOut', on: ['plan.approved', 'plan.decided'], run: carryOut },
  {
    name: 'remediation.review',
    on: [
      'alert.resolved',
      'findings.recorded',
      'rollout.finished',
      'rollout.reverted',
      'version.kept',
      'run.failed',
      'clock.ticked',
    ],
    run: review,
  },
  { name: 'remediation.refresh', on: ['clock.ticked'], run: refresh },
]

export function createRemediation(options: RemediationOptions): RemediationService {
  const { clock, aliases, policyOf } = options
  const context: StepContext = {
    clock,
    aliases,
    policyOf: (project, model) => mergePolicy(policyOf?.(project, model)),
  }
  const steps = STEPS.map(({ name, on, run }): Step => ({ name, on, run: (tx, event) => run(context, tx, event) }))
  return {
    steps,
    projections: remediationProjections,
    decidePlan: (decision) => decidePlan(options, decision),
    revertRemedy: (revert) => revertRemedy(options, revert),
    throwSwitch: (thrown) => throwSwitch(options, thrown),
    readPlans: (q: Queryable, query): Promise<readonly Plan[]> => selectPlans(q, query),
    readRemedies: (q: Queryable, query): Promise<readonly Remedy[]> => selectRemedies(q, query),
    readSwitch: (q: Queryable, project): Promise<SwitchState> => selectSwitch(q, project),
  }
}

async function decidePlan({ db, journal }: RemediationOptions, decision: PlanDecision): Promise<void> {
  const { project, plan: id, by } = decision
  if (by.trim() === '' || by === AUTOMATION)
    throw new EvenkeelError(
      'PLAN_SELF_APPROVAL',
      `plan ${id} cannot be decided by ${JSON.stringify(by)}; a person must, with their name`,
      { plan: id, by },
    )
  await db.transaction(async (tx) => {
    await lockRemediation(tx, project)
    const plan = await selectPlan(tx, project, id)
    if (plan === null) throw unknownPlan(id)
    if (plan.state !== 'awaiting') throw notAwaiting(plan)
    const data = { model: plan.model, plan: id, decision: decision.decision, by, reason: decision.reason }
    const cause = await readRuling(tx, project, id)
    await journal.append(tx, cause, [{ type: 'plan.decided', project, subject: plan.model, data }])
  })
}

function unknownPlan(plan: string): EvenkeelError {
  return new EvenkeelError(
    'PLAN_UNKNOWN',
    `there is no plan ${plan}; evenkeel status lists those that await a decision`,
    { plan },
  )
}

function notAwaiting({ id, state }: Plan): EvenkeelError {
  return new EvenkeelError('PLAN_NOT_AWAITING', `plan ${id} is ${state}, not awaiting a decision; read it again`, {
    plan: id,
    found: state,
    expected: 'awaiting',
  })
}

async function revertRemedy({ db, journal, aliases, clock }: RemediationOptions, revert: RemedyRevert): Promise<void> {
  const { project, remedy: id, by, reason } = revert
  await db.transaction(async (tx) => {
    await lockRemediation(tx, project)
    const remedy = await selectRemedy(tx, project, id)
    if (remedy === null || !isInForce(remedy.state))
      throw new EvenkeelError(
        'REMEDY_ENDED',
        `remedy ${id} is ${remedy?.state ?? 'unknown'}; only one in force can be reverted`,
        {
          remedy: id,
          found: remedy?.state ?? null,
        },
      )
    const { model, act } = remedy
    const undone = await revertAct(tx, act, { project, model, remedy: id, reason, by }, { aliases, now: clock.now() })
    const data = { model, remedy: id, reason: `${by}: ${reason}`, evidence: { sign: 'person' } }
    const cause = await readBeginning(tx, project, id)
    await journal.append(tx, cause, [{ type: 'remedy.reverted', project, subject: model, data }, ...undone])
  })
}

/** From the moment this resolves, nothing that automation does commits until the switch is thrown back. */
async function throwSwitch(
  { db, journal }: RemediationOptions,
  { project, automation, by, reason }: SwitchThrow,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockRemediation(tx, project)
    await journal.append(tx, null, [
      { type: 'switch.thrown', project, subject: project, data: { automation, by, reason } },
    ])
  })
}
