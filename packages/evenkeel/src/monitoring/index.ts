export { columnOf, familyOf, type MonitorFamily, type WindowFindings } from './finding.ts'
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
export type { Monitoring, MonitoringOptions, MonitoringStep } from './service.ts'
export { DEFAULT_MONITOR_SETTINGS, type MonitorSettings } from './settings.ts'
export { type Window, type WindowKind, windowAt } from './window.ts'
