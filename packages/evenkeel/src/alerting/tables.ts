import type { AlertChange, AnyEvent, Projection, Queryable, Transaction } from '../storage/index.ts'
import type { Alert, Incident } from './alert.ts'

interface ModelKey {
  readonly project: string
  readonly model: string
}

const ALERT_COLUMNS = `id, project, model, monitor, version, state, severity, reason, onset, "window",
  pending_at as "pendingAt", fired_at as "firedAt", resolved_at as "resolvedAt", incident`

/** Alerts that are pending or firing, oldest first. */
export async function readOpenAlerts(q: Queryable, { project, model }: ModelKey): Promise<Alert[]> {
  return q.query<Alert>(
    `select ${ALERT_COLUMNS} from alerts
     where project = $1 and model = $2 and state in ('pending', 'firing') order by onset, monitor`,
    [project, model],
  )
}

/** Alerts of a project, or of one model, latest onset first. */
export async function readAlerts(
  q: Queryable,
  query: { readonly project: string; readonly model?: string | undefined; readonly limit: number },
): Promise<Alert[]> {
  return q.query<Alert>(
    `select ${ALERT_COLUMNS} from alerts where project = $1 and ($2::text is null or model = $2)
     order by onset desc, monitor limit $3`,
    [query.project, query.model ?? null, query.limit],
  )
}

/** Alerts of an incident, first onset first. */
export async function readAlertsOf(q: Queryable, project: string, incident: string): Promise<Alert[]> {
  return q.query<Alert>(
    `select ${ALERT_COLUMNS} from alerts where project = $1 and incident = $2 order by onset, monitor`,
    [project, incident],
  )
}

export async function readAlert(q: Queryable, project: string, id: string): Promise<Alert | null> {
  const [alert] = await q.query<Alert>(`select ${ALERT_COLUMNS} from alerts where project = $1 and id = $2`, [
    project,
    id,
  ])
  return alert ?? null
}

const INCIDENT_COLUMNS =
  'id, project, model, title, alerts, onset, opened_at as "openedAt", closed_at as "closedAt", outcome'

/** Incidents of a project, or of one model, latest first; only the open ones if asked. */
export async function readIncidents(
  q: Queryable,
  query: {
    readonly project: string
    readonly model?: string | undefined
    readonly open?: boolean
    readonly limit: number
  },
): Promise<Incident[]> {
  return q.query<Incident>(
    `select ${INCIDENT_COLUMNS} from incidents where project = $1 and ($2::text is null or model = $2)
       and (not $3 or closed_at is null) order by opened_at desc, id limit $4`,
    [query.project, query.model ?? null, query.open ?? false, query.limit],
  )
}

export async function readIncident(q: Queryable, project: string, id: string): Promise<Incident | null> {
  const [incident] = await q.query<Incident>(
    `select ${INCIDENT_COLUMNS} from incidents where project = $1 and id = $2`,
    [project, id],
  )
  return incident ?? null
}

export const alertsProjection: Projection = {
  name: 'alerting.alerts',
  tables: ['alerts', 'incidents'],
  types: [
    'alert.pending',
    'alert.fired',
    'alert.resolved',
    'alert.cleared',
    'incident.opened',
    'incident.joined',
    'incident.closed',
  ],
  apply: foldAlerts,
}

async function foldAlerts(tx: Transaction, event: AnyEvent): Promise<void> {
  switch (event.type) {
    case 'alert.pending':
    case 'alert.fired':
      return raise(tx, event, event.data, event.type === 'alert.fired' ? 'firing' : 'pending')
    case 'alert.resolved':
    case 'alert.cleared':
      return end(tx, event, event.data, event.type === 'alert.resolved' ? 'resolved' : 'inactive')
    case 'incident.opened':
      await tx.query(
        `insert into incidents (id, project, model, title, alerts, onset, opened_at) values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          event.data.incident,
          event.project,
          event.data.model,
          event.data.title,
          JSON.stringify(event.data.alerts),
          new Date(event.data.onset),
          new Date(event.at),
        ],
      )
      return
    case 'incident.joined':
      await tx.query('update incidents set alerts = alerts || to_jsonb($2::text) where id = $1', [
        event.data.incident,
        event.data.alert,
      ])
      return
    case 'incident.closed':
      await tx.query('update incidents set closed_at = $2, outcome = $3 where id = $1', [
        event.data.incident,
        new Date(event.at),
        event.data.outcome,
      ])
  }
}

async function raise(tx: Transaction, event: AnyEvent, change: AlertChange, state: string): Promise<void> {
  await tx.query(
    `insert into alerts (id, project, model, monitor, version, state, severity, reason, onset, "window", pending_at,
       fired_at, incident)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (id) do update set state = excluded.state, reason = excluded.reason, version = excluded.version,
       severity = excluded.severity, "window" = excluded."window", fired_at = excluded.fired_at,
       incident = excluded.incident`,
    [
      change.alert,
      event.project,
      change.model,
      change.monitor,
      change.version,
      state,
      change.severity,
      change.reason,
      new Date(change.from),
      change.window,
      new Date(event.at),
      state === 'firing' ? new Date(event.at) : null,
      change.incident,
    ],
  )
}

async function end(tx: Transaction, event: AnyEvent, change: AlertChange, state: string): Promise<void> {
  await tx.query('update alerts set state = $2, resolved_at = $3, reason = $4, "window" = $5 where id = $1', [
    change.alert,
    state,
    new Date(event.at),
    change.reason,
    change.window,
  ])
}
