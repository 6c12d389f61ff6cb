import { DAY_MS } from '../clock.ts'
import { type FindingsQuery, readFindings } from '../monitoring/index.ts'
import type { Projection, Queryable, Step } from '../storage/index.ts'
import { isEvent } from '../storage/index.ts'
import type { Alert, ModelHealth } from './alert.ts'
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
  if (firing.length > 0) return { model, health: 'firing', reason: nameSome(firing), alerts, incidents }
  if (alerts.length > 0) return { model, health: 'pending', reason: nameSome(alerts), alerts, incidents }
  return { model, ...(await judgedLately(q, { ...key, role: 'champion', kind: 'data', limit: 1 })), alerts, incidents }
}

async function judgedLately(q: Queryable, query: FindingsQuery): Promise<Pick<ModelHealth, 'health' | 'reason'>> {
  const [latest] = await readFindings(q, query)
  if (latest === undefined) return { health: 'unknown', reason: 'no window has been judged yet' }
  // That as little came as usual says nothing of the model.
  const ofModel = latest.findings.filter(({ monitor }) => monitor !== 'volume')
  const unknown = ofModel.filter(({ verdict }) => verdict === 'unknown')
  if (unknown.length === ofModel.length)
    return { health: 'unknown', reason: inWords(unknown[0]?.reason ?? 'nothing is watched') }
  return { health: 'steady', reason: `in its last window, from ${dayOf(latest.from)}` }
}

const MONITORS_NAMED = 3

function nameSome(alerts: readonly Alert[]): string {
  const names = alerts.slice(0, MONITORS_NAMED).map(({ monitor }) => monitor)
  const rest = alerts.length - names.length
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}

/** Why nothing could be said, and what would let it be said. */
const UNKNOWN_WORDS: Readonly<Record<string, string>> = {
  'too-few-rows': 'too few predictions in its last window to judge it',
  'too-few-reference-rows': 'its reference has too few rows to judge by',
  'too-few-labels': 'too few labels have come to judge it',
  'too-few-days': 'too few days with labels to judge it yet',
  'too-few-windows': 'too few windows have passed to judge it yet',
  'no-reference': 'its version came without a reference to judge by',
  'cycle-incomplete': 'its usual cycle has not been seen whole yet',
}

function inWords(reason: string): string {
  return UNKNOWN_WORDS[reason] ?? reason
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
