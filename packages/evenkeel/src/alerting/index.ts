export type { Alert, Incident, ModelHealth } from './alert.ts'
export { type Alerting, createAlerting, DEFAULT_ALERT_POLICY, healthOf } from './service.ts'
export type { AlertPolicy } from './state.ts'
export { readAlert, readAlerts, readIncident, readIncidents } from './tables.ts'
