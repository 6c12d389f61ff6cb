export type { Alert, AlertState, Incident, ModelHealth, Severity } from './alert.ts'
export { type Alerting, createAlerting, DEFAULT_ALERT_POLICY, healthOf } from './service.ts'
export { type AlertPolicy, type AlertSignal, signalOf, TRANSITIONS } from './state.ts'
export { readAlert, readAlerts, readIncident, readIncidents, readOpenAlerts } from './tables.ts'
