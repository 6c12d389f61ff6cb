export {
  type DriftCategory,
  type DriftThresholds,
  driftCategory,
  HELLINGER_THRESHOLDS,
  P_VALUE_THRESHOLDS,
} from './category.ts'
export {
  type CategoryOptions,
  chiSquare,
  columnDrift,
  type DriftScore,
  type DriftScoreResult,
  type HellingerOptions,
  hellinger,
  ks,
} from './drift.ts'
export { type Cell, type FrequentItems, frequentItems } from './frequent.ts'
export { METHODS } from './named.ts'
export { type Numbers, type Ranks, ranksOf, ranksOfProfile } from './ranks.ts'
