import { randomUUID } from 'node:crypto'
import type { Instant } from '../clock.ts'
import type { AliasAccess } from '../rollout/index.ts'
import type { EventData, NewEvent, Transaction } from '../storage/index.ts'
import type { Act, Plan } from './plan.ts'
import { targetsOf } from './remedy.ts'

/** Who automation is in the journal: what it does, the policy has allowed. */
export const AUTOMATION = 'policy'

export type Aliases = Pick<AliasAccess, 'moveAlias' | 'readAlias'>

export interface Hands {
  readonly aliases: Aliases
  readonly now: Instant
}

/** Whose act it is: what its events are recorded under. */
export interface Doing {
  readonly project: string
  readonly model: string
  readonly remedy: string
  readonly reason: string
  /** The person whose word it is; automation where nobody's. */
  readonly by?: string
}

/**
 * Does what the plan says, as events; null when the world has moved on and there is nothing left to do.
 * Applied twice it would do it once: aliases move by compare-and-swap, overrides are keyed by their place.
 */
export async function applyAct(tx: Transaction, act: Act, doing: Doing, hands: Hands): Promise<NewEvent[] | null> {
  switch (act.action) {
    case 'quarantine':
      return quarantine(act, doing)
    case 'repair':
      return repair(act, doing)
    case 'rollback':
      return moveChampion(tx, { from: act.parameters.from, to: act.parameters.to }, doing, hands)
    case 'retrain':
      return requestRun(tx, act.parameters.windowMs, doing, hands)
    case 'hold':
    case 'notify':
      return []
  }
}

/** Undoes it. Nothing is to be undone of a retraining that brought no champion: the champion never changed. */
export async function revertAct(tx: Transaction, act: Act, doing: Doing, hands: Hands): Promise<NewEvent[]> {
  if (act.action !== 'rollback') return releaseTargets(act, doing, hands.now)
  return (await moveChampion(tx, { from: act.parameters.to, to: act.parameters.from }, doing, hands)) ?? []
}

/** Ends the overrides of an action; what the sources sent until `until` stays tainted and never trains (law 11). */
export function releaseTargets(act: Act, doing: Doing, until: Instant): NewEvent[] {
  return targetsOf(act).map(({ source, feature }) => ({
    type: 'feature.released',
    ...envelope(doing),
    data: { ...signed(doing), source, feature, until },
  }))
}

function quarantine(act: Extract<Act, { action: 'quarantine' }>, doing: Doing): NewEvent[] {
  return act.parameters.targets.map(({ source, feature, from }) => ({
    type: 'feature.quarantined',
    ...envelope(doing),
    data: { ...signed(doing), source, feature, from },
  }))
}

function repair(act: Extract<Act, { action: 'repair' }>, doing: Doing): NewEvent[] {
  return act.parameters.targets.map(({ source, feature, from, repair }) => ({
    type: 'feature.repaired',
    ...envelope(doing),
    data: { ...signed(doing), source, feature, from, repair },
  }))
}

function envelope({ project, model }: Doing) {
  return { project, subject: model }
}

function signed({ model, remedy, reason, by = AUTOMATION }: Doing) {
  return { model, remedy, reason, by }
}

async function moveChampion(
  tx: Transaction,
  { from, to }: { readonly from: number; readonly to: number },
  doing: Doing,
  { aliases }: Hands,
): Promise<NewEvent[] | null> {
  const moved = await aliases.moveAlias(tx, {
    project: doing.project,
    model: doing.model,
    alias: 'champion',
    expected: from,
    to,
    by: doing.by ?? AUTOMATION,
    reason: doing.reason,
    remedy: doing.remedy,
  })
  return moved === null ? null : [moved]
}

async function requestRun(tx: Transaction, windowMs: number | null, doing: Doing, hands: Hands): Promise<NewEvent[]> {
  const { project, model, remedy, reason } = doing
  const parent = await hands.aliases.readAlias(tx, { project, model, alias: 'champion' })
  const from = windowMs === null ? null : hands.now - windowMs
  const data = { model, run: randomUUID(), reason, from, until: hands.now, parent, remedy }
  return [{ type: 'run.requested', project, subject: model, data }]
}

/** The plan as its events carry it. */
export function planData(plan: Omit<Plan, 'state' | 'why' | 'decidedBy' | 'proposedAt'>): EventData['plan.approved'] {
  const { model, id, incident, diagnosis, act, approval, words } = plan
  return {
    model,
    plan: id,
    incident,
    diagnosis,
    action: act.action,
    parameters: { ...act.parameters },
    approval,
    words,
  }
}
