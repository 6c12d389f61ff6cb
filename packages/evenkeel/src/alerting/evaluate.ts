import { randomUUID } from 'node:crypto'
import { familyOf, readFindings, type WindowFindings } from '../monitoring/index.ts'
import type { AlertChange, Event, FindingSummary, NewEvent, Transaction } from '../storage/index.ts'
import type { Alert, AlertState } from './alert.ts'
import { findIncident, isAlerting, severityOf, titleOf } from './incident.ts'
import { type AlertPolicy, type AlertSignal, signalOf, TRANSITIONS } from './state.ts'
import { readIncidents, readOpenAlerts } from './tables.ts'

type Recorded = Event<'findings.recorded'>

/** One alert that goes from one state to another in this window. */
interface Change {
  readonly from: AlertState
  readonly to: AlertState
  readonly alert: Pick<Alert, 'id' | 'monitor' | 'version' | 'onset' | 'incident'>
  readonly reason: string
}

/** Open incidents of a model read at most; more than a few at once means nobody looks at them anyway. */
const MAX_OPEN_INCIDENTS = 100

/** What the findings of one window of the champion mean for the model's alerts and incidents. */
export async function evaluate(tx: Transaction, event: Recorded, policy: AlertPolicy): Promise<NewEvent[]> {
  if (event.data.role !== 'champion') return []
  const key = { project: event.project, model: event.data.model }
  const open = await readOpenAlerts(tx, key)
  const history = await readHistory(tx, event, policy)
  const changes: Change[] = []
  for (const finding of event.data.findings.filter(({ monitor }) => isAlerting(monitor))) {
    const signal = signalAt(event, finding.monitor, history, policy)
    const change = changeOf(
      event,
      finding,
      open.find((alert) => alert.monitor === finding.monitor),
      signal,
    )
    if (change !== null) changes.push(change)
  }
  changes.push(...withdrawn(event, open))
  const incidents = await readIncidents(tx, { ...key, open: true, limit: MAX_OPEN_INCIDENTS })
  return [
    ...changes.filter(({ to }) => to === 'pending').map((change) => changed(event, change)),
    ...fire(
      event,
      changes.filter(({ to }) => to === 'firing'),
      incidents,
      policy,
    ),
    ...settle(
      event,
      changes.filter(({ to }) => to === 'inactive' || to === 'resolved'),
      open,
    ),
  ]
}

/** Latest windows of the champion that were known when this one was recorded, newest verdict of each, latest first. */
async function readHistory(tx: Transaction, event: Recorded, policy: AlertPolicy): Promise<WindowFindings[]> {
  const { kind, model } = event.data
  const limit = 4 * Math.max(policy.holdWindows, policy.recoverWindows) + 16
  const key = { project: event.project, model, role: 'champion', kind } as const
  const windows = await readFindings(tx, { ...key, upToEvent: event.id, limit })
  return windows.filter((each, place) => windows.findIndex((other) => other.from === each.from) === place)
}

/** Windows may be judged again, and out of order: what is older than the latest known verdict says nothing new. */
function signalAt(event: Recorded, monitor: string, history: readonly WindowFindings[], policy: AlertPolicy) {
  const points = history.flatMap(({ from, findings }) => {
    const finding = findings.find((each) => each.monitor === monitor)
    return finding === undefined ? [] : [{ from, finding }]
  })
  if (points.some(({ from, finding }) => from > event.data.from && finding.verdict !== 'unknown')) return 'unknown'
  const upToHere = points.filter(({ from }) => from <= event.data.from)
  return signalOf(
    upToHere.map(({ finding }) => finding),
    policy,
  )
}

function changeOf(
  event: Recorded,
  finding: FindingSummary,
  open: Alert | undefined,
  signal: AlertSignal,
): Change | null {
  const from = open?.state ?? 'inactive'
  const to = TRANSITIONS[from][signal]
  if (to === from) return null
  const fresh = { id: randomUUID(), onset: event.data.from, incident: null }
  const alert = { ...(open ?? fresh), monitor: finding.monitor, version: event.data.version }
  return { from, to, alert, reason: finding.reason }
}

