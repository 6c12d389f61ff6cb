export type { CaseFile } from './case.ts'
export { createDiagnosis } from './diagnosis.ts'
export { isIntegrityFault } from './faults.ts'
export { investigate } from './investigate.ts'
export type {
  DiagnosisService,
  DiagnosisSettings,
} from './service.ts'
export { readConclusion } from './tables.ts'
