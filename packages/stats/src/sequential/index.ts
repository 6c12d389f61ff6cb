export { type Adoption, adoptReference } from './adoption.ts'
export {
  createLossDetector,
  type LossAlarm,
  type LossDetector,
  type LossDetectorOptions,
  lossAlarm,
  updateLossDetector,
} from './detector.ts'
export {
  createMetricDetector,
  type LabelledBatch,
  type MetricAlarm,
  type MetricDetector,
  type MetricSpec,
  metricAlarm,
  updateMetricDetector,
} from './metric-detector.ts'
export {
  type Alarm,
  createMonitor,
  type Monitor,
  type MonitorOptions,
  type MonitorReport,
  seal,
  step,
} from './monitor.ts'
export {
  createPairedComparison,
  type PairedComparison,
  type PairedEvidence,
  type PairedOptions,
  type PairedVerdict,
  pairedEvidence,
  update,
  verdict,
} from './paired.ts'
export { fitReference, type HourBucket, type Reference, type Stream } from './reference.ts'
export {
  type MonitorJson,
  monitorFromJson,
  monitorToJson,
  type ReferenceJson,
  referenceFromJson,
  referenceToJson,
} from './state.ts'
export type {
  CalendarCell,
  FitOptions,
  StreamReference,
  Tolerance,
} from './stream-reference.ts'
export { type BallProjection, bucketEvidence, reverseProjection } from './tolerance-ball.ts'
export type { Bet } from './watch.ts'
