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
export type { DiagnosisOptions, DiagnosisService, DiagnosisSettings, DiagnosisStep, IncidentFile } from './service.ts'
