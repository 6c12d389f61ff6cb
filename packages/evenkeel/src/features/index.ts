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
  type EncodingOptions,
  encodeColumn,
  learnCategories,
  learnEncoding,
  viewOf,
} from './encoding.ts'
export { createFeatures, type Features, type FeaturesOptions, type FeaturesStep } from './features.ts'
export type { FeatureSet } from './tables.ts'
export type { FeatureSpec } from './transforms.ts'
export type {
  Encoder,
  Feature,
  FeatureColumn,
  FeatureEncoding,
  FeatureKind,
  FeatureTable,
  FeatureView,
  RawRow,
  Span,
  TimePart,
  Transform,
  ViewEncoding,
  ViewJson,
} from './view.ts'
