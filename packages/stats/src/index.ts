export * from './distance/index.ts'
export { StatsError, type Unknown } from './error.ts'
export * from './hypothesis/index.ts'
export { createRandom, type Random } from './random.ts'
export type {
  BinaryPerformance,
  Figure,
  FigureOptions,
  KnownFigure,
  MulticlassPerformance,
  RegressionPerformance,
  UnknownFigure,
} from './score/figure.ts'
export * from './sequential/index.ts'
export * from './sketch/index.ts'
export * from './special/index.ts'
