export { type BoundedDistance, binnedEnergy, binnedWasserstein, boundedKs } from './binned-bounds.ts'
export {
  type ColumnComparison,
  type ColumnShares,
  type ComparedColumn,
  type CompareOptions,
  compareColumns,
  compareProfiles,
  type SharePair,
} from './compare.ts'
export type { Counts } from './counts.ts'
export { type DesignEffect, designEffect } from './design-effect.ts'
export { binnedKs, lInfinity, totalVariation } from './deviation.ts'
export type { Distance, DistanceOptions, SampleDistance, SampleDistanceOptions } from './distance.ts'
export {
  hellinger,
  type JensenShannonOptions,
  jensenShannon,
  type KullbackLeiblerOptions,
  klDivergence,
  psi,
} from './divergence.ts'
export { heldOutCounts } from './held-out.ts'
export { countSamples, type SampleCounts } from './sample-counts.ts'
export { energyDistance, type WassersteinResult, wasserstein } from './transport.ts'
