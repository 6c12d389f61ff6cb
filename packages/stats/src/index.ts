export type { Distance, DistanceOptions } from './distance/distance.ts'
export { StatsError, type Unknown } from './error.ts'
export type {
  BinaryPerformance,
  Figure,
  FigureOptions,
  KnownFigure,
  MulticlassPerformance,
  RegressionPerformance,
  UnknownFigure,
} from './score/figure.ts'
export type { PairedVerdict } from './sequential/verdict.ts'
export * from './sketch/index.ts'
