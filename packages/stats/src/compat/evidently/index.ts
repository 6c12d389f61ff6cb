export {
  judgeByReference,
  REFERENCE_RULES,
  type ReferenceMetric,
  type ReferenceVerdict,
} from './by-reference.ts'
export { type Cell, type ColumnType, inferColumnType, type Values } from './column.ts'
export {
  columnDrift,
  type DatasetDrift,
  type DriftOptions,
  datasetDrift,
  defaultTest,
  type Frame,
  type TextTestId,
} from './drift.ts'
export {
  type EmbeddingDistanceOptions,
  type EmbeddingDrift,
  type EmbeddingMmdOptions,
  type EmbeddingRatioOptions,
  type Embeddings,
  embeddingDistance,
  embeddingMmd,
  embeddingRatio,
} from './embeddings.ts'
export {
  anderson,
  chisquare,
  cramerVonMises,
  ed,
  empiricalMmd,
  es,
  fisherExact,
  gTest,
  hellinger,
  jensenshannon,
  klDiv,
  ks,
  mannw,
  psi,
  tTest,
  tvd,
  wasserstein,
  z,
} from './methods.ts'
export { METHODS } from './named.ts'
export { type ColumnDrift, type DriftResult, runTest, type TestOptions } from './run.ts'
export { TESTS, type TestDefinition, type TestedType, type TestId } from './table.ts'
