import { estimateCbpe, fitCbpe } from './cbpe/estimator.ts'
import type { Column } from './frame.ts'
import { calculatePerformance, fitPerformance } from './performance/calculator.ts'
import { calculateQuality, fitQuality } from './quality.ts'
import { calculateReconstruction, fitReconstruction } from './reconstruction.ts'
import { calculateSummary, fitSummary } from './summary.ts'
import { estimateDle, fitDle } from './trees/direct-loss.ts'
import { calculateDomainClassifier, fitDomainClassifier } from './trees/domain-classifier.ts'
import { CATEGORICAL_METHODS, CONTINUOUS_METHODS, measure } from './univariate/measure.ts'
import type { UnivariateMethod } from './univariate/method.ts'

/** A method of one column, between two samples of it. */
const ofColumn = (method: UnivariateMethod) => ({
  scope: 'column' as const,
  continuous: (CONTINUOUS_METHODS as readonly string[]).includes(method),
  categorical: (CATEGORICAL_METHODS as readonly string[]).includes(method),
  measure: (reference: Column, current: Column) => measure(method, reference, current),
})

/**
 * NannyML's methods by their names there: those of a column, and the calculators and estimators of a whole frame,
 * fitted on a reference.
 */
export const METHODS = {
  jensen_shannon: ofColumn('jensen_shannon'),
  hellinger: ofColumn('hellinger'),
  kolmogorov_smirnov: ofColumn('kolmogorov_smirnov'),
  wasserstein: ofColumn('wasserstein'),
  l_infinity: ofColumn('l_infinity'),
  chi2: ofColumn('chi2'),
  data_reconstruction: { scope: 'frame', fit: fitReconstruction, calculate: calculateReconstruction },
  domain_classifier: { scope: 'frame', fit: fitDomainClassifier, calculate: calculateDomainClassifier },
  data_quality: { scope: 'frame', fit: fitQuality, calculate: calculateQuality },
  summary_stats: { scope: 'frame', fit: fitSummary, calculate: calculateSummary },
  performance: { scope: 'frame', fit: fitPerformance, calculate: calculatePerformance },
  cbpe: { scope: 'frame', fit: fitCbpe, calculate: estimateCbpe },
  dle: { scope: 'frame', fit: fitDle, calculate: estimateDle },
} as const

export type MethodName = keyof typeof METHODS
