export { columnOf, familyOf, type MonitorFamily, type WindowFindings } from './finding.ts'
export type { Probation } from './judge.ts'
export { compareDaily, type DailyVerdict, type PairedOptions } from './paired.ts'
export type {
  PairedDay,
  ReadReference,
  ReferenceDay,
  ServedOutcomeRow,
  ServedProfileRow,
  ServedRecords,
  ServedSpan,
  VersionReference,
} from './reference.ts'
export { createReferenceReader, type ReferenceSources } from './references.ts'
export { createMonitoring, type Monitoring, type MonitoringOptions, type MonitoringStep } from './service.ts'
export { DEFAULT_MONITOR_SETTINGS, type MonitorSettings } from './settings.ts'
export { type FindingsQuery, findingsProjection, type MonitorPoint, readFindings, readMonitor } from './tables.ts'
export { type Window, type WindowKind, windowAt } from './window.ts'
