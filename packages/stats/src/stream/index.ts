export { type ConceptChange, type ConceptRow, type ConceptStreamOptions, conceptStream } from './concept-stream.ts'
export { CONCEPTS, type ConceptName, type ConceptSource, type LabelledRow } from './concepts.ts'
export type { Baseline } from './lagged-baseline.ts'
export {
  createLossChangeDetector,
  type LossChange,
  type LossChangeDetector,
  type LossChangeOptions,
  type LossWatch,
  lossChangeEvidence,
  stepLossChange,
  updateLossChange,
} from './loss-change.ts'
export {
  type LossChangeSpec,
  type PrequentialOptions,
  prequentialLosses,
  type SimulatedLosses,
  simulateLosses,
} from './losses.ts'
export {
  createNaiveBayes,
  learnNaiveBayes,
  type NaiveBayes,
  type NaiveBayesOptions,
  predictNaiveBayes,
} from './naive-bayes.ts'
