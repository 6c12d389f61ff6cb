export type { Alert, Incident, ModelHealth, Severity } from './alert.ts'
export { type Alerting, createAlerting, DEFAULT_ALERT_POLICY, healthOf } from './service.ts'
export type { AlertPolicy } from './state.ts'
export { readAlert, readAlerts, readAlertsOf, readIncident, readIncidents } from './tables.ts'
