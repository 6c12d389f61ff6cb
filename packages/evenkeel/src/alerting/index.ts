export type { Alert, AlertState, Incident, ModelHealth, Severity } from './alert.ts'
