export { columnOf, familyOf, type WindowFindings } from './finding.ts'
export { decideForgetting, forgetWindows } from './forget-tables.ts'
export type { Probation } from './judge.ts'
export { compareDaily, type DailyVerdict } from './paired.ts'
export type {
  PairedDay,
  ReadReference,
  ServedRecords,
  VersionReference,
} from './reference.ts'
export { createReferenceReader } from './references.ts'
export { createMonitoring, type Monitoring } from './service.ts'
export { DEFAULT_MONITOR_SETTINGS, type MonitorSettings } from './settings.ts'
export { type FindingsQuery, findingsProjection, readFindings, readMonitor } from './tables.ts'
