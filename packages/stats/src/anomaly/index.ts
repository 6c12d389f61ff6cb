export {
  type AnomalyDetector,
  type AnomalyOptions,
  type AnomalyScores,
  anomalyReasons,
  anomalyScores,
  fitAnomalyDetector,
} from './detector.ts'
export { exportAnomalyOnnx } from './export.ts'
export { countHbos, type Hbos, hbosReasons, hbosScores, mergeHbos } from './hbos.ts'
export {
  fitIsolationForest,
  type IsolationForest,
  type IsolationOptions,
  isolationScores,
  mergeIsolationForests,
} from './isolation.ts'
export { type AnomalyJson, anomalyFromJson, anomalyToJson } from './json.ts'
export {
  countLoda,
  fitLoda,
  type Loda,
  type LodaLine,
  type LodaOptions,
  lodaReasons,
  lodaScores,
  mergeLoda,
} from './loda.ts'
export { pathNormaliser } from './path-length.ts'
export {
  type EncodedRecords,
  encodeRecords,
  freezeRecordBins,
  type RecordBins,
  type RecordFeature,
  recordBinCounts,
} from './records.ts'
