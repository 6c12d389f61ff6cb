export type {
  CaseFile,
  ChampionMove,
  Diagnosis,
  OutcomeCell,
  OutcomeHour,
  Rival,
  Taint,
  TrafficHour,
} from './case.ts'
export { INTEGRITY_FAULTS, isIntegrityFault } from './faults.ts'
export { investigate } from './investigate.ts'
export type { DiagnosisOptions, DiagnosisService, DiagnosisSettings, DiagnosisStep, IncidentFile } from './service.ts'
