export {
  createLossDetector,
  type LossAlarm,
  type LossDetector,
  type LossDetectorOptions,
  lossAlarm,
  updateLossDetector,
} from './detector.ts'
export {
  createPairedComparison,
  type PairedComparison,
  type PairedOptions,
  type PairedVerdict,
  update,
  verdict,
} from './paired.ts'