/** A version that is champion no longer has nothing left to recover from: another one answers. */
function withdrawn(event: Recorded, open: readonly Alert[]): Change[] {
  // Labels of a window before the change are judged after it, and still speak of the champion of that time.
  if (event.data.kind !== 'data') return []
  return open
    .filter((alert) => familyOf(alert.monitor) === 'version' && alert.version !== event.data.version)
    .filter((alert) => event.data.from > alert.onset)
    .map((alert) => ({
      from: alert.state,
      to: TRANSITIONS[alert.state].recovered,
      alert,
      reason: `version ${alert.version} is champion no longer, version ${event.data.version} is`,
    }))
}

/** Alerts that fire join the incident they started with, or open one together. */
function fire(
  event: Recorded,
  changes: readonly Change[],
  incidents: readonly { readonly id: string; readonly onset: number }[],
  policy: AlertPolicy,
): NewEvent[] {
  const joined: NewEvent[] = []
  const opened: { id: string; onset: number; members: Change[] }[] = []
  const fired: NewEvent[] = []
  for (const change of changes.toSorted((a, b) => a.alert.onset - b.alert.onset)) {
    const known = findIncident(change.alert, incidents, policy.togetherMs)
    let own = known ?? findIncident(change.alert, opened, policy.togetherMs)
    if (own === null) {
      own = { id: randomUUID(), onset: change.alert.onset }
      opened.push({ ...own, members: [change] })
    } else if (known === null) opened.find(({ id }) => id === own?.id)?.members.push(change)
    else joined.push(incidentJoined(event, known.id, change))
    fired.push(changed(event, { ...change, alert: { ...change.alert, incident: own.id } }))
  }
  return [...opened.map((incident) => incidentOpened(event, incident)), ...fired, ...joined]
}

/** An incident closes when the last of its alerts has ended. */
function settle(event: Recorded, changes: readonly Change[], open: readonly Alert[]): NewEvent[] {
  const ended = new Set(changes.map(({ alert }) => alert.id))
  const left = open.filter((alert) => !ended.has(alert.id)).map((alert) => alert.incident)
  const touched = new Set(changes.map(({ alert }) => alert.incident).filter((incident) => incident !== null))
  const closed = [...touched].filter((incident) => !left.includes(incident))
  return [
    ...changes.map((change) => changed(event, change)),
    ...closed.map((incident) => incidentClosed(event, incident)),
  ]
}

const EVENT_OF = {
  pending: 'alert.pending',
  firing: 'alert.fired',
  resolved: 'alert.resolved',
  inactive: 'alert.cleared',
} as const satisfies Record<AlertState, NewEvent['type']>

function changed(event: Recorded, { to, alert, reason }: Change): NewEvent {
  const { model, window, from, until } = event.data
  const data: AlertChange = {
    model,
    alert: alert.id,
    monitor: alert.monitor,
    version: alert.version,
    window,
    from,
    until,
    reason,
    severity: severityOf(alert.monitor),
    incident: alert.incident,
  }
  return { type: EVENT_OF[to], project: event.project, subject: model, data }
}

function incidentOpened(
  event: Recorded,
  { id, onset, members }: { readonly id: string; readonly onset: number; readonly members: readonly Change[] },
): NewEvent {
  const { model } = event.data
  const title = titleOf(members.map(({ alert }) => alert.monitor))
  const alerts = members.map(({ alert }) => alert.id)
  const data = { model, incident: id, title, alerts, onset }
  return { type: 'incident.opened', project: event.project, subject: model, data }
}

function incidentJoined(event: Recorded, incident: string, { alert }: Change): NewEvent {
  const data = { model: event.data.model, incident, alert: alert.id }
  return { type: 'incident.joined', project: event.project, subject: event.data.model, data }
}

function incidentClosed(event: Recorded, incident: string): NewEvent {
  const data = { model: event.data.model, incident, outcome: 'recovered' }
  return { type: 'incident.closed', project: event.project, subject: event.data.model, data }
}
