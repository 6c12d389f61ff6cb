export { type AndersonDarlingOptions, andersonDarling } from './anderson-darling.ts'
export { type ContingencyOptions, type ContingencyResult, chiSquareContingency, gTest } from './contingency.ts'
export { type CramerVonMisesOptions, cramerVonMises } from './cramer-von-mises.ts'
export {
  type Discoveries,
  type ELondState,
  eBenjaminiHochberg,
  eValueOf,
  startELond,
  stepELond,
} from './discoveries.ts'
export { type EppsSingletonOptions, eppsSingleton } from './epps-singleton.ts'
export { type FisherOptions, fisherExact } from './fisher.ts'
export { type KolmogorovOptions, kolmogorovSmirnov } from './kolmogorov.ts'
export { type MannWhitneyOptions, type MannWhitneyResult, mannWhitney } from './mann-whitney.ts'
export { type BinnedMannWhitney, mannWhitneyOfCounts } from './mann-whitney-counts.ts'
export { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm } from './multiplicity.ts'
export {
  type DomainClassifierOptions,
  type DomainClassifierResult,
  domainClassifier,
  type SeparatingFeature,
} from './multivariate/domain-classifier.ts'
export { type MmdOptions, type MmdResult, mmd } from './multivariate/mmd.ts'
export {
  fitReconstruction,
  pcaReconstruction,
  type Reconstruction,
  type ReconstructionOptions,
} from './multivariate/pca-reconstruction.ts'
export type { Columns } from './multivariate/rows.ts'
export { type Share, type ShareInterval, twoProportionZ, wilsonInterval } from './proportion.ts'
export { type Steps, stepsOf } from './ranks.ts'
export type {
  Effect,
  EffectInterval,
  LevelOptions,
  PValueMethod,
  SampleRows,
  TestResult,
  UnknownComparison,
  UsedRows,
} from './result.ts'
export { checkLevel, type SampleOptions, type SamplePair, takeSamples } from './samples.ts'
export { type MeanAndSpread, type TTestOptions, type TTestResult, tTest, tTestOfMoments } from './t-test.ts'
