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
export { createDiagnosis } from './diagnosis.ts'
export { INTEGRITY_FAULTS, isIntegrityFault } from './faults.ts'
export { investigate } from './investigate.ts'
export {
  DEFAULT_DIAGNOSIS_SETTINGS,
  type DiagnosisOptions,
  type DiagnosisService,
  type DiagnosisSettings,
  type DiagnosisStep,
} from './service.ts'
