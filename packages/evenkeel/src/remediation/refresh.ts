import { randomUUID } from 'node:crypto'
import { readIncidents } from '../alerting/index.ts'
import type { Instant } from '../clock.ts'
import { readRunningRollout } from '../rollout/index.ts'
import type { AnyEvent, NewEvent, Transaction } from '../storage/index.ts'
import { isInForce } from './remedy.ts'
import type { StepContext } from './steps.ts'
import { lockRemediation, selectHistory, selectLatestRuns, selectSwitch } from './tables.ts'

/** What decides whether a model is due to be learnt again although nothing is wrong with it. */
export interface RefreshFacts {
  readonly now: Instant
  readonly everyMs: number | null
  readonly lastRunAt: Instant
  readonly automation: 'on' | 'off'
  readonly incidentOpen: boolean
  readonly remedyInForce: boolean
  readonly rolloutRunning: boolean
}

/**
 * Seasons change models slowly and break nothing, so no alarm need fire. A refresh trains a challenger now and then; it
 * becomes champion only if it wins its trial on the same rows, like any other. Trouble comes first: while an incident, a
 * remedy or a trial is under way, the refresh waits.
 */
export function isRefreshDue(facts: RefreshFacts): boolean {
  const { now, everyMs, lastRunAt, automation, incidentOpen, remedyInForce, rolloutRunning } = facts
  if (everyMs === null || now - lastRunAt < everyMs) return false
  return automation === 'on' && !incidentOpen && !remedyInForce && !rolloutRunning
}

/** Asks for the runs that are due. */
export async function refresh({ clock, policyOf }: StepContext, tx: Transaction, event: AnyEvent): Promise<NewEvent[]> {
  const { project } = event
  const now = clock.now()
  const events: NewEvent[] = []
  for (const { model, at } of await selectLatestRuns(tx, project)) {
    const everyMs = policyOf(project, model).refreshEveryMs
    if (everyMs === null || now - at < everyMs) continue
    const facts = { now, everyMs, lastRunAt: at, ...(await readSurroundings(tx, project, model, now)) }
    if (isRefreshDue(facts)) events.push(runRequest(project, model))
  }
  return events
}

async function readSurroundings(tx: Transaction, project: string, model: string, now: Instant) {
  await lockRemediation(tx, project)
  const remedies = await selectHistory(tx, { project, model }, now)
  return {
    automation: (await selectSwitch(tx, project)).automation,
    incidentOpen: (await readIncidents(tx, { project, model, open: true, limit: 1 })).length > 0,
    remedyInForce: remedies.some(({ state }) => isInForce(state)),
    rolloutRunning: (await readRunningRollout(tx, { project, model })) !== null,
  }
}

function runRequest(project: string, model: string): NewEvent {
  const data = {
    model,
    run: randomUUID(),
    reason: 'a refresh is due',
    from: null,
    until: null,
    parent: null,
    remedy: null,
  }
  return { type: 'run.requested', project, subject: model, data }
}
