import { DAY_MS } from '../clock.ts'
import { type FindingsQuery, readFindings } from '../monitoring/index.ts'
import type { Projection, Queryable, Step } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import type { ModelHealth } from './alert.ts'
import { evaluate } from './evaluate.ts'
import type { AlertPolicy } from './state.ts'
import { alertsProjection, readIncidents, readOpenAlerts } from './tables.ts'

export const DEFAULT_ALERT_POLICY: AlertPolicy = {
  holdWindows: 2,
  recoverWindows: 2,
  largeRatio: 2,
  togetherMs: 3 * DAY_MS,
}

/** Findings become alerts, alerts that started together one incident: `alerting.evaluate`. */
export interface Alerting {
  readonly steps: readonly Step[]
  readonly projections: readonly Projection[]
}

export function createAlerting(
  options: { readonly policyOf?: (project: string, model: string) => Partial<AlertPolicy> } = {},
): Alerting {
  return {
    projections: [alertsProjection],
    steps: [
      {
        name: 'alerting.evaluate',
        on: ['findings.recorded'],
        async run(tx, event) {
          if (!isEvent(event, 'findings.recorded')) return []
          const policy = { ...DEFAULT_ALERT_POLICY, ...options.policyOf?.(event.project, event.data.model) }
          return evaluate(tx, event, policy)
        },
      },
    ],
  }
}

const MAX_OPEN_INCIDENTS = 100

/** How a model is now: its open alerts and incidents, and whether anything could be judged at all. */
export async function healthOf(
  q: Queryable,
  key: { readonly project: string; readonly model: string },
): Promise<ModelHealth> {
  const alerts = await readOpenAlerts(q, key)
  const incidents = await readIncidents(q, { ...key, open: true, limit: MAX_OPEN_INCIDENTS })
  const { model } = key
  const firing = alerts.filter((alert) => alert.state === 'firing')
  if (firing.length > 0)
    return { model, health: 'firing', reason: firing.map(({ monitor }) => monitor).join(', '), alerts, incidents }
  if (alerts.length > 0)
    return { model, health: 'pending', reason: alerts.map(({ monitor }) => monitor).join(', '), alerts, incidents }
  return { model, ...(await judgedLately(q, { ...key, role: 'champion', kind: 'data', limit: 1 })), alerts, incidents }
}

async function judgedLately(q: Queryable, query: FindingsQuery): Promise<Pick<ModelHealth, 'health' | 'reason'>> {
  const [latest] = await readFindings(q, query)
  if (latest === undefined) return { health: 'unknown', reason: 'no window has been judged yet' }
  // That as little came as usual says nothing of the model.
  const ofModel = latest.findings.filter(({ monitor }) => monitor !== 'volume')
  const unknown = ofModel.filter(({ verdict }) => verdict === 'unknown')
  if (unknown.length === ofModel.length)
    return { health: 'unknown', reason: unknown[0]?.reason ?? 'nothing is watched' }
  return { health: 'steady', reason: `window ${latest.window}` }
}
