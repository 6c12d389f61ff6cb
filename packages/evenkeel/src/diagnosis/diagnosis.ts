import { randomUUID } from 'node:crypto'
import { type Alert, readAlert, readAlerts, readIncident } from '../alerting/index.ts'
import type { AnyEvent, NewEvent, Transaction } from '../storage/index.ts'
import type { Diagnosis } from './case.ts'
import { gatherCase } from './gather.ts'
import { investigate } from './investigate.ts'
import { DEFAULT_DIAGNOSIS_SETTINGS, type DiagnosisOptions, type DiagnosisService } from './service.ts'
import { diagnosisProjection, lastConclusion } from './tables.ts'

const ALERTS_LIMIT = 500
/** An event is small: causes beyond these are not told, and a mapping of thousands of names is not carried. */
const MAX_CAUSES = 8
const MAX_MAPPING = 2_000

export function createDiagnosis(options: DiagnosisOptions): DiagnosisService {
  return {
    projections: [diagnosisProjection],
    steps: [
      {
        name: 'diagnosis.investigate',
        on: ['alert.fired', 'incident.joined'],
        run: (tx, event) => conclude(options, tx, event),
      },
    ],
  }
}

async function conclude(options: DiagnosisOptions, tx: Transaction, event: AnyEvent): Promise<NewEvent[]> {
  if (event.type !== 'alert.fired' && event.type !== 'incident.joined') return []
  const { project } = event
  const alert = await readAlert(tx, project, event.data.alert)
  if (alert?.incident == null) return []
  const incident = await readIncident(tx, project, alert.incident)
  if (incident === null || incident.closedAt !== null) return []
  // Alerts that fired together are investigated together, at the first of them.
  if ((await lastConclusion(tx, project, incident.id)) > event.id) return []
  const alerts = await readAlertsOf(tx, incident)
  const settings = { ...DEFAULT_DIAGNOSIS_SETTINGS, ...options.settingsOf?.(project, incident.model) }
  const file = await gatherCase(options, tx, { incident, alerts, version: alert.version }, settings)
  const found: Diagnosis = file === null ? { verdict: 'not-enough-data', causes: [] } : investigate(file)
  const data = {
    model: incident.model,
    diagnosis: randomUUID(),
    incident: incident.id,
    version: alert.version,
    verdict: found.verdict,
    causes: found.causes.slice(0, MAX_CAUSES).map(withinLimits),
  }
  return [{ type: 'diagnosis.concluded', project, subject: incident.model, data }]
}

async function readAlertsOf(
  tx: Transaction,
  incident: { readonly project: string; readonly model: string; readonly alerts: readonly string[] },
): Promise<Alert[]> {
  const alerts = await readAlerts(tx, { project: incident.project, model: incident.model, limit: ALERTS_LIMIT })
  return alerts.filter(({ id, state }) => incident.alerts.includes(id) && (state === 'firing' || state === 'pending'))
}

function withinLimits(cause: Diagnosis['causes'][number]): Diagnosis['causes'][number] {
  const { mapping, ...rest } = cause.parameters
  if (typeof mapping !== 'object' || mapping === null || Object.keys(mapping).length <= MAX_MAPPING) return cause
  return { ...cause, parameters: rest }
}
