export type { Encoder, Feature, FeatureEncoding, FeatureKind, FeatureView, RawRow, Span, ViewEncoding } from './view.ts'
