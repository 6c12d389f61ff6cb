import { healthOf, type ModelHealth } from '../alerting/index.ts'
import { readFindings } from '../monitoring/index.ts'
import { countNotifications } from '../notification/index.ts'
import { countServed } from '../serving/index.ts'
import { readForgotten } from '../storage/index.ts'
import type { Evenkeel } from './open.ts'
import type { ModelStatus, RemedyStatus, StatusReport } from './operations.ts'

const PLANS_LOOKED_AT = 200
const REMEDIES_SHOWN = 10

/** How everything is now: each configured or registered model, what is open, what was done lately. */
export async function readStatus(evenkeel: Evenkeel, project = evenkeel.config.project): Promise<StatusReport> {
  const { clock, db, remediation } = evenkeel
  const health: ModelHealth[] = []
  for (const model of await modelNames(evenkeel, project)) health.push(await healthOf(db, { project, model }))
  const models: ModelStatus[] = []
  for (const each of health) models.push(await modelStatus(evenkeel, project, each))
  return {
    project,
    at: clock.now(),
    database: db.kind,
    automation: (await remediation.readSwitch(db, project)).automation,
    models,
    alerts: health.flatMap(({ alerts }) =>
      alerts.map(({ id, onset, ...alert }) => ({
        alert: id,
        model: alert.model,
        monitor: alert.monitor,
        state: alert.state,
        severity: alert.severity,
        since: onset,
        reason: alert.reason,
      })),
    ),
    incidents: health.flatMap(({ incidents }) =>
      incidents.map(({ id, model, title, onset }) => ({ incident: id, model, title, state: 'open', since: onset })),
    ),
    remedies: await remedyStatus(evenkeel, project),
    notifications: await countNotifications(db, project),
    forgotten: await readForgotten(db, project),
  }
}

/** The configuration is that of one project; what others have registered is theirs. */
async function modelNames({ config, db, registry }: Evenkeel, project: string): Promise<readonly string[]> {
  const registered = await registry.listModels(db, project)
  const configured = project === config.project ? Object.keys(config.models) : []
  return [...new Set([...configured, ...registered.map(({ model }) => model)])].sort()
}

async function modelStatus(
  { db, rollout, registry }: Evenkeel,
  project: string,
  health: ModelHealth,
): Promise<ModelStatus> {
  const key = { project, model: health.model }
  const champion = await registry.readAlias(db, { ...key, alias: 'champion' })
  const routing = await rollout.readRouting(db, key.project, key.model)
  const [judged] = await readFindings(db, { ...key, role: 'champion', kind: 'data', limit: 1 })
  const { predictions, labels } = await countServed(db, key)
  return {
    model: health.model,
    champion,
    challenger: routing?.challenger ?? null,
    ...verdictOf(health, champion),
    predictions,
    labels,
    judgedUntil: judged?.until ?? null,
  }
}

/** A pending alert is a shifted window that has not lasted yet. */
function verdictOf({ health, reason }: ModelHealth, champion: number | null): Pick<ModelStatus, 'health' | 'reason'> {
  if (champion === null) return { health: 'unknown', reason: 'nothing is served: no version is champion' }
  if (health === 'firing') return { health: 'shifted', reason: `alert firing: ${reason}` }
  if (health === 'pending') return { health: 'shifted', reason: `alert pending: ${reason}` }
  return { health, reason }
}

/** Plans that await a person first, then the latest remedies. */
async function remedyStatus({ db, remediation }: Evenkeel, project: string): Promise<readonly RemedyStatus[]> {
  const plans = await remediation.readPlans(db, { project, limit: PLANS_LOOKED_AT })
  const remedies = await remediation.readRemedies(db, { project, limit: REMEDIES_SHOWN })
  const words = new Map(plans.map((plan) => [plan.id, plan.words]))
  return [
    ...plans
      .filter(({ state }) => state === 'awaiting')
      .map(({ id, model, act, state, proposedAt, words, why }) => ({
        id,
        model,
        action: act.action,
        state,
        since: proposedAt,
        words: why === null ? words : `${words} (${why})`,
      })),
    ...remedies.map(({ id, model, act, state, startedAt, plan, outcome }) => ({
      id,
      model,
      action: act.action,
      state,
      since: startedAt,
      words: [words.get(plan), outcome].filter(Boolean).join(': '),
    })),
  ]
}
