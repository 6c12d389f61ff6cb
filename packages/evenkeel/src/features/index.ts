export { columnsOf, computeFeatures, computeFeaturesInTurns } from './compute.ts'
export {
  category,
  column,
  dayOfWeek,
  defineFeatureView,
  difference,
  fingerprintOf,
  hourOfDay,
  log,
  monthOfYear,
  type RowTransformOptions,
  ratio,
  rowTransform,
  type TimeOptions,
  textLength,
  timeSince,
  type ViewDeclaration,
  viewFromJson,
  viewToJson,
} from './declare.ts'
export { defaultView } from './default.ts'
export {
  createEncoder,
  encodeColumn,
  learnCategories,
  learnEncoding,
  viewOf,
} from './encoding.ts'
export { createFeatures } from './features.ts'
export type {
  Feature,
  FeatureColumn,
  FeatureEncoding,
  FeatureKind,
  FeatureTable,
  FeatureView,
  RawRow,
  Span,
  ViewEncoding,
  ViewJson,
} from './view.ts'
