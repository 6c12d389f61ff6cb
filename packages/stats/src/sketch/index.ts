export {
  type BinOptions,
  type Bins,
  binCount,
  binIndex,
  binLabels,
  type CategoricalBins,
  freezeBins,
  freezeCategories,
  INVALID_CATEGORY,
  type NumericBins,
  nextUp,
  type OutsideIndex,
  outsideIndex,
  sameBins,
} from './bins.ts'
export { decodeProfile, encodeProfile, PROFILE_VERSION } from './codec.ts'
export { type ColumnCoding, codeColumn } from './coding.ts'
export {
  type ColumnOptions,
  type ColumnProfile,
  createColumnProfile,
  mergeColumnProfiles,
  twinOf,
  updateCategorical,
  updateNumeric,
} from './column.ts'
export { type CountVector, countVectors } from './count-vectors.ts'
export { categoryCounts, coarsenCounts } from './counted.ts'
export { type DistinctSketch, distinctCount } from './distinct.ts'
export { type FrequentValues, frequentValues } from './frequent.ts'
export { type ColumnJson, type ProfileJson, profileFromJson, profileToJson, type StreamsJson } from './json.ts'
export { type CellLosses, createLossTable, type LossTable, mergeLossTables, updateLossTable } from './loss-table.ts'
export { type Moments, mergeMoments, variance } from './moments.ts'
export type { StreamPair } from './partners.ts'
export {
  createProfile,
  freezeProfile,
  mergeProfiles,
  type Profile,
  type ProfileBatch,
  type ProfileSpec,
  specOf,
  updateProfile,
} from './profile.ts'
export { type QuantileSketch, quantile } from './quantiles.ts'
export { createScoreTable, mergeScoreTables, type ScoreTable, updateScoreTable } from './score-table.ts'
export {
  createStreamCounts,
  mergeStreamCounts,
  type StreamCounts,
  sameStreams,
  updateStreamCounts,
} from './stream-counts.ts'
export {
  freezeStreams,
  freezeWithRows,
  type StreamLayout,
  type StreamOptions,
  type StreamProjection,
  type StreamSpec,
  streamLayout,
} from './streams.ts'
